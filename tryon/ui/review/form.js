// What is said of one item: verdict, rating, defects with their spots, comment. Every change can be
// taken back. The form draws itself and tells `onchange(label)`; keys come from the screen.
import { h, t, key, copy, same } from "./dom.js";

export const VERDICTS = [["accept", "Accept", "a"], ["fixable", "Fixable", "f"], ["reject", "Reject", "r"]];
export const EMPTY = { schema: 1, verdict: null, rating: null, defects: [], anchors: null, comment: "", skip_reason: null };
const RATING_WORDS = ["poor", "weak", "fair", "good", "perfect"];

export class Form {
  constructor(schema, onchange, onactive) {
    this.schema = schema;
    this.onchange = onchange;
    this.onactive = onactive;
    this.words = new Map(schema.defects.map((word, index) => [word.name, { ...word, mark: (word.key || String(index + 1)).toUpperCase() }]));
    this.label = copy(EMPTY);
    this.past = [];
    this.active = -1;
    this.pending = null; // a spot clicked before its defect was chosen
    this.verdicts = h("div", { class: "verdicts", role: "group", "aria-label": "Verdict" });
    this.ratings = h("div", { class: "ratings", role: "group", "aria-label": "Rating" });
    this.chips = h("div", { class: "chips", role: "group", "aria-label": "Defects" });
    this.hint = h("p", { class: "hint", "aria-live": "polite" });
    this.comment = h("textarea", { rows: "2", maxlength: "4000", placeholder: "Anything else", "aria-label": "Comment",
      oninput: () => this.change({ comment: this.comment.value }, "comment"),
      onkeydown: (event) => { if (event.key === "Escape") this.comment.blur(); } });
    this.node = h("div", { class: "form" },
      h("h2", null, "Verdict"), this.verdicts,
      h("h2", null, "Rating"), this.ratings,
      h("h2", null, "What is wrong, and where"), this.chips, this.hint,
      h("h2", null, "Comment ", key("/")), this.comment);
    this.draw();
  }

  // What is said so far, in one sentence of known words.
  get told() {
    const { verdict, rating, defects } = this.label;
    const name = VERDICTS.find(([own]) => own === verdict)?.[1] || "No verdict";
    const wrong = [...new Set(defects.map((d) => this.words.get(d.name)?.label || d.name))];
    return [name, rating ? `Rating ${rating}` : null, ...wrong].filter(Boolean).map(t).join(", ");
  }

  set(label) {
    this.label = copy(label);
    this.past = [];
    this.active = -1;
    this.pending = null;
    this.draw();
  }

  change(part, kind = "") {
    const next = { ...this.label, ...part };
    if (same(next, this.label)) return;
    const last = this.past[this.past.length - 1];
    // Typing and moving are one step back, not one for every letter or pixel.
    if (!(kind && last && last.kind === kind)) this.past.push({ label: copy(this.label), kind });
    this.label = next;
    this.draw();
    this.onchange(this.label);
  }

  undo() {
    const last = this.past.pop();
    if (!last) return false;
    this.label = last.label;
    this.active = Math.min(this.active, this.label.defects.length - 1);
    this.draw();
    this.onchange(this.label);
    return true;
  }

  verdict(name) {
    this.change({ verdict: this.label.verdict === name ? null : name });
  }

  rate(stars) {
    this.change({ rating: this.label.rating === stars ? null : stars });
  }

  // A defect's key or chip: add it, make it the active one, or take the active one away.
  defect(name) {
    const defects = copy(this.label.defects);
    if (this.pending) {
      const unplaced = defects.findIndex((d) => d.name === name && d.x === null);
      const spot = { name, ...this.pending };
      this.pending = null;
      if (unplaced >= 0) defects[unplaced] = spot;
      else defects.push(spot);
      this.active = -1;
      this.change({ defects });
      return;
    }
    const current = this.label.defects[this.active];
    if (current && current.name === name) { this.removeActive(); return; }
    const at = defects.findIndex((d) => d.name === name);
    if (at >= 0) { this.pick(at); return; }
    defects.push({ name, x: null, y: null });
    this.active = defects.length - 1;
    this.change({ defects });
  }

  pick(index) {
    this.active = this.active === index ? -1 : index;
    this.pending = null;
    this.draw();
  }

