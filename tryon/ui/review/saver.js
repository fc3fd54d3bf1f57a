// Keeps what is said: first in this browser's storage, then on the server, in the order it was said.
// A server that is away is asked again until it answers, also after a reload.
import { put, get, Refused, Unreachable } from "./api.js";
import { same } from "./dom.js";

const WAIT_MS = 350;
const AGAIN_MS = [500, 1000, 2000, 4000];
const UNSURE = 8; // labels without an answer that are remembered; the oldest go

// Whether the server has all that was said, and handed in what was to be.
export const isThere = (theirs, { label, action }) =>
  same(theirs.label, label) && theirs.state === ({ submit: "done", skip: "skipped" }[action] || theirs.state);

// Whether what the server has is an earlier word of ours, whose answer was lost.
export const isOurs = (theirs, { revision, unsure = [] }) =>
  theirs.revision === revision + 1 && unsure.some((label) => same(theirs.label, label));

export class Saver {
  // on: {status(text, kind), answered(turnId, answer), conflict(turnId, mine, theirs), refused(turnId, error)}
  constructor(project, on) {
    this.project = project;
    this.on = on;
    this.jobs = new Map(); // turn id -> {revision, label, seconds, action, unsure, timer, isDue, stamp}
    this.sending = null;
    this.tries = 0;
    addEventListener("online", () => this.flush());
    addEventListener("pagehide", () => this.flush());
  }

  name(turnId) {
    return `tryon-review ${this.project} ${turnId}`;
  }

  has(turnId) {
    return this.jobs.has(turnId);
  }

  get isClean() {
    return this.jobs.size === 0;
  }

  // The latest word on an item; `action` other than "save" hands it in at once.
  keep(turnId, revision, label, seconds, action = "save") {
    const job = this.jobs.get(turnId) || { revision };
    Object.assign(job, { label, seconds, action, stamp: Math.random() });
    this.jobs.set(turnId, job);
    this.journal(turnId, job);
    this.tell();
    clearTimeout(job.timer);
    job.timer = setTimeout(() => { job.isDue = true; this.pump(); }, action === "save" ? WAIT_MS : 0);
  }

  journal(turnId, { revision, label, seconds, action, unsure }) {
    try {
      localStorage.setItem(this.name(turnId), JSON.stringify({ revision, label, seconds, action, unsure }));
    } catch { /* storage is full or forbidden: the server still gets it */ }
  }

  forget(turnId) {
    this.jobs.delete(turnId);
    try { localStorage.removeItem(this.name(turnId)); } catch { /* as above */ }
  }

  // Send everything now; resolves when all is sent or the server is away.
  flush() {
    for (const job of this.jobs.values()) { clearTimeout(job.timer); job.isDue = true; }
    return this.pump();
  }

  pump() {
    this.sending ||= this.run().finally(() => { this.sending = null; });
    return this.sending;
  }

  async run() {
    clearTimeout(this.again);
    for (;;) {
      const [turnId, job] = [...this.jobs].find(([, one]) => one.isDue) || [];
      if (!job) { this.tell(); return; }
      this.tell();
      try {
        await this.send(turnId, job);
        this.tries = 0;
      } catch (error) {
        const wait = AGAIN_MS[Math.min(this.tries++, AGAIN_MS.length - 1)];
        this.again = setTimeout(() => this.pump(), wait);
        this.tell(error);
        return;
      }
    }
  }

  async send(turnId, job) {
    const { stamp, revision, label, seconds, action } = job;
    let answer;
    job.unsure = [...(job.unsure || []), structuredClone(label)].slice(-UNSURE);
    this.journal(turnId, job);
    try {
      answer = await put(`${this.project}/turns/${turnId}`, { revision, label, seconds, action });
    } catch (error) {
      if (error instanceof Unreachable || !(error instanceof Refused)) throw error;
      if (error.code === "LABEL_CONFLICT") { await this.settle(turnId, job); return; }
      this.forget(turnId);
      this.on.refused(turnId, error, label);
      return;
    }
    job.revision = answer.revision;
    job.unsure = [];
    if (job.stamp === stamp) this.forget(turnId);
    else this.journal(turnId, job); // more was said meanwhile; its own timer sends it
    this.on.answered(turnId, answer);
  }

  // Somebody saved in between: perhaps our own request whose answer was lost.
  async settle(turnId, job) {
    const theirs = await get(`${this.project}/turns/${turnId}`);
    if (isThere(theirs, job)) {
      this.forget(turnId);
      this.on.answered(turnId, { id: turnId, revision: theirs.revision });
    } else if (isOurs(theirs, job)) { // and more was said since: that is sent next
      Object.assign(job, { revision: theirs.revision, unsure: [] });
      this.journal(turnId, job);
    } else {
      this.jobs.delete(turnId); // the journal keeps it until the reviewer has chosen
      this.on.conflict(turnId, { label: job.label, seconds: job.seconds, action: job.action }, theirs);
    }
  }

  // What an earlier page could not send: [turn id, entry], oldest unknown first.
  left() {
    const prefix = `tryon-review ${this.project} `;
    const found = [];
    try {
      for (const name of Object.keys(localStorage)) {
        if (name.startsWith(prefix)) found.push([name.slice(prefix.length), JSON.parse(localStorage.getItem(name))]);
      }
    } catch { /* nothing is left then */ }
    return found;
  }

  tell(error) {
    if (error) this.on.status("Not on the server yet; kept in this browser. Trying again…", "waiting");
    else if (this.isClean) this.on.status("Saved", "saved");
    else if (!this.tries) this.on.status("Saving…", "saving");
  }
}
