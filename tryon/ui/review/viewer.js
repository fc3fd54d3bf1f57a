// Pictures side by side with one zoom for all, spots on them, and a quick look at the photo instead.
import { h, t } from "./dom.js";
import { address } from "./api.js";

const MAX_ZOOM = 12;
const AGAIN_MS = 3000; // until a picture that did not come is asked for again
const MOST_PANES = 3;
const PANES = "tryon-review panes"; // where this browser keeps how many are wanted
const FLICKER_MS = 500; // twice a second at most: faster could hurt people

const panesWanted = () => {
  let kept = null;
  try { kept = localStorage.getItem(PANES); } catch { /* storage is forbidden */ }
  return [1, 2].find((number) => String(number) === kept) || MOST_PANES;
};

export class Viewer {
  // on: {spot(x, y), pick(index)}; x and y in pixels of the working picture.
  constructor(on) {
    this.on = on;
    this.item = null;
    this.zoom = 1;
    this.x = 0;
    this.y = 0; // shift in shares of the picture
    this.spots = [];
    this.active = -1;
    this.panes = [];
    this.count = panesWanted();
    this.node = h("div", { class: "panes" });
    this.tabs = h("div", { class: "pane-tabs", role: "group", "aria-label": "Picture" });
    new ResizeObserver(() => this.layout()).observe(this.node);
  }

  show(item) {
    const before = this.panes.map((pane) => pane.name);
    this.item = item;
    const names = item.pictures.map((p) => p.name);
    const judged = names.filter((name) => name === "draft" || name === "final");
    // The outer panes keep showing what the reviewer chose, where there is such a picture.
    const isFree = (name) => names.includes(name) && !judged.includes(name);
    const [left, , right] = before.length === MOST_PANES ? before : [];
    const first = isFree(left) ? left : "photo";
    const all = [...new Set([first, ...judged, ...[right, "garment"].filter(isFree), ...names])].slice(0, MOST_PANES);
    const fewer = judged.length === this.count ? judged : all.slice(MOST_PANES - 1 - this.count, MOST_PANES - 1);
    this.panes = (this.count === MOST_PANES ? all : fewer).map((name, index) => this.pane(name, index));
    this.node.replaceChildren(...this.panes.map((pane) => pane.node));
    this.small = Math.min(1, this.panes.length - 1);
    this.reset();
    this.drawTabs();
    this.drawMarks();
  }

  // One picture less side by side, and larger; after one, all again.
  fewer() {
    this.count = this.count === 1 ? MOST_PANES : this.count - 1;
    try { localStorage.setItem(PANES, String(this.count)); } catch { /* until the page is closed, then */ }
    this.show(this.item);
  }

  picture(name) {
    return this.item.pictures.find((p) => p.name === name);
  }

  pane(name, index) {
    const image = h("img", { alt: "", draggable: "false", class: "pane-image" });
    const photo = h("img", { alt: "", draggable: "false", class: "pane-photo", "aria-hidden": "true" });
    const marks = h("div", { class: "marks" });
    const canvas = h("div", { class: "canvas" }, photo, image, marks);
    const port = h("div", { class: "port", "data-broken": t("This picture cannot be loaded.") }, canvas);
    const select = h("select", { "aria-label": "Picture " + (index + 1), onchange: () => { this.choose(index, select.value); select.blur(); } },
      this.options());
    const pane = { node: h("figure", { class: "pane" }, h("figcaption", null, select), port), image, photo, marks, canvas, port, select, name };
    const start = this.picture("photo");
    if (start) photo.src = address(start.url);
    this.fill(pane, name);
    this.listen(pane);
    return pane;
  }

  options() {
    return this.item.pictures.map((p) => h("option", { value: p.name }, p.title));
  }

