// A saved try-on: the handle between before and after, and which of the results is under it.
const box = document.querySelector(".compare");
const range = box.querySelector("input");
const cut = () => box.style.setProperty("--cut", range.value + "%");
range.addEventListener("input", cut);
cut();

const buttons = [...document.querySelectorAll("[data-show]")];
const choose = (kind) => {
  for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.show === kind));
  for (const image of box.querySelectorAll("img")) image.hidden = image.dataset.kind !== "before" && image.dataset.kind !== kind;
};
for (const button of buttons) button.addEventListener("click", () => choose(button.dataset.show));
choose(buttons.find((button) => button.getAttribute("aria-pressed") === "true").dataset.show);

const ends = document.querySelector("time");
const when = new Date(Number(ends.dataset.ends) * 1000);
ends.dateTime = when.toISOString();
ends.textContent = when.toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
