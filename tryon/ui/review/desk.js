// The labelling screen: pictures on the left, what one says of them on the right, keys for all of it.
import { h, t, key, copy, same, explain } from "./dom.js";
import { get, post, Unreachable } from "./api.js";
import { Anchors } from "./anchors.js";
import { Saver, isOurs, isThere } from "./saver.js";
import { Viewer } from "./viewer.js";
import { Form } from "./form.js";
import { isForIt, pressed } from "./keys.js";
import { helpDialog, skipDialog, conflictDialog } from "./dialogs.js";

const LONGEST_LOOK_S = 120; // nobody looks longer without touching anything; that was a break

export class Desk {
  constructor(project, notice) {
    this.project = project;
    this.notice = notice;
    this.turns = [];
    this.turn = null;
    this.handed = new Set(); // handed in, perhaps not yet answered
    this.saver = new Saver(project.id, {
      status: (text, kind) => this.showState(text, kind),
      answered: (turnId, answer) => this.answered(turnId, answer),
      conflict: (turnId, mine, theirs) => this.conflict(turnId, mine, theirs),
      refused: (turnId, error) => this.refused(turnId, error),
    });
    this.form = new Form(project.schema, () => this.keep(), () => this.viewer?.setSpots(this.form.spots, this.form.active));
    this.viewer = new Viewer({
      spot: (x, y) => this.form.spot(x, y),
      pick: (index) => { if (index < this.form.label.defects.length) this.form.pick(index); },
    });
    this.laid = null; // {turn, pair, url}: the draft laid anew last
    this.anchors = new Anchors(project, {
      moved: (turn, pair) => { if (turn === this.turn) this.form.change({ anchors: pair }, "anchors"); },
      laid: (turn, pair, url) => { this.laid = { turn, pair, url }; this.showCorrected(); },
    });
    this.tabsSync = "BroadcastChannel" in window ? new BroadcastChannel("tryon-review " + project.id) : null;
    this.tabsSync?.addEventListener("message", (event) => this.fromOtherTab(event.data));
    this.build();
  }

