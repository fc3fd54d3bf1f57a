// One picture with points on it: zoom, pan, handles, loupe. Positions given and told are pixels of
// the picture (0 is the centre of the first pixel); handles keep their size at every zoom.
const MAX_ZOOM = 12;
const MARGIN = 14;  // screen pixels kept free around the picture and its points
const REACH = { mouse: 14, pen: 18, touch: 26 };  // screen pixels within which a handle is taken
const LOUPE = { size: 132, zoom: 3 };
const svgNode = (tag, attributes, ...children) => {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes || {})) if (value !== null && value !== false) node.setAttribute(name, value);
  node.append(...children);
  return node;
};
const within = (value, low, high) => Math.min(high, Math.max(low, value));

class PictureCanvas {
  // on: { grab(name), move(name, xy), drop(name, moved), hover(name or null), focus(name), key(event, name) }
  constructor(side, label, on) {
    this.side = side;
    this.on = on;
    this.size = [3, 4];
    this.points = [];  // { name, label, colour, xy, unsure, locked }
    this.zoom = 1;
    this.centre = null;  // picture position in the middle of the view; null: everything fits
    this.pointers = new Map();
    this.handles = new Map();
    this.back = h("img", { class: "ed-back", alt: "", draggable: "false" });
    this.outline = svgNode("path", { class: "ed-outline" });
    this.group = svgNode("g", {});
    this.ink = svgNode("svg", { class: "ed-ink", role: "group", "aria-label": t(label) }, this.outline, this.group);
    this.lens = h("img", { alt: "", draggable: "false" });
    this.loupe = h("div", { class: "ed-loupe", "aria-hidden": "true" }, this.lens, h("i", null));
    this.view = h("div", { class: "ed-view", "data-side": side }, this.back, this.ink, this.loupe);
    this.listen();
    new ResizeObserver(() => this.draw()).observe(this.view);
  }

  // A picture that is decoded before it is shown, so that nothing flickers.
  async setPicture(url, size) {
    if (size) this.size = size;
    this.wanted = url;
    if (!url) { this.back.removeAttribute("src"); return false; }
    const next = h("img", { class: "ed-back", alt: "", draggable: "false", src: url });
    try { await next.decode(); } catch { return false; }
    if (this.wanted !== url) return false;  // a newer one was asked for meanwhile
    this.back.replaceWith(next);
    this.back = next;
    this.lens.src = url;
    this.draw();
    return true;
  }

  setPoints(points) {
    const same = points.length === this.points.length && points.every((p, i) => p.name === this.points[i].name);
    this.points = points;
    if (!same) {
      const focused = this.group.contains(document.activeElement) ? document.activeElement.dataset.name : null;
      this.handles = new Map(points.map((point) => [point.name, this.handle(point)]));
      this.group.replaceChildren(...this.handles.values());
      if (this.handles.has(focused)) this.handles.get(focused).focus({ preventScroll: true });
    }
    this.draw();
  }

  handle(point) {
    const node = svgNode("g", { class: "ed-handle", tabindex: "0", role: "slider", "data-name": point.name, "aria-roledescription": t(props.words.handle) },
      svgNode("circle", { class: "hit", r: 20 }), svgNode("circle", { class: "ring", r: 11 }),
      svgNode("circle", { class: "dot", r: 6.5, fill: point.colour }), svgNode("path", { class: "lock", d: "M-2.6 0v-2a2.6 2.6 0 0 1 5.2 0v2M-3.6 0h7.2v5h-7.2z" }),
      svgNode("text", { x: 15, y: 4.5 }));
    node.querySelector("text").textContent = t(point.label);
    node.addEventListener("pointerenter", (e) => { if (!this.drag && e.pointerType !== "touch") this.on.hover(point.name); });
    node.addEventListener("pointerleave", () => { if (!this.drag) this.on.hover(null); });
    node.addEventListener("focus", () => { this.reveal(point.name); this.on.focus(point.name); });
    node.addEventListener("keydown", (e) => this.on.key(e, point.name));
    return node;
  }

  mark(lit, selected) {
    for (const [name, node] of this.handles) {
      node.classList.toggle("is-lit", lit.has(name));
      node.classList.toggle("is-selected", name === selected);
    }
  }

  // What must be seen when nothing is zoomed: the picture, and points that lie outside it.
  bounds() {
    const xs = [-0.5, this.size[0] - 0.5, ...this.points.map((p) => p.xy[0])];
    const ys = [-0.5, this.size[1] - 0.5, ...this.points.map((p) => p.xy[1])];
    return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
  }

