// Moving anchors on the labelling screen: the studio's editor, and beside it the draft as it was.
import { h, copy } from "./dom.js";
import { address, post } from "./api.js";
import { draw } from "./shared/anchor_editor.js";

export class Anchors {
  // on: {moved(turn, pair or null), laid(turn, pair, address of the new draft)}
  constructor(project, on) {
    this.project = project;
    this.on = on;
    this.turn = null;
    this.props = null; // of the editor, once it is drawn
    this.host = h("div", { class: "panel-anchor_editor" });
    this.before = h("img", { class: "ed-view", alt: "The draft as it was", draggable: "false" });
    this.node = h("section", { class: "anchors", "aria-label": "Anchors", hidden: true }, h("h2", { class: "sr-only" }, "Anchors"), this.host);
  }

  get isOpen() {
    return !this.node.hidden;
  }

  close() {
    // At once: the browser would let go of a hidden point a frame later, and Enter still go to it.
    if (this.node.contains(document.activeElement)) document.activeElement.blur();
    this.node.hidden = true; // what is on its way still comes, and belongs to its turn
  }

  undo() {
    this.host.querySelector("[aria-keyshortcuts='Control+Z']")?.click();
  }

  async open(turn) {
    this.turn = turn;
    this.node.hidden = false;
    const url = (name) => ({ url: address(turn.item.pictures.find((p) => p.name === name).url) });
    this.before.src = url("draft").url;
    if (this.props) this.show({ state: "waiting" });
    const value = await this.ask();
    if (this.turn !== turn) return; // another one was opened meanwhile
    const draft = turn.label.anchors ? await this.lay(points(turn.label.anchors)) : {};
    if (this.turn !== turn) return;
    this.props ||= this.build(value);
    this.show({
      ...value,
      garment: { ...value.garment, picture: url("garment") },
      person: { ...value.person, photo: url("photo"), draft: draft.draft ? { url: draft.draft } : url("draft") },
    });
    this.host.querySelector(".is-person .ed-handle")?.focus({ preventScroll: true });
  }

  build({ words, sure }) {
    const props = { value: {}, words, sure };
    draw(this.host, props, { realign: (asked) => this.realign(asked.points) }, () => {}, (_, again) => { this.again = again; });
    this.host.querySelector(".ed-pair").append(h("div", { class: "ed-side" }, h("div", { class: "ed-head" }, h("h3", null, "As it was")), this.before));
    return props;
  }

  show(value) {
    this.props.value = value;
    this.again();
  }

  // The server's key of this fit may change while the editor is open: it started again, say.
  async ask() {
    const value = await post(`${this.project.id}/turns/${this.turn.id}/anchors`);
    this.key = value.key;
    return value;
  }

  async realign(now) {
    this.on.moved(this.turn, pairOf(this.turn.item.anchors, now)); // kept, even when no draft can be laid
    return this.lay(now);
  }

  async lay(now, isAgain = false) {
    const { turn } = this;
    try {
      const answer = await post(`${this.project.id}/anchors`, { key: this.key, points: now });
      if (answer.draft) this.on.laid(turn, pairOf(turn.item.anchors, now), answer.draft);
      return answer;
    } catch (error) {
      if (error.code === "FIT_EXPIRED" && !isAgain && this.turn === turn) {
        try {
          await this.ask();
          return await this.lay(now, true);
        } catch { /* told as the first failure */ }
      }
      return { error: { message: error.message, remedy: error.remedy, retry: true } };
    }
  }
}

const SIDES = ["garment", "person"];

// anchors.json -> what the editor has: name -> {garment: [x, y], person: [x, y]}
const points = (pair) => Object.fromEntries(pair.garment.anchors.map(({ name }) => [name,
  Object.fromEntries(SIDES.map((side) => { const { x, y } = pair[side].anchors.find((a) => a.name === name); return [side, [x, y]]; }))]));

// And back; null when every point is where it was found.
const pairOf = (found, now) => {
  const pair = { ...copy(found) };
  let isMoved = Object.keys(now).length !== found.garment.anchors.length;
  for (const side of SIDES) {
    pair[side].anchors = Object.entries(now).map(([name, both]) => {
      const [x, y] = both[side];
      const was = found[side].anchors.find((a) => a.name === name);
      const isSame = Boolean(was) && was.x === x && was.y === y;
      isMoved ||= !isSame;
      return { name, x, y, confidence: isSame ? was.confidence : 1 };
    });
  }
  return isMoved ? pair : null;
};