  fill(pane, name) {
    const picture = this.picture(name);
    pane.name = name;
    pane.select.value = name;
    pane.node.dataset.picture = name;
    pane.node.classList.remove("is-loaded");
    pane.image.src = address(picture.url);
    pane.image.alt = t(picture.title);
    pane.image.onerror = () => { // a server that is away comes back
      pane.node.classList.add("is-broken");
      setTimeout(() => { if (pane.node.isConnected && pane.name === name) pane.image.src = address(picture.url) + "?" + Date.now(); }, AGAIN_MS);
    };
    pane.image.onload = () => { pane.node.classList.remove("is-broken"); pane.node.classList.add("is-loaded"); this.layout(); };
  }

  choose(index, name) {
    this.fill(this.panes[index], name);
    this.drawTabs();
    this.layout();
    this.drawMarks();
  }

  // The draft laid anew, one more picture in the last pane; null takes it away.
  correct(url) {
    const others = this.item.pictures.filter((p) => p.name !== "corrected");
    this.item.pictures = url ? [...others, { name: "corrected", title: "Corrected draft", url }] : others;
    for (const pane of this.panes) {
      pane.select.replaceChildren(...this.options());
      if (url || pane.name !== "corrected") pane.select.value = pane.name;
    }
    const last = this.panes.length - 1;
    if (url) this.choose(last, "corrected");
    else if (this.panes[last].name === "corrected") this.choose(last, this.item.pictures.some((p) => p.name === "garment") ? "garment" : "photo");
  }

  // The last pane goes through every picture.
  turn(by) {
    const pane = this.panes[this.panes.length - 1];
    const names = this.item.pictures.map((p) => p.name);
    this.choose(this.panes.length - 1, names[(names.indexOf(pane.name) + by + names.length) % names.length]);
  }

  drawTabs() {
    this.tabs.replaceChildren(...this.panes.map((pane, index) => h("button", {
      type: "button", "aria-pressed": String(index === this.small),
      onclick: () => { this.small = index; this.drawTabs(); this.layout(); },
    }, this.picture(pane.name).title)));
    this.panes.forEach((pane, index) => pane.node.classList.toggle("is-front", index === this.small));
  }

  preload(item) {
    for (const name of ["photo", "draft", "final", "garment"]) {
      const picture = item.pictures.find((p) => p.name === name);
      if (picture) new Image().src = address(picture.url);
    }
  }

  // The canvas is the picture as it fits into its pane; zoom and shift come on top. Marks lie in
  // shares of it and stay as they are: one may be under a finger while a picture arrives.
  layout() {
    if (!this.item) return;
    for (const pane of this.panes) {
      const { clientWidth: w, clientHeight: ht } = pane.port;
      const ratio = pane.image.naturalWidth && pane.name === "garment"
        ? pane.image.naturalWidth / pane.image.naturalHeight : this.item.width / this.item.height;
      const width = Math.min(w, ht * ratio);
      pane.canvas.style.width = width + "px";
      pane.canvas.style.height = width / ratio + "px";
      pane.canvas.style.transform = `translate(-50%, -50%) scale(${this.zoom}) translate(${this.x * 100}%, ${this.y * 100}%)`;
      pane.port.classList.toggle("is-zoomed", this.zoom > 1);
      pane.marks.style.setProperty("--shrink", 1 / this.zoom);
    }
  }

  reset() {
    Object.assign(this, { zoom: 1, x: 0, y: 0 });
    this.layout();
  }

  zoomBy(factor, at = null) {
    const zoom = Math.min(MAX_ZOOM, Math.max(1, this.zoom * factor));
    if (at) { // keep the point under the pointer where it is
      this.x += at.x * (1 / zoom - 1 / this.zoom);
      this.y += at.y * (1 / zoom - 1 / this.zoom);
    }
    this.zoom = zoom;
    this.clamp();
  }

  panBy(dx, dy) {
    this.x += dx / this.zoom;
    this.y += dy / this.zoom;
    this.clamp();
  }