  measure() {
    const width = this.view.clientWidth, height = this.view.clientHeight;
    if (!this.drag || !this.box) this.box = this.bounds();
    const [x0, y0, x1, y1] = this.box;
    const fit = Math.min((width - 2 * MARGIN) / (x1 - x0), (height - 2 * MARGIN) / (y1 - y0));
    const k = Math.max(fit, 1e-3) * this.zoom;
    const middle = this.centre && this.zoom > 1 ? this.centre : [(x0 + x1) / 2, (y0 + y1) / 2];
    return { k, x: width / 2 - k * middle[0], y: height / 2 - k * middle[1], width, height };
  }

  toScreen([x, y]) { const m = this.at; return [m.k * x + m.x, m.k * y + m.y]; }

  toPicture(event) {
    const box = this.view.getBoundingClientRect(), m = this.at;
    return [(event.clientX - box.left - this.view.clientLeft - m.x) / m.k, (event.clientY - box.top - this.view.clientTop - m.y) / m.k];
  }

  draw() {
    if (!this.view.clientWidth) return;
    const m = this.at = this.measure();
    this.back.style.width = this.size[0] * m.k + "px";
    this.back.style.height = this.size[1] * m.k + "px";
    this.back.style.transform = `translate(${m.x - 0.5 * m.k}px, ${m.y - 0.5 * m.k}px)`;
    this.view.classList.toggle("is-zoomed", this.zoom > 1);
    for (const point of this.points) this.place(point);
    this.drawOutline();
  }

  place(point) {
    const node = this.handles.get(point.name);
    if (!node) return;
    const [x, y] = this.toScreen(point.xy);
    node.setAttribute("transform", `translate(${x.toFixed(2)} ${y.toFixed(2)})`);
    node.classList.toggle("is-unsure", !!point.unsure);
    node.classList.toggle("is-locked", !!point.locked);
    node.classList.toggle("is-flipped", x > this.at.width - 130);
    node.setAttribute("aria-label", t(point.spoken));
    node.setAttribute("aria-valuemin", "0");
    node.setAttribute("aria-valuemax", String(this.size[0] - 1));
    node.setAttribute("aria-valuenow", String(Math.round(point.xy[0])));
    node.setAttribute("aria-valuetext", t(point.where));
  }

  setOutline(rings) { this.rings = rings; if (this.at) this.drawOutline(); }

  drawOutline() {
    this.outline.setAttribute("d", (this.rings || []).map((ring) => "M" + ring.map((xy) => this.toScreen(xy).map((v) => v.toFixed(1)).join(" ")).join("L") + "Z").join(""));
  }

  zoomBy(factor, at) {
    const before = this.at || this.measure();
    const focus = at || [before.width / 2, before.height / 2];
    const spot = [(focus[0] - before.x) / before.k, (focus[1] - before.y) / before.k];
    this.zoom = within(this.zoom * factor, 1, MAX_ZOOM);
    this.centre = this.centre || [0, 0];
    const k = this.measure().k;
    this.panTo([spot[0] + (before.width / 2 - focus[0]) / k, spot[1] + (before.height / 2 - focus[1]) / k]);
  }

  panTo(centre) {
    const [x0, y0, x1, y1] = this.bounds();
    this.centre = [within(centre[0], x0, x1), within(centre[1], y0, y1)];
    this.draw();
  }

  fit() { this.zoom = 1; this.centre = null; this.draw(); }

  // A point that got the focus must be inside the view.
  reveal(name) {
    const point = this.points.find((p) => p.name === name);
    if (!point || !this.at) return;
    const [x, y] = this.toScreen(point.xy), m = this.at;
    if (x < 12 || y < 12 || x > m.width - 12 || y > m.height - 12) this.panTo(point.xy);
  }

  nearest(event) {
    const box = this.view.getBoundingClientRect();
    const spot = [event.clientX - box.left, event.clientY - box.top];
    let best = null, least = REACH[event.pointerType] || REACH.mouse;
    for (const point of this.points) {
      const [x, y] = this.toScreen(point.xy);
      const distance = Math.hypot(x - spot[0], y - spot[1]);
      if (distance <= least) { best = point; least = distance; }
    }
    return best;
  }