  // A click on the picture: the place of the active defect, or a place that waits for its defect.
  spot(x, y) {
    const at = { x: Math.round(x * 10) / 10, y: Math.round(y * 10) / 10 };
    const current = this.label.defects[this.active];
    if (!current) { this.pending = at; this.draw(); return; }
    const defects = copy(this.label.defects);
    if (current.x === null) defects[this.active] = { name: current.name, ...at };
    else { defects.push({ name: current.name, ...at }); this.active = defects.length - 1; }
    this.change({ defects });
  }

  move(dx, dy, start) {
    const current = this.label.defects[this.active];
    if (!current) return false;
    const defects = copy(this.label.defects);
    const from = current.x === null ? start : current;
    defects[this.active] = { name: current.name, x: Math.round((from.x + dx) * 10) / 10, y: Math.round((from.y + dy) * 10) / 10 };
    this.change({ defects }, "move" + this.active);
    return true;
  }

  removeActive() {
    if (this.active < 0) return false;
    const defects = this.label.defects.filter((_, index) => index !== this.active);
    this.active = -1;
    this.change({ defects });
    return true;
  }

  // Esc: nothing is active any more; whether anything was.
  release() {
    if (this.active < 0 && !this.pending) return false;
    this.active = -1;
    this.pending = null;
    this.draw();
    return true;
  }

  get spots() {
    const spots = this.label.defects.map((d) => ({ ...d, mark: this.words.get(d.name)?.mark || "?", label: t(this.words.get(d.name)?.label || d.name) }));
    if (this.pending) spots.push({ ...this.pending, mark: "?", label: t("Choose what is wrong here") });
    return spots;
  }

  draw() {
    const { verdict, rating, defects } = this.label;
    const pressed = (node, on) => node.setAttribute("aria-pressed", String(on));
    if (!this.verdicts.childElementCount) this.build();
    this.verdictButtons.forEach((node, name) => pressed(node, name === verdict));
    this.ratingButtons.forEach((node, index) => { pressed(node, index + 1 === rating); node.classList.toggle("is-below", rating !== null && index + 1 < rating); });
    const current = defects[this.active];
    this.chipButtons.forEach((node, name) => {
      const own = defects.filter((d) => d.name === name);
      pressed(node, own.length > 0);
      node.classList.toggle("is-active", Boolean(current) && current.name === name);
      const placed = own.filter((d) => d.x !== null).length;
      node.querySelector("small").textContent = own.length ? (placed ? "●".repeat(Math.min(placed, 3)) : "○") : "";
    });
    if (this.comment.value !== this.label.comment) this.comment.value = this.label.comment;
    this.hint.textContent = t(this.pending ? "Now choose what is wrong there: a chip or its key. Esc: nothing."
      : current && current.x === null ? "Click where it is, or use the arrow keys. Esc: leave it without a place."
      : current ? "Click for one more place; arrows move it, Delete removes it." : "");
    this.onactive();
  }

  build() {
    this.verdictButtons = new Map(VERDICTS.map(([name, text, letter]) => [name, h("button", {
      type: "button", class: "verdict is-" + name, "aria-keyshortcuts": letter, onclick: () => this.verdict(name) }, text, key(letter.toUpperCase()))]));
    this.verdicts.replaceChildren(...this.verdictButtons.values());
    this.ratingButtons = RATING_WORDS.map((word, index) => h("button", {
      type: "button", class: "rating", "aria-label": [`${index + 1} of 5`, ", ", word], title: word, onclick: () => this.rate(index + 1) }, String(index + 1)));
    this.ratings.replaceChildren(...this.ratingButtons);
    this.chipButtons = new Map(this.schema.defects.map((word) => [word.name, h("button", {
      type: "button", class: "chip", "aria-keyshortcuts": word.key || null, onclick: () => this.defect(word.name) },
      word.key ? key(word.key.toUpperCase()) : null, h("span", null, word.label), h("small", { "aria-hidden": "true" }))]));
    this.chips.replaceChildren(...this.chipButtons.values());
  }

  // Whether the key meant something here.
  press(letter) {
    const verdict = VERDICTS.find(([, , own]) => own === letter);
    if (verdict) { this.verdict(verdict[0]); return true; }
    if (/^[1-5]$/.test(letter)) { this.rate(Number(letter)); return true; }
    const word = this.schema.defects.find((w) => w.key === letter);
    if (word) { this.defect(word.name); return true; }
    if (letter === "/") { this.comment.focus(); return true; }
    return false;
  }
}
