// Example pictures to choose from; a click fills the upload beside them. Those that cannot go with
// the example on the other card are faded, and say why instead of ending in an error.
let isClashing = false;
const title = h("p", { class: "picks-title", id: "picks-" + Math.random().toString(36).slice(2) });
const chosenBeside = () => {  // the name of the file on the other card, as `examples.py` gives it
  const photo = document.querySelector(`#${props.value.other}-photo img`);
  return photo && decodeURIComponent(photo.src).split("/").pop().replace(/\.\w+$/, "");
};
const draw = () => {
  const { items = [], label, why } = props.value || {};
  if (!items.length) return show();
  const picks = items.map((item, index) => {
    const isOut = isClashing && item.clashes;
    return h("button", {
      type: "button", class: isOut ? "pick is-out" : "pick", title: item.title, "aria-label": ["Use the example", ": ", item.title],
      "aria-disabled": isOut ? "true" : null, "aria-describedby": isOut ? title.id : null,
      onclick: () => (isOut ? title.classList.add("is-asked") : trigger("pick", { index })),
    }, h("img", { src: item.thumb, alt: "", loading: "lazy", draggable: "false" }));
  });
  title.classList.remove("is-asked");
  title.textContent = t(isClashing ? why : "Or try an example");
  show(title, h("div", { class: "picks", role: "group", "aria-label": label || "Examples" }, picks));
};
keepDrawing(draw);

const beside = document.querySelector(`#${props.value.other}-card`);
if (beside) new MutationObserver(() => {
  const now = (props.value.against || []).includes(chosenBeside());
  if (now === isClashing) return;
  isClashing = now;
  draw();
}).observe(beside, { subtree: true, childList: true, attributes: true, attributeFilter: ["src"] });
