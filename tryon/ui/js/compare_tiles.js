// Chosen drafts side by side in one window, as large as it allows.
const MOST_BESIDE = 6;
const compareTiles = (nameOf, badgeOf, open) => {
  const grid = h("div", { class: "versus" });
  const title = h("h3", { id: "versus-title" }, "Compare");
  const dialog = h("dialog", { class: "viewer", "aria-labelledby": "versus-title" },
    h("div", { class: "viewer-head" }, title, h("button", { type: "button", class: "viewer-button", onclick: () => dialog.close() }, "Close")), grid);
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  const beside = (tile) => h("figure", { class: "versus-one" },
    h("img", { src: tile.image.url, alt: ["Draft", ": ", ...nameOf(tile)] }),
    h("figcaption", null, badgeOf(tile), h("span", { class: "versus-name" }, document.createTextNode(spoken(nameOf(tile)))),
      tile.single ? h("button", { type: "button", class: "viewer-button", onclick: () => { dialog.close(); open(tile); } }, "Open in the editor") : null));
  const look = (tiles) => {
    grid.style.setProperty("--beside", tiles.length);
    grid.style.setProperty("--half", Math.ceil(tiles.length / 2));
    grid.replaceChildren(...tiles.map(beside));
    dialog.showModal();
  };
  return { dialog, look };
};
