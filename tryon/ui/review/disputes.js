// Items people are at odds about: what each said, shown on the picture, and the lead's word.
import { h, t, key, copy, explain, plain } from "./dom.js";
import { get, put } from "./api.js";
import { Viewer } from "./viewer.js";
import { EMPTY, Form, VERDICTS } from "./form.js";
import { helpDialog } from "./dialogs.js";
import { isForIt, pressed } from "./keys.js";

const TONES = ["--one", "--two", "--three", "--four", "--five"];

export class Disputes {
  constructor(project, notice) {
    this.project = project;
    this.notice = notice;
    this.items = [];
    this.found = null;
    this.form = new Form(project.schema, () => {}, () => this.marks());
    this.viewer = new Viewer({ spot: (x, y) => this.form.spot(x, y), pick: (index) => this.pick(index) });
    this.said = h("ul", { class: "said" });
    this.head = h("h2", null);
    this.facts = h("p", { class: "quiet" });
    const settle = h("button", { type: "button", class: "submit", onclick: () => this.settle() }, "Settle ", key("Enter"));
    const next = h("button", { type: "button", class: "tool", onclick: () => this.turn(1) }, "Later ", key("X"));
    this.working = h("div", { class: "dispute" },
      h("section", { class: "pictures", "aria-label": "Pictures" }, this.viewer.tabs, this.viewer.node),
      h("section", { class: "dispute-side", "aria-label": "Dispute" }, this.head, this.facts, this.said, this.form.node, h("div", { class: "row" }, settle, next)));
    this.empty = h("div", { class: "rest", hidden: true });
    this.node = h("div", null, this.empty, this.working);
    addEventListener("keydown", (event) => this.onKey(event));
    addEventListener("keyup", (event) => { if (event.key === " ") this.viewer.compare(false); });
  }

  async open() {
    try {
      this.take((await get(`${this.project.id}/disputes`)).items);
    } catch (error) {
      this.rest("The disputes could not be loaded", explain(error));
    }
  }

  take(items) {
    this.items = items;
    if (!items.length) { this.found = null; this.rest("No disputes", "Wherever several reviewers looked, they agree, or a lead has decided."); return; }
    this.show(items[0]);
  }

  rest(title, text) {
    this.working.hidden = true;
    this.empty.hidden = false;
    this.empty.replaceChildren(h("h2", null, title), h("p", null, text));
  }

  async show(itemId) {
    const found = await get(`${this.project.id}/disputes/${itemId}`);
    this.found = { ...found, id: itemId };
    this.working.hidden = false;
    this.empty.hidden = true;
    this.head.textContent = t(`In dispute: ${this.items.indexOf(itemId) + 1} of ${this.items.length}`);
    this.facts.replaceChildren([t(found.item.garment), found.score === null ? "" : t(`Automatic score ${Math.round(found.score * 100)}`), found.title].filter(Boolean).join(" · "));
    const words = new Map(this.project.schema.defects.map((word) => [word.name, word.label]));
    this.said.replaceChildren(...found.said.map((given, index) => h("li", { style: { "--tone": `var(${TONES[index % 5]})` } },
      h("strong", null, plain(given.reviewer), given.kind === "repeat" ? [" (", "again", ")"] : null), " ",
      VERDICTS.find(([name]) => name === given.label.verdict)?.[1] || "–", given.label.rating ? [", ", `${given.label.rating} of 5`] : null,
      given.label.defects.length ? h("div", { class: "quiet" }, [...new Set(given.label.defects.map((d) => t(words.get(d.name) || d.name)))].join(", ")) : null,
      given.label.comment ? h("div", null, plain(`“${given.label.comment}”`)) : null)));
    this.viewer.show(found.item);
    this.form.set(found.settled ? found.settled.label : EMPTY);
    this.marks();
  }

  // Spots of the reviewers first, in their colours, then the lead's own.
  marks() {
    if (!this.found) return;
    const words = this.form.words;
    this.others = this.found.said.flatMap((given, index) => given.label.defects.map((d) => ({
      ...d, tone: (index % 5) + 1, mark: words.get(d.name)?.mark || "?", label: `${given.reviewer}: ${t(words.get(d.name)?.label || d.name)}` })));
    this.viewer.setSpots([...this.others, ...this.form.spots], this.form.active < 0 ? -1 : this.others.length + this.form.active);
  }

  pick(index) {
    if (index >= this.others.length && index - this.others.length < this.form.label.defects.length) this.form.pick(index - this.others.length);
  }

  turn(by) {
    if (!this.found) return;
    const at = this.items.indexOf(this.found.id);
    this.show(this.items[(at + by + this.items.length) % this.items.length]);
  }

  async settle() {
    if (!this.found) return;
    if (!this.form.label.verdict) { this.notice("Choose a verdict first: A accept, F fixable or R reject."); return; }
    try {
      const { items } = await put(`${this.project.id}/disputes/${this.found.id}`, { revision: this.found.revision, label: copy(this.form.label) });
      this.notice("Settled.");
      this.take(items);
    } catch (error) {
      this.notice(explain(error));
      if (error.code === "LABEL_CONFLICT") this.open();
    }
  }

  onKey(event) {
    if (!this.node.isConnected || !this.node.checkVisibility() || !this.found || document.querySelector("dialog[open]")) return;
    if (isForIt(event)) return;
    const letter = event.key.toLowerCase();
    let isOurs = true;
    if (event.key === "Enter") { if (!event.repeat) this.settle(); }
    else if (letter === "x") this.turn(1);
    else if (letter === "z") this.form.undo();
    else if (letter === "?") helpDialog(this.project.schema);
    else isOurs = pressed(event, this.viewer, this.form);
    if (isOurs) event.preventDefault();
  }
}