  clamp() {
    const most = 0.5 * (1 - 1 / this.zoom);
    this.x = Math.min(most, Math.max(-most, this.x));
    this.y = Math.min(most, Math.max(-most, this.y));
    this.layout();
  }

  compare(on) {
    this.node.classList.toggle("is-comparing", on);
  }

  flicker() {
    if (this.timer) { clearInterval(this.timer); this.timer = 0; this.compare(false); return false; }
    const slow = matchMedia("(prefers-reduced-motion: reduce)").matches ? 3 : 1;
    this.timer = setInterval(() => this.node.classList.toggle("is-comparing"), FLICKER_MS * slow);
    return true;
  }

  listen(pane) {
    const pointers = new Map();
    let moved = 0;
    let spread = 0;
    const share = (event) => {
      const box = pane.canvas.getBoundingClientRect();
      return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height, box };
    };
    pane.port.addEventListener("wheel", (event) => {
      event.preventDefault();
      const box = pane.port.getBoundingClientRect();
      const { clientWidth: w, clientHeight: ht } = pane.canvas;
      this.zoomBy(Math.exp(-event.deltaY / 400), {
        x: (event.clientX - box.left - box.width / 2) / w, y: (event.clientY - box.top - box.height / 2) / ht });
    }, { passive: false });
    pane.port.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      pointers.set(event.pointerId, event);
      moved = 0;
      if (this.zoom > 1 || pointers.size > 1) pane.port.setPointerCapture(event.pointerId);
    });
    pane.port.addEventListener("pointermove", (event) => {
      const last = pointers.get(event.pointerId);
      if (!last) return;
      moved += Math.hypot(event.clientX - last.clientX, event.clientY - last.clientY);
      pointers.set(event.pointerId, event);
      const all = [...pointers.values()];
      if (all.length === 2) {
        const now = Math.hypot(all[0].clientX - all[1].clientX, all[0].clientY - all[1].clientY);
        if (spread) this.zoomBy(now / spread);
        spread = now;
      } else if (this.zoom > 1 && moved > 4) {
        this.panBy((event.clientX - last.clientX) / pane.canvas.clientWidth, (event.clientY - last.clientY) / pane.canvas.clientHeight);
      }
    });
    const end = (event) => {
      const was = pointers.delete(event.pointerId);
      if (pointers.size < 2) spread = 0;
      if (!was || event.type === "pointercancel" || moved > 6 || pane.name === "garment") return;
      const at = share(event);
      if (at.x < 0 || at.y < 0 || at.x > 1 || at.y > 1) return;
      const near = event.target.closest(".spot");
      if (near) this.on.pick(Number(near.dataset.index));
      else this.on.spot(at.x * this.item.width - 0.5, at.y * this.item.height - 0.5);
    };
    pane.port.addEventListener("pointerup", end);
    pane.port.addEventListener("pointercancel", end);
    pane.port.addEventListener("dblclick", () => this.reset());
  }

  setSpots(spots, active) {
    this.spots = spots;
    this.active = active;
    this.drawMarks();
  }

  drawMarks() {
    if (!this.item) return;
    const left = (x) => ((x + 0.5) / this.item.width) * 100 + "%";
    const top = (y) => ((y + 0.5) / this.item.height) * 100 + "%";
    for (const pane of this.panes) {
      if (pane.name === "garment") { pane.marks.replaceChildren(); continue; }
      const spots = this.spots.map((spot, index) => {
        if (spot.x === null || spot.x === undefined) return null;
        const node = h("span", {
          class: "spot" + (index === this.active ? " is-active" : "") + (spot.tone ? " tone-" + spot.tone : ""),
          "data-index": index, style: { left: left(spot.x), top: top(spot.y) },
        }, h("b", null, spot.mark));
        node.title = spot.label; // may hold a name
        return node;
      });
      pane.marks.replaceChildren(...spots.filter(Boolean));
    }
  }
}
