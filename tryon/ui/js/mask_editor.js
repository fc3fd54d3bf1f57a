// A brush for masks: paint what is inside, wipe what is not. The mask lies over its photo as a
// canvas of its own, so that it is seen through; zoom and pinch are those of the anchor editor.
const W = props.words;
const MOST_STEPS = 15;  // strokes that can be taken back
let key = null, kind = props.kinds[0][0], tool = "paint", width = 28;
let past = [], future = [], ready = false, dirty = false;

class BrushCanvas extends PictureCanvas {
  constructor(...args) {
    super(...args);
    this.paint = h("canvas", { class: "mk-paint", width: 1, height: 1 });
    this.tip = h("span", { class: "mk-tip", "aria-hidden": "true" });
    this.back.after(this.paint);
    this.view.append(this.tip);
    this.ctx = this.paint.getContext("2d", { willReadFrequently: true });
    this.ink.addEventListener("pointerleave", () => { this.tip.style.visibility = "hidden"; });
  }

  draw() {
    super.draw();
    if (!this.paint || !this.at) return;
    for (const name of ["width", "height", "transform"]) this.paint.style[name] = this.back.style[name];
  }

  nearest() { return null; }

  down(event) {
    this.pointers.set(event.pointerId, event);
    if (event.button || !ready) return;
    if (this.pointers.size === 2) {  // a second finger: not painting but looking around
      if (this.stroke) { this.stroke = null; step(past, null); }
      this.pan = null;
      this.pinch = this.spread();
      return;
    }
    if (tool === "move") { super.down(event); return; }
    capture(this.ink, event.pointerId);
    event.preventDefault();
    keep();
    this.stroke = { id: event.pointerId, last: this.toPicture(event) };
    this.line(this.stroke.last, this.stroke.last);
  }

  moved(event) {
    this.showTip(event);
    if (this.stroke && event.pointerId === this.stroke.id) {
      for (const one of event.getCoalescedEvents ? event.getCoalescedEvents().concat(event) : [event]) {
        const at = this.toPicture(one);
        this.line(this.stroke.last, at);
        this.stroke.last = at;
      }
    } else super.moved(event);
  }

  up(event) {
    if (this.stroke && event.pointerId === this.stroke.id) { this.stroke = null; refresh(); }
    super.up(event);
  }

  line(from, to) {
    const { ctx } = this;
    ctx.globalCompositeOperation = tool === "wipe" ? "destination-out" : "source-over";
    ctx.strokeStyle = props.paint;
    ctx.lineCap = "round";
    ctx.lineWidth = width;
    ctx.beginPath();
    ctx.moveTo(from[0] + 0.5, from[1] + 0.5);
    ctx.lineTo(to[0] + 0.5, to[1] + 0.5);
    ctx.stroke();
    dirty = true;
  }

  showTip(event) {
    const box = this.view.getBoundingClientRect(), size = width * (this.at ? this.at.k : 1);
    this.tip.style.visibility = tool === "move" || event.pointerType === "touch" ? "hidden" : "visible";
    this.tip.style.width = this.tip.style.height = size + "px";
    this.tip.style.transform = `translate(${event.clientX - box.left - size / 2}px, ${event.clientY - box.top - size / 2}px)`;
  }

  async load(answer) {
    await this.setPicture(answer.photo, answer.size);
    const mask = new Image();
    mask.src = answer.mask;
    await mask.decode();
    [this.paint.width, this.paint.height] = answer.size;
    this.ctx.drawImage(mask, 0, 0);
    this.draw();
  }
}

const button = (text, does, attributes) => h("button", { type: "button", class: "ed-tool", onclick: does, ...attributes }, text);
const canvas = new BrushCanvas("mask", W.canvas, { grab() {}, move() {}, drop() {}, hover() {}, focus() {}, key() {} });
const image = () => canvas.ctx.getImageData(0, 0, canvas.paint.width, canvas.paint.height);
const keep = () => { past.push(image()); if (past.length > MOST_STEPS) past.shift(); future = []; };
const step = (from, to) => {
  if (!from.length) return;
  if (to) to.push(image());
  canvas.ctx.putImageData(from.pop(), 0, 0);
  dirty = true;
  refresh();
};

