// "Delete my photos": asks once, then says that it is done and shows an empty page.
const dialog = h("dialog", { class: "viewer is-small", "aria-labelledby": "erase-title" },
  h("h3", { id: "erase-title" }, "Delete your photos and results?"),
  h("p", null, "Everything you brought in or made here is erased from the server now. It cannot be brought back."),
  h("div", { class: "viewer-head is-end" },
    h("button", { type: "button", class: "viewer-button", onclick: () => dialog.close() }, "Keep them"),
    h("button", { type: "button", class: "viewer-button is-danger", onclick: () => { dialog.close(); trigger("erase", {}); } }, "Delete everything")));
dialog.addEventListener("click", (e) => { if (e.target === dialog) dialog.close(); });
keepDrawing((value) => {
  if (value.gone) { location.reload(); return; }
  show(
    h("p", null, h("span", null, `Your photos stay on this server, only you see them, and they are erased after ${value.hours} hours.`), " ",
      h("button", { type: "button", class: "link", onclick: () => dialog.showModal() }, "Delete my photos now"), " ",
      h("span", { class: "version" }, document.createTextNode("v" + value.version))),
    dialog);
});
