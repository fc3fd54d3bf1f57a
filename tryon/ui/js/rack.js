// Photos laid out for the wardrobe: thumbnails with a name and a cross; `intake.js` takes what is dropped.
let pieces = [];
const together = new Set();  // garments marked to be worn together
const wear = h("button", { type: "button", class: "rack-wear", onclick: () => { trigger("outfit", { keys: [...together] }); together.clear(); draw(); } }, "Wear together");
let value = {};
const picture = (piece) => h("img", { src: piece.image.url, alt: "", draggable: "false", onerror: (e) => { e.target.hidden = true; } });
const name = (piece) => h("span", { class: "piece-name", title: piece.name }, piece.name);
const face = (piece) => value.kind === "person" ? h("div", { class: "piece-face" }, picture(piece), name(piece))
  : h("button", { type: "button", class: "piece-face", "aria-pressed": String(together.has(piece.key)), "data-key": piece.key,
      "aria-label": ["Wear together", ": ", piece.name],
      onclick: () => { together.delete(piece.key) || together.add(piece.key); draw(piece.key); } }, picture(piece), name(piece));
const draw = (focus) => {
  wear.disabled = together.size < 2;
  show(
    pieces.length
      ? h("ul", { class: "rack", "aria-label": value.kind === "person" ? "People" : "Garments" }, pieces.map((piece) => h("li", { class: "piece" },
          face(piece),
          h("button", { type: "button", class: "piece-remove", "aria-label": ["Remove", ": ", piece.name], onclick: () => trigger("remove", { key: piece.key }) }, "×"))))
      : h("p", { class: "rack-empty" }, `Up to ${value.most} photos. Drop them here, or take examples.`),
    value.kind === "garment" && pieces.length > 1 ? wear : null,
    value.note ? h("p", { class: "quiet", role: "status" }, value.note) : null);
  const again = focus && root.querySelector(`[data-key="${focus}"]`);
  if (again) again.focus({ preventScroll: true });
};
keepDrawing((now) => {
  value = now;
  pieces = now.pieces || [];
  for (const key of together) if (!pieces.some((piece) => piece.key === key)) together.delete(key);
  draw();
});