const choice = (name, options, chosen, pick) => h("div", { class: "ed-switch", role: "group", "aria-label": name },
  options.map(([value, text]) => h("button", { type: "button", "data-value": value, "aria-pressed": String(value === chosen), onclick: (e) => {
    for (const other of e.target.parentElement.children) other.setAttribute("aria-pressed", String(other === e.target));
    pick(value);
  } }, text)));
const kinds = choice(W.which, props.kinds, kind, (value) => { kind = value; open(); });
const tools = choice(W.tool, [["paint", W.paint], ["wipe", W.wipe], ["move", W.move]], tool, (value) => { tool = value; canvas.view.dataset.tool = value; });
const size = h("input", { type: "range", min: "4", max: "120", value: String(width), "aria-label": W.width, oninput: () => { width = Number(size.value); } });
const undo = button(W.undo, () => step(past, future));
const redo = button(W.redo, () => step(future, past));
const apply = button(W.apply, () => ask(server.apply_mask, W.done, { mask: canvas.paint.toDataURL("image/png") }), { class: "ed-tool is-primary" });
const back = button(W.undo_mask, () => ask(server.undo_mask, W.undone));
const reset = button(W.as_found, () => ask(server.reset_mask, W.found));
const note = h("p", { class: "hint", role: "status" });
const alertBox = h("div", { class: "ed-alert" });
const teach = h("p", { class: "quiet" }, W.empty_text);
const frame = h("div", { class: "mk-frame" }, h("p", { class: "quiet mk-what" }, W.what),
  h("div", { class: "ed-bar" }, kinds, tools, h("label", { class: "strip-opacity" }, h("span", { "aria-hidden": "true" }, W.width_short), size), undo, redo,
    h("span", { class: "ed-grow" }), h("span", { class: "ed-busy", "aria-hidden": "true" }),
    h("div", { class: "ed-zoom" }, button("−", () => canvas.zoomBy(1 / 1.6), { "aria-label": W.zoom_out }),
      button("+", () => canvas.zoomBy(1.6), { "aria-label": W.zoom_in }), button(W.fit, () => canvas.fit(), { "aria-label": W.zoom_fit }))),
  canvas.view, h("div", { class: "ed-bar mk-actions" }, apply, back, reset, note), alertBox);
canvas.view.dataset.tool = tool;
const box = h("details", { class: "mk-box" }, h("summary", null, W.title), teach, frame);
show(box);
frame.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
  event.preventDefault();
  event.shiftKey ? step(future, past) : step(past, future);
});

let state = { can_undo: false, is_edited: false };
const refresh = () => {
  undo.disabled = !past.length || !ready;
  redo.disabled = !future.length || !ready;
  apply.disabled = !ready || !dirty;
  back.disabled = !ready || !state.can_undo;
  reset.disabled = !ready || !state.is_edited;
};
let asked = 0;
const ask = async (call, said, more) => {
  const mine = ++asked;
  ready = false;
  refresh();
  frame.classList.add("is-busy");
  note.textContent = "";
  alertBox.replaceChildren();
  const answer = await call({ key, kind, ...more }) || { error: { message: W.no_answer, remedy: W.no_answer_help } };
  if (mine !== asked) return;
  frame.classList.remove("is-busy");
  if (answer.error || answer.same) {
    ready = canvas.paint.width > 1;
    refresh();
    if (answer.same) note.textContent = t(W.same);
    else alertBox.replaceChildren(smallAlert(answer.error));
    return;
  }
  await canvas.load(answer);
  if (mine !== asked) return;
  state = answer;
  past = []; future = []; dirty = false; ready = true;
  refresh();
  note.textContent = said ? t(said) : "";
  if (said) trigger("applied", { key });
};
const open = () => { if (key && box.open) { canvas.fit(); ask(server.open_mask); } };
box.addEventListener("toggle", () => { if (canvas.paint.width <= 1) open(); });  // fetched when it is looked at
keepDrawing((value) => {
  const is_new = value.key !== key;
  key = value.key || null;
  teach.hidden = !!key;
  frame.hidden = !key;
  if (is_new || !key) {
    asked++;
    ready = dirty = false;
    past = []; future = [];
    frame.classList.remove("is-busy");
    canvas.setPicture(null);
    canvas.paint.width = canvas.paint.height = 1;
    if (key) open();
  }
  refresh();
});
