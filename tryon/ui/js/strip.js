// Every picture of the run beside the others: laid over its photo, zoomed in step, opened large.
const W = props.words;
const MOST = 8;
let cards = [];
let at = 0;
const laid = new Set();  // keys of what is laid over
const look = { zoom: 1, x: 0.5, y: 0.5, opacity: 0.75 };  // shared by all: what is in the middle, as shares

// ---- one frame: a picture and what is laid over it, all moving together
const by = (key) => cards.find((card) => card.key === key);
const layersOf = (card, all) => {
  const over = cards.filter((c) => laid.has(c.key) && c.layer && c.photo === card.photo && (all || c.key === card.key));
  const own = laid.has(card.key) && card.layer, photo = by(card.photo);
  const under = own && photo && photo.image ? photo : card;
  return { under, over };
};
const frames = new Set();
const picturesIn = (card, all, alt) => {
  const { under, over } = layersOf(card, all);
  return [h("img", { fetchpriority: "low", src: under.image.url, alt, draggable: "false" }),
    ...over.map((c) => h("img", { src: c.layer.url, alt: "", class: "is-laid", draggable: "false" }))];
};
const place = (frame) => {
  const width = frame.clientWidth, height = frame.clientHeight;
  frame.style.setProperty("--opacity", look.opacity);
  frame.classList.toggle("is-zoomed", look.zoom > 1);
  frame.firstElementChild.style.transform =
    `translate(${(0.5 - look.x * look.zoom) * width}px, ${(0.5 - look.y * look.zoom) * height}px) scale(${look.zoom})`;
};
const placeAll = () => { for (const frame of frames) if (frame.isConnected) place(frame); else frames.delete(frame); };
const limit = () => {
  look.zoom = Math.min(MOST, Math.max(1, look.zoom));
  const half = 0.5 / look.zoom;
  look.x = Math.min(1 - half, Math.max(half, look.x));
  look.y = Math.min(1 - half, Math.max(half, look.y));
};
const zoomBy = (factor, spot = [0.5, 0.5]) => {  // spot: where in the frame, as shares
  const before = look.zoom;
  look.zoom = Math.min(MOST, Math.max(1, before * factor));
  look.x += (spot[0] - 0.5) * (1 / before - 1 / look.zoom);
  look.y += (spot[1] - 0.5) * (1 / before - 1 / look.zoom);
  limit();
  placeAll();
};
const whole = () => { Object.assign(look, { zoom: 1, x: 0.5, y: 0.5 }); placeAll(); };
const spotIn = (frame, event) => {
  const box = frame.getBoundingClientRect();
  return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
};
const watchFrame = (frame) => {
  frames.add(frame);
  const held = new Map();
  let gap = 0, dragged = false;
  const spread = () => { const [a, b] = [...held.values()]; return Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY) || 1; };
  frame.addEventListener("wheel", (e) => {
    if (!e.ctrlKey && !e.metaKey) return;  // a plain wheel scrolls the page
    e.preventDefault();
    zoomBy(Math.exp(-e.deltaY / 240), spotIn(frame, e));
  }, { passive: false });
  frame.addEventListener("pointerdown", (e) => {
    held.set(e.pointerId, e);
    dragged = false;
    if (held.size === 2) gap = spread();
    if (look.zoom > 1 || held.size === 2) try { frame.setPointerCapture(e.pointerId); } catch { /* it has gone */ }
  });
  frame.addEventListener("pointermove", (e) => {
    const last = held.get(e.pointerId);
    if (!last) return;
    held.set(e.pointerId, e);
    if (held.size === 2) { const now = spread(); zoomBy(now / gap, spotIn(frame, e)); gap = now; dragged = true; return; }
    const dx = e.clientX - last.clientX, dy = e.clientY - last.clientY;
    if (look.zoom <= 1 || !(dx || dy)) return;
    dragged = true;
    look.x -= dx / frame.clientWidth / look.zoom;
    look.y -= dy / frame.clientHeight / look.zoom;
    limit();
    placeAll();
  });
  for (const type of ["pointerup", "pointercancel"]) frame.addEventListener(type, (e) => held.delete(e.pointerId));
  frame.addEventListener("click", (e) => { if (dragged) { e.stopImmediatePropagation(); e.preventDefault(); dragged = false; } }, true);
  frame.addEventListener("keydown", (e) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[e.key];
    if (e.key === "+" || e.key === "=") zoomBy(1.5);
    else if (e.key === "-") zoomBy(1 / 1.5);
    else if (e.key === "0") whole();
    else if (step && look.zoom > 1 && e.shiftKey) { look.x += step[0] * 0.1 / look.zoom; look.y += step[1] * 0.1 / look.zoom; limit(); placeAll(); }
    else return;
    e.preventDefault();
    e.stopPropagation();
  });
  return frame;
};

// ---- controls above the pictures and in the large view
const ranges = [];
const opacity = () => {
  const range = h("input", { type: "range", min: "0", max: "100", step: "1", value: String(look.opacity * 100), "aria-label": W.opacity,
    oninput: () => { look.opacity = range.value / 100; for (const other of ranges) other.value = range.value; placeAll(); } });
  ranges.push(range);
  return h("label", { class: "strip-opacity" }, h("span", { "aria-hidden": "true" }, W.opacity_short), range);
};
const control = (text, does, attributes) => h("button", { type: "button", class: "viewer-button", onclick: does, ...attributes }, text);
const zoomTools = () => h("div", { class: "strip-zoom" },
  control("−", () => zoomBy(1 / 1.5), { "aria-label": W.zoom_out }), control("+", () => zoomBy(1.5), { "aria-label": W.zoom_in }),
  control(W.fit, whole, { "aria-label": W.zoom_fit }));
