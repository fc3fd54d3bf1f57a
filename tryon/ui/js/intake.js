// What is pasted or dropped anywhere on the page goes to the card or rack it is meant for. Files that
// are too large are told at once, and keep nobody from taking the others; an upload that breaks off
// is said in our words, and stays said. Gradio takes a paste on its own buttons only.
const SPOTS = ["#person-card", "#garment-card", "#person-rack", "#garment-rack"];
const PICTURE = /\.(jpe?g|png|webp|hei[cf]|avif|gif|bmp)$/i;
const UNREACHABLE = /failed to fetch|networkerror|load failed|connection errored|network error/i;
const LOST = /connection to the server was lost/i;  // Gradio asks again until it answers, and reloads
const spots = () => SPOTS.map((name) => document.querySelector(name)).filter((one) => one && one.offsetParent);
const fieldOf = (spot) => spot.querySelector("input[type=file]");
const most = () => (window.gradio_config || {}).max_file_size || Infinity;

const hide = () => show();
const tell = (failure, names = "") => show(h("div", { class: "intake" },
  smallAlert(failure, names ? h("p", { class: "alert-text" }, document.createTextNode(names)) : null),
  h("button", { type: "button", class: "viewer-button", onclick: hide }, "Close")));

let isOurs = false;  // a choice made below, for what was pasted or dropped
const bring = (spot, files) => {
  const field = fieldOf(spot), fits = files.filter((file) => file.size <= most());
  const left = files.filter((file) => !fits.includes(file));
  if (left.length) tell(props.value.large, left.map((file) => file.name).join(", "));
  else hide();
  if (!field || !fits.length) return;
  const chosen = new DataTransfer();
  for (const file of field.multiple ? fits : fits.slice(0, 1)) chosen.items.add(file);
  field.files = chosen.files;
  isOurs = true;
  field.dispatchEvent(new Event("change", { bubbles: true }));
  isOurs = false;
};
// Chosen with the button: only what is too large has to be held back.
document.addEventListener("change", (event) => {
  const field = event.target, spot = field.type === "file" && field.closest(SPOTS.join());
  if (isOurs || !spot) return;
  const files = [...field.files];
  if (files.every((file) => file.size <= most())) return hide();
  event.stopImmediatePropagation();
  field.value = "";
  bring(spot, files);
}, true);

const filesBelow = async (entry) => {
  if (entry.isFile) return [await new Promise((take, fail) => entry.file(take, fail))];
  const reader = entry.createReader(), found = [];
  for (let some; (some = await new Promise((take, fail) => reader.readEntries(take, fail))).length;) found.push(...some);
  return (await Promise.all(found.map(filesBelow))).flat().filter((file) => PICTURE.test(file.name));
};
const dropped = async (data) => {  // a folder is all pictures in it
  const entries = [...data.items].map((item) => item.webkitGetAsEntry && item.webkitGetAsEntry());
  if (!entries.some((entry) => entry && entry.isDirectory)) return [...data.files];
  const files = (await Promise.all(entries.filter(Boolean).map(filesBelow))).flat();
  return files.sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
};
const light = (spot) => SPOTS.forEach((name) => document.querySelector(name)?.classList.toggle("is-over", spot?.matches(name) || false));
const carriesFiles = (event) => event.dataTransfer && event.dataTransfer.types.includes("Files");
document.addEventListener("dragover", (event) => {
  if (!carriesFiles(event)) return;
  const spot = event.target.closest(SPOTS.join());
  event.preventDefault();  // else the browser would leave the page for the file
  event.dataTransfer.dropEffect = spot ? "copy" : "none";
  light(spot);
}, true);
document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) light(null); }, true);
document.addEventListener("drop", async (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  light(null);
  const spot = event.target.closest(SPOTS.join());
  if (spot) bring(spot, await dropped(event.dataTransfer));
}, true);

document.addEventListener("paste", (event) => {
  const files = [...(event.clipboardData || { files: [] }).files].filter((file) => file.type.startsWith("image/"));
  const all = spots();
  if (!files.length || !all.length || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const isEmpty = (spot) => spot.matches(".card-box:not(.rack-card)") && !spot.querySelector(".photo img");
  const meant = all.find((spot) => spot.matches(":hover")) || all.find((spot) => spot.contains(document.activeElement)) || all.find(isEmpty) || all.at(-1);
  bring(meant, files);
}, true);

// Gradio says it in English, for ten seconds.
const told = new WeakSet();  // they fade for a while
new MutationObserver(() => {
  for (const toast of document.querySelectorAll(".toast-body.error")) {
    const isLost = LOST.test(toast.textContent);
    if (told.has(toast) || !(isLost || UNREACHABLE.test(toast.textContent))) continue;
    told.add(toast);
    toast.querySelector(".toast-close")?.click();
    tell({ message: "The server cannot be reached.", remedy: isLost ? "This page goes on by itself as soon as the server answers. Your photos and corrections are kept."
      : "What you brought is kept. Check the connection and try again." });
  }
}).observe(document.body, { subtree: true, childList: true });
show();
