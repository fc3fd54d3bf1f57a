// Every picture of the run beside the others; a click opens it large.
let cards = [];
let at = 0;
const big = h("img", { alt: "" });
const title = h("h3", { id: "viewer-title" });
const caption = h("p", null);
const legend = h("ul", { class: "legend" });
const save = h("a", { class: "viewer-button", download: "" }, "Download");
const viewer = h("dialog", { class: "viewer", "aria-labelledby": "viewer-title" },
  h("div", { class: "viewer-head" }, title,
    h("button", { type: "button", class: "viewer-button", "aria-label": "Previous picture", onclick: () => turn(-1) }, "←"),
    h("button", { type: "button", class: "viewer-button", "aria-label": "Next picture", onclick: () => turn(1) }, "→"),
    save,
    h("button", { type: "button", class: "viewer-button", onclick: () => viewer.close() }, "Close")),
  big, caption, legend);
const fill = () => {
  const card = cards[at];
  big.src = card.image.url;
  big.alt = t(card.caption);
  title.textContent = t(card.title);
  caption.textContent = t(card.caption);
  save.href = card.image.url;
  save.download = card.key + ".jpg";
  legend.replaceChildren(...(card.legend || []).map((item) => {
    const dot = h("i", { "aria-hidden": "true" });
    dot.style.background = item.colour;
    return h("li", null, dot, item.name);
  }));
};
const turn = (step) => {
  for (let i = 1; i <= cards.length; i++) {
    const next = (at + step * i + cards.length * i) % cards.length;
    if (cards[next].image) { at = next; fill(); return; }
  }
};
viewer.addEventListener("keydown", (e) => {
  if (e.key === "ArrowLeft") turn(-1);
  if (e.key === "ArrowRight") turn(1);
});
viewer.addEventListener("click", (e) => { if (e.target === viewer) viewer.close(); });
const grid = h("ul", { class: "cards" });
show(grid, viewer);
keepDrawing((value) => {
  cards = value.cards || [];
  if (viewer.open && !(cards[at] && cards[at].image)) viewer.close();
  grid.replaceChildren(...cards.map((card, index) => h("li", { class: "card is-" + card.state, "data-key": card.key },
    card.image
      ? h("button", { type: "button", class: "card-face", "aria-label": "Open " + card.title, onclick: () => { at = index; fill(); viewer.showModal(); } },
          h("img", { src: card.image.url, alt: card.caption, draggable: "false" }))
      : h("div", { class: "card-face" }, card.state === "running" ? "" : "Stage " + card.stage),
    h("p", { class: "card-title" }, card.title),
    h("p", { class: "card-text" }, card.caption))));
});
