// Example pictures to choose from; a click fills the upload beside them.
keepDrawing((value) => {
  if (!(value.items || []).length) return show();
  show(h("p", { class: "picks-title", "aria-hidden": "true" }, "Or try an example"), h("div", { class: "picks", role: "group", "aria-label": value.label || "Examples" },
    value.items.map((item, index) => h("button", {
      type: "button", class: "pick", title: item.title, "aria-label": ["Use the example", ": ", item.title],
      onclick: () => trigger("pick", { index }),
    }, h("img", { src: item.thumb, alt: "", draggable: "false" })))));
});

// Some photos cannot be shown by the browser (HEIC, a text file): say so instead of a broken icon.
const card = element.closest(".card-box");
const mark = (event) => {
  const photo = event.target.tagName === "IMG" && event.target.closest(".photo");
  if (photo) photo.classList.toggle("has-no-preview", event.type === "error");
};
for (const type of ["load", "error"]) card.addEventListener(type, mark, true);