const toggle = (key) => { if (!laid.delete(key)) laid.add(key); draw(); if (viewer.open) drawLarge(); };

// ---- the large view
const title = h("h3", { id: "viewer-title" });
const caption = h("p", null);
const legend = h("ul", { class: "legend" });
const layers = h("div", { class: "viewer-layers", role: "group", "aria-label": W.layers });
const save = h("a", { class: "viewer-button", download: "" }, W.download);
const large = watchFrame(h("div", { class: "viewer-frame", tabindex: "0" }, h("div", { class: "frame-stack" })));
const viewer = h("dialog", { class: "viewer", "aria-labelledby": "viewer-title" },
  h("div", { class: "viewer-head" }, title,
    control("←", () => turn(-1), { "aria-label": W.previous }), control("→", () => turn(1), { "aria-label": W.next }),
    zoomTools(), opacity(), save,
    control(W.full, () => (document.fullscreenElement ? document.exitFullscreen() : large.requestFullscreen())),
    control(W.close, () => viewer.close())),
  large, layers, caption, legend);
const fileOf = (card) => ({ href: card.file || card.image.url, download: card.key + (card.file ? ".png" : ".jpg") });  // a file is the picture at full size
const drawLarge = () => {
  const card = cards[at];
  large.firstElementChild.replaceChildren(...picturesIn(card, true, t(card.caption)));
  large.setAttribute("aria-label", t(card.title));
  title.textContent = t(card.title);
  caption.textContent = t(card.caption);
  save.href = fileOf(card).href;
  save.download = fileOf(card).download;
  layers.replaceChildren(...cards.filter((c) => c.layer && c.photo === card.photo).map((c) =>
    control(c.title, () => toggle(c.key), { "aria-pressed": String(laid.has(c.key)), "data-lay": c.key, title: c.caption })));
  legend.replaceChildren(...(card.legend || []).map((item) =>
    h("li", null, h("i", { "aria-hidden": "true", style: { background: item.colour } }), item.name)));
  place(large);
};
const turn = (step) => {
  for (let i = 1; i <= cards.length; i++) {
    const next = (at + step * i + cards.length * i) % cards.length;
    if (cards[next].image) { at = next; drawLarge(); return; }
  }
};
viewer.addEventListener("keydown", (e) => {
  if (e.target.type === "range" || e.shiftKey) return;
  if (e.key === "ArrowLeft") turn(-1);
  if (e.key === "ArrowRight") turn(1);
});
viewer.addEventListener("click", (e) => { if (e.target === viewer) viewer.close(); });
const open = (index) => { at = index; viewer.showModal(); drawLarge(); };

// ---- the small ones
const grid = h("ul", { class: "cards" });
const tools = h("div", { class: "strip-tools" }, zoomTools(), opacity());
const blank = h("p", { class: "quiet" }, "After a run you see here the masks, the points and the layers it was made of.");
show(blank, tools, grid, viewer);
const draw = () => {
  const focused = grid.contains(document.activeElement) ? document.activeElement : null;
  const again = focused && [focused.closest(".card").dataset.key, focused.className];
  grid.replaceChildren(...cards.map((card, index) => h("li", { class: "card is-" + card.state, "data-key": card.key },
    card.image
      ? watchFrame(h("button", { type: "button", class: "card-face", "aria-label": W.open + ": " + card.title, onclick: () => open(index) },
          h("span", { class: "frame-stack" }, picturesIn(card, false, card.caption))))
      : h("div", { class: "card-face" }, card.state === "running" ? "" : W.stage + " " + card.stage),
    h("div", { class: "card-head" }, h("p", { class: "card-title" }, card.title),
      card.image && Number.isFinite(card.seconds) ? h("span", { class: "card-time" }, card.seconds < 0.001 ? "from memory" : seconds(card.seconds)) : null),
    h("p", { class: "card-text" }, card.caption),
    h("div", { class: "card-tools" }, card.image ? [
      card.layer ? control(W.lay_short, () => toggle(card.key), { "aria-pressed": String(laid.has(card.key)), "aria-label": W.lay + ": " + card.title, "data-lay": card.key }) : null,
      h("a", { class: "viewer-button", ...fileOf(card), "aria-label": W.download + ": " + card.title }, "↓"),
    ] : null))));
  placeAll();
  const back = again && grid.querySelector(`[data-key="${again[0]}"] .${again[1].split(" ").join(".")}`);
  if (back) back.focus({ preventScroll: true });
};
new ResizeObserver(placeAll).observe(grid);

// ---- what is shown: the run's pictures, and newer ones of some stages that come between two values
let given = [];
const newer = new Map();  // key of a card -> image, layer, file and seconds that take the place of the run's
const isPhoto = (card) => card.key === card.photo;
const drawAll = () => {
  cards = given.map((card) => ({ ...card, ...newer.get(card.key) }))
    .map((card) => ({ ...card, layer: card.layer || (isPhoto(card) ? null : card.image) }));  // a whole picture lays itself
  const isEmpty = cards.every((card) => card.state === "pending");  // no wall of grey boxes
  blank.hidden = !isEmpty;
  tools.hidden = grid.hidden = isEmpty;
  if (viewer.open && !(cards[at] && cards[at].image)) viewer.close();
  draw();
  if (viewer.open) drawLarge();
};
document.addEventListener("tryon:stage-pictures", (event) => {
  for (const [key, picture] of Object.entries(event.detail)) picture ? newer.set(key, picture) : newer.delete(key);
  drawAll();
});
keepDrawing((value) => {
  given = value.cards || [];
  for (const key of newer.keys()) if (key !== "final") newer.delete(key);  // the run has caught up
  drawAll();
});