  build() {
    const button = (text, letter, act, extra = {}) => h("button", { type: "button", class: "tool", onclick: act, ...extra }, text, " ", key(letter));
    this.state = h("span", { class: "save-state" });
    this.live = h("p", { class: "sr-only", role: "status" }); // what eyes see anyway
    this.bar = h("progress", { max: "1", value: "0", "aria-label": "Items done" });
    this.count = h("span", { class: "count" });
    this.pace = h("span", { class: "pace" });
    this.compareButton = button("Photo instead", "Space", null, { title: "Hold to see the photo in every pane; Shift+Space flickers" });
    this.compareButton.addEventListener("pointerdown", () => this.viewer.compare(true));
    for (const type of ["pointerup", "pointerleave", "pointercancel"]) this.compareButton.addEventListener(type, () => this.viewer.compare(false));
    this.anchorButton = button("Anchors", "J", () => this.toggleAnchors(), { "aria-pressed": "false" });
    this.submitButton = h("button", { type: "button", class: "submit", onclick: () => this.submit() }, "Next item ", key("Enter"));
    const tools = h("div", { class: "tools", role: "toolbar", "aria-label": "Pictures" },
      h("div", { class: "looks" }, this.compareButton,
        button("Other picture", "G", () => this.viewer.turn(1)), button("Zoom in", "+", () => this.viewer.zoomBy(1.5)),
        button("Whole", "0", () => this.viewer.reset()), button("Fewer pictures", "U", () => this.viewer.fewer(), { class: "tool fewer" })),
      this.anchorButton, button("All keys", "?", () => helpDialog(this.project.schema)));
    this.pictures = h("section", { class: "pictures", "aria-label": "Pictures" }, this.viewer.tabs, this.viewer.node, this.anchors.node, tools);
    this.working = h("div", { class: "desk", tabindex: "-1" }, this.pictures,
      h("section", { class: "side", "aria-label": "Label" }, this.form.node,
        h("div", { class: "actions" }, this.submitButton,
          h("button", { type: "button", class: "tool", onclick: () => this.undo() }, "Undo ", key("Z")),
          h("button", { type: "button", class: "tool", onclick: () => this.skip() }, "Skip ", key("X")))));
    this.rest = h("div", { class: "rest", hidden: true });
    // A button clicked with the mouse does not keep the keys Enter and Space for itself.
    this.working.addEventListener("click", (event) => { if (event.detail) event.target.closest("button")?.blur(); });
    this.node = h("div", { class: "desk-screen" },
      h("div", { class: "desk-head" }, this.bar, this.count, this.pace, this.state), this.live, this.working, this.rest);
    addEventListener("keydown", (event) => this.onKey(event));
    addEventListener("keyup", (event) => { if (event.key === " ") this.viewer.compare(false); });
    addEventListener("blur", () => this.viewer.compare(false));
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.stopClock(); else this.startClock(); });
  }

  async open() {
    if (this.isResuming) return; // whoever resumes shows the queue at the end
    try {
      this.isResuming = true;
      await this.resume().finally(() => { this.isResuming = false; });
      this.take(await get(`${this.project.id}/queue`));
    } catch (error) {
      this.showRest("The items could not be loaded", explain(error), ["Try again", "", () => this.open()]);
    }
  }

  // What an earlier page could not send is sent now, or shown beside what is saved.
  async resume() {
    for (const [turnId, mine] of this.saver.left()) {
      let theirs;
      try {
        theirs = await get(`${this.project.id}/turns/${turnId}`);
      } catch (error) {
        if (error instanceof Unreachable) throw error;
        this.saver.forget(turnId); // of another reviewer on this browser, or gone
        continue;
      }
      if (isThere(theirs, mine)) this.saver.forget(turnId);
      else if (theirs.revision === mine.revision || isOurs(theirs, mine)) {
        if (mine.action !== "save") this.handed.add(turnId);
        this.saver.keep(turnId, theirs.revision, mine.label, mine.seconds, mine.action);
        await this.saver.flush();
      } else await this.conflict(turnId, mine, theirs);
    }
  }

  take({ turns, progress }) {
    this.progress = progress;
    const waiting = turns.filter((turn) => !this.handed.has(turn.id));
    this.turns = waiting.map((turn) => (this.turn && turn.id === this.turn.id && this.saver.has(turn.id) ? this.turn : turn));
    this.drawProgress();
    if (!this.turn || !this.turns.some((turn) => turn.id === this.turn.id)) this.show(this.turns[0] || null);
    else this.turn.revision = this.turns.find((turn) => turn.id === this.turn.id).revision;
    this.turns.slice(1).forEach((turn) => this.viewer.preload(turn.item));
  }

  show(turn) {
    this.turn = turn;
    this.working.hidden = !turn;
    if (!turn && !this.saver.isClean) {
      this.showRest("One moment", "Saving, and looking for the next item.");
      return;
    }
    if (!turn) {
      const { done, skipped } = this.progress;
      this.showRest(done + skipped ? "All done" : "Nothing to review yet", done + skipped
        ? [done === 1 ? "You labelled 1 item." : `You labelled ${done} items.`, " ", skipped ? `You skipped ${skipped}.` : "", " ", "Thank you."]
        : "The project has no items for you. Come back when some were added.",
        ["Look again", "", () => this.open()], done + skipped ? ["Undo the last one", "Z", () => this.undo()] : null,
        ["All keys", "?", () => helpDialog(this.project.schema)]);
      return;
    }
    const isOther = this.node.dataset.turn !== turn.id || !this.rest.hidden;
    this.rest.hidden = true;
    if (this.anchors.isOpen) this.closeAnchors();
    this.viewer.show(turn.item);
    this.anchorButton.hidden = !turn.item.anchors;
    this.form.set(turn.label);
    this.node.dataset.turn = turn.id;
    this.seconds = turn.seconds;
    this.since = null;
    this.startClock();
    if (!isOther) return;
    this.takeFocus(this.working);
    const { done, skipped, left } = this.progress;
    this.say(`Item ${done + skipped + 1} of ${done + skipped + left}`, turn.item.garment, turn.label.verdict ? this.form.told : "");
  }

  // Keys never go on to what has left the screen: a comment handed in, a button that is hidden.
  takeFocus(node) {
    const { activeElement: focused } = document;
    const isLost = !focused || focused === document.body || (this.node.contains(focused) && !focused.checkVisibility());
    if (isLost || focused === this.form.comment) node.focus({ preventScroll: true });
  }

  // For those who do not see the screen; said again only when it is something else.
  say(...parts) {
    const text = parts.filter(Boolean).map(t).join(", ");
    if (this.live.textContent !== text) this.live.textContent = text;
  }

  showState(text, kind) {
    this.state.textContent = t(text);
    if (kind === "waiting" || (kind === "saved" && this.isWaiting)) this.say(text);
    this.isWaiting = kind === "waiting" || (this.isWaiting && kind !== "saved");
    this.state.dataset.kind = kind;
  }

  showRest(title, text, ...buttons) {
    this.working.hidden = true;
    this.rest.hidden = false;
    this.rest.replaceChildren(h("h2", null, title), h("p", null, text), h("div", { class: "row" },
      buttons.filter(Boolean).map(([name, letter, act]) => h("button", { type: "button", class: "tool", onclick: act }, name, letter ? [" ", key(letter)] : null))));
    const heading = this.rest.firstElementChild;
    heading.tabIndex = -1;
    this.takeFocus(heading);
  }

  startClock() {
    if (this.turn && this.since === null) this.since = performance.now();
  }

  stopClock() {
    if (this.since === null || this.since === undefined) return;
    this.seconds += Math.min(LONGEST_LOOK_S, (performance.now() - this.since) / 1000);
    this.since = null;
  }

  looked() {
    this.stopClock();
    this.startClock();
    return Math.round(this.seconds * 100) / 100;
  }

  keep() {
    if (!this.turn) return;
    this.turn.label = copy(this.form.label);
    this.showCorrected();
    this.say(this.form.told);
    this.saver.keep(this.turn.id, this.turn.revision, this.turn.label, this.looked());
  }

  submit() {
    if (!this.turn) return;
    if (!this.form.label.verdict) {
      this.notice("Choose a verdict first: A accept, F fixable or R reject.");
      return;
    }
    this.handIn(copy(this.form.label), "submit");
  }

  async skip() {
    if (!this.turn) return;
    const turn = this.turn;
    const reason = await skipDialog(this.project.schema.skip_reasons);
    if (reason && this.turn === turn) {
      this.handIn({ ...copy(this.form.label), verdict: null, rating: null, skip_reason: reason }, "skip");
    }
  }

  // The next item comes at once; the request goes on behind it.
  handIn(label, action) {
    const turn = this.turn;
    const seconds = this.looked();
    this.stopClock();
    this.handed.add(turn.id);
    this.saver.keep(turn.id, turn.revision, label, seconds, action);
    this.turns = this.turns.filter((other) => other.id !== turn.id);
    if (action === "submit") this.progress = { ...this.progress, done: this.progress.done + 1, left: Math.max(0, this.progress.left - 1) };
    this.drawProgress();
    if (this.turns.length) this.show(this.turns[0]);
    else this.show(null);
  }

  answered(turnId, answer) {
    const turn = this.turns.find((one) => one.id === turnId);
    if (turn) turn.revision = answer.revision;
    if (answer.turns) {
      if (!this.isResuming) this.take(answer); // what is still to be sent is not in it
      this.handed.delete(turnId);
      if (answer.score !== undefined && answer.score !== null) this.notice(`Automatic score of the last item: ${Math.round(answer.score * 100)}`);
    } else if (this.handed.has(turnId) && this.saver.isClean) this.open();
    this.tabsSync?.postMessage({ turnId, isDone: this.handed.has(turnId) || Boolean(answer.turns) });
  }

  refused(turnId, error) {
    this.handed.delete(turnId);
    this.notice(explain(error));
    this.turn = null;
    this.open();
  }

  async conflict(turnId, mine, theirs) {
    const isMine = await conflictDialog(mine, theirs, this.project.schema);
    this.handed.delete(turnId);
    if (isMine) {
      if (mine.action !== "save") this.handed.add(turnId);
      if (this.turn?.id === turnId) { this.turn.revision = theirs.revision; this.turn.label = mine.label; this.form.set(mine.label); }
      this.saver.keep(turnId, theirs.revision, mine.label, mine.seconds, mine.action);
      return;
    }
    this.saver.forget(turnId);
    if (this.turn?.id === turnId) this.turn = null;
    this.take(await get(`${this.project.id}/queue`));
  }

  fromOtherTab({ turnId, isDone }) {
    if (this.saver.has(turnId)) return; // the server decides who was first
    if (isDone && this.turn?.id !== turnId) { this.open(); return; }
    if (this.turn?.id === turnId) { this.turn = null; this.open(); }
  }

  async undo() {
    if (this.anchors.isOpen) { this.anchors.undo(); return; }
    if (this.turn && this.form.undo()) return;
    await this.saver.flush();
    try {
      const answer = await post(`${this.project.id}/undo`);
      if (!answer.reopened) { this.notice("There is nothing to undo."); return; }
      this.handed.delete(answer.reopened);
      const first = answer.turns.findIndex((turn) => turn.id === answer.reopened);
      if (first > 0) answer.turns.unshift(...answer.turns.splice(first, 1));
      this.turn = null;
      this.take(answer);
      this.notice("Back at the item before.");
    } catch (error) {
      this.notice(explain(error));
    }
  }

  async toggleAnchors() {
    if (this.anchors.isOpen) { this.closeAnchors(); return; }
    const { turn } = this;
    if (!turn?.item.anchors) { this.notice("This item has no anchors to move."); return; }
    this.pictures.classList.add("is-editing");
    this.anchorButton.setAttribute("aria-pressed", "true");
    await this.saver.flush(); // the server opens what it has
    try {
      await this.anchors.open(turn);
    } catch (error) {
      if (this.turn === turn) this.closeAnchors();
      this.notice(explain(error));
    }
  }

  closeAnchors() {
    this.anchors.close();
    this.pictures.classList.remove("is-editing");
    this.anchorButton.setAttribute("aria-pressed", "false");
    this.viewer.layout();
  }

  // The corrected draft stands beside the old one as long as it is what the label says.
  showCorrected() {
    const { laid } = this;
    const isTrue = Boolean(laid) && laid.turn === this.turn && same(laid.pair, this.form.label.anchors);
    this.viewer.correct(isTrue ? laid.url : null);
  }

  drawProgress() {
    const { done, skipped, left, median_seconds: median } = this.progress;
    this.bar.max = Math.max(1, done + skipped + left);
    this.bar.value = done + skipped;
    this.count.textContent = t(`${done} done · ${left} to go` + (skipped ? ` · ${skipped} skipped` : ""));
    this.pace.textContent = median ? t(`${median.toFixed(1)} s an item · ${Math.round(3600 / Math.max(1, median))} an hour`) : "";
  }

  onKey(event) {
    if (!this.node.isConnected || !this.node.checkVisibility() || document.querySelector("dialog[open]")) return;
    if (this.turn && event.ctrlKey && event.key === "Enter") { event.preventDefault(); this.submit(); return; }
    if (isForIt(event)) return;
    const letter = event.key.toLowerCase();
    if (this.turn && this.anchors.isOpen) { this.onKeyWithAnchors(event); return; }
    let isOurs = true;
    if (letter === "z") this.undo();
    else if (letter === "?") helpDialog(this.project.schema);
    else if (!this.turn) return;
    else if (event.key === "Enter") { if (!event.repeat) this.submit(); }
    else if (letter === "x") this.skip();
    else if (letter === "j") this.toggleAnchors();
    else isOurs = pressed(event, this.viewer, this.form);
    if (isOurs) event.preventDefault();
  }

  // The editor has keys of its own; beside them, out of it again.
  onKeyWithAnchors(event) {
    if (event.key === "Escape" || event.key.toLowerCase() === "j") this.closeAnchors();
    else if (event.key.toLowerCase() === "z") this.undo();
    else return;
    event.preventDefault();
  }
}