  listen() {
    const { ink } = this;
    ink.addEventListener("pointerdown", (e) => this.down(e));
    ink.addEventListener("pointermove", (e) => this.moved(e));
    for (const type of ["pointerup", "pointercancel"]) ink.addEventListener(type, (e) => this.up(e));
    ink.addEventListener("wheel", (e) => {
      if (!e.ctrlKey && !e.metaKey) return;  // a plain wheel scrolls the page
      e.preventDefault();
      const box = this.view.getBoundingClientRect();
      this.zoomBy(Math.exp(-e.deltaY / 240), [e.clientX - box.left, e.clientY - box.top]);
    }, { passive: false });
    ink.addEventListener("touchstart", (e) => { if (this.drag || e.touches.length > 1) e.preventDefault(); }, { passive: false });
  }

  down(event) {
    if (event.button) return;
    this.pointers.set(event.pointerId, event);
    if (this.pointers.size === 2) { this.finish(false); this.pan = null; this.pinch = this.spread(); return; }
    const point = this.nearest(event);
    if (point) {
      const from = this.toPicture(event);
      this.drag = { name: point.name, id: event.pointerId, off: [point.xy[0] - from[0], point.xy[1] - from[1]], moved: false, start: [event.clientX, event.clientY] };
      this.handles.get(point.name).focus({ preventScroll: true });
      this.on.grab(point.name);
    } else if (this.zoom > 1) {
      this.pan = { id: event.pointerId, from: [event.clientX, event.clientY], centre: this.centre };
    } else return;
    capture(this.ink, event.pointerId);
    event.preventDefault();
  }

  moved(event) {
    if (this.pointers.has(event.pointerId)) this.pointers.set(event.pointerId, event);
    if (this.pinch && this.pointers.size === 2) {
      const now = this.spread();
      this.zoomBy(now.gap / this.pinch.gap, now.middle);
      this.panTo([this.centre[0] - (now.middle[0] - this.pinch.middle[0]) / this.at.k, this.centre[1] - (now.middle[1] - this.pinch.middle[1]) / this.at.k]);
      this.pinch = now;
    } else if (this.drag && event.pointerId === this.drag.id) {
      const { drag } = this;
      if (!drag.moved && Math.hypot(event.clientX - drag.start[0], event.clientY - drag.start[1]) < 2) return;  // a press, not a drag
      drag.moved = true;
      const at = this.toPicture(event);
      this.on.move(drag.name, [at[0] + drag.off[0], at[1] + drag.off[1]]);
      this.showLoupe(event);
    } else if (this.pan && event.pointerId === this.pan.id) {
      const { from, centre } = this.pan;
      this.panTo([centre[0] - (event.clientX - from[0]) / this.at.k, centre[1] - (event.clientY - from[1]) / this.at.k]);
    }
  }

  up(event) {
    this.pointers.delete(event.pointerId);
    if (this.pointers.size < 2) this.pinch = null;
    if (this.drag && event.pointerId === this.drag.id) this.finish(true);
    if (this.pan && event.pointerId === this.pan.id) this.pan = null;
  }

  finish() {
    const { drag } = this;
    this.drag = null;
    this.loupe.classList.remove("is-on");
    if (drag) this.on.drop(drag.name, drag.moved);
  }

  spread() {
    const box = this.view.getBoundingClientRect();
    const [a, b] = [...this.pointers.values()].map((e) => [e.clientX - box.left, e.clientY - box.top]);
    return { gap: Math.max(1, Math.hypot(a[0] - b[0], a[1] - b[1])), middle: [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2] };
  }

  // The surroundings of the point, large, in the corner away from the finger.
  showLoupe(event) {
    const point = this.points.find((p) => p.name === this.drag.name), m = this.at;
    const k = LOUPE.zoom * Math.max(m.k, 1 / LOUPE.zoom);
    this.lens.style.width = this.size[0] * k + "px";
    this.lens.style.transform = `translate(${LOUPE.size / 2 - (point.xy[0] + 0.5) * k}px, ${LOUPE.size / 2 - (point.xy[1] + 0.5) * k}px)`;
    const box = this.view.getBoundingClientRect();
    this.loupe.classList.toggle("is-right", event.clientX - box.left < m.width / 2);
    this.loupe.style.setProperty("--point", point.colour);
    this.loupe.classList.add("is-on");
  }
}
const capture = (node, id) => { try { node.setPointerCapture(id); } catch { /* the pointer has gone */ } };
