// What a card shows of a photo before the server has sent it: an example's thumbnail, or the file as
// it lies on the visitor's own device, which then need not be sent back at all.
const card = element.closest(".card-box");
const GIVE_UP_MS = 60000;
let own = "", timer = 0;
const glimpse = (address) => {
  clearTimeout(timer);
  card.classList.toggle("is-coming", Boolean(address));
  card.style.setProperty("--glimpse", address ? `url("${address}")` : "none");
  if (address) timer = setTimeout(glimpse, GIVE_UP_MS, "");
};
const bring = (file) => {
  if (own) URL.revokeObjectURL(own);
  own = file ? URL.createObjectURL(file) : "";
};
card.addEventListener("click", (event) => {
  const pick = event.target.closest(".pick:not([aria-disabled])");
  if (!pick) return;
  bring(null);
  glimpse(pick.querySelector("img").src);
});
card.addEventListener("change", (event) => { if (event.target.type === "file") bring(event.target.files[0]); }, true);
card.addEventListener("drop", (event) => bring(event.dataTransfer.files[0]), true);
new MutationObserver((changes) => {
  const image = card.querySelector(".photo img");
  if (own && image && changes.some((change) => change.target === image || change.addedNodes.length)) {
    image.src = own;
    own = "";
  }
}).observe(card, { subtree: true, childList: true });

// Some photos cannot be shown by the browser (HEIC, a text file): say so instead of a broken icon.
const mark = (event) => {
  const photo = event.target.tagName === "IMG" && event.target.closest(".photo");
  if (!photo) return;
  photo.classList.toggle("has-no-preview", event.type === "error");
  glimpse("");
};
for (const type of ["load", "error"]) card.addEventListener(type, mark, true);
