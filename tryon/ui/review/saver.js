// Keeps what is said: first in this browser's storage, then on the server. One request at a time for
// an item; a server that is away is asked again until it answers, also after a reload.
import { put, get, Refused, Unreachable } from "./api.js";
import { same } from "./dom.js";

const WAIT_MS = 350;
const AGAIN_MS = [500, 1000, 2000, 4000, 8000];

export class Saver {
  // on: {status(text, kind), answered(turnId, answer), conflict(turnId, mine, theirs), refused(turnId, error)}
  constructor(project, on) {
    this.project = project;
    this.on = on;
    this.jobs = new Map(); // turn id -> {revision, label, seconds, action, timer, busy, tries, stamp}
    addEventListener("online", () => this.flushAll());
    addEventListener("pagehide", () => this.flushAll());
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
    const job = this.jobs.get(turnId) || { revision, tries: 0, busy: false };
    Object.assign(job, { label, seconds, action, stamp: Math.random() });
    this.jobs.set(turnId, job);
    this.journal(turnId, job);
    this.tell();
    clearTimeout(job.timer);
    job.timer = setTimeout(() => this.flush(turnId), action === "save" ? WAIT_MS : 0);
  }

  journal(turnId, { revision, label, seconds, action }) {
    try {
      localStorage.setItem(this.name(turnId), JSON.stringify({ revision, label, seconds, action }));
    } catch { /* storage is full or forbidden: the server still gets it */ }
  }

  forget(turnId) {
    this.jobs.delete(turnId);
    try { localStorage.removeItem(this.name(turnId)); } catch { /* as above */ }
  }

  flushAll() {
    for (const turnId of this.jobs.keys()) this.flush(turnId);
  }

  async flush(turnId) {
    const job = this.jobs.get(turnId);
    if (!job || job.busy) return;
    clearTimeout(job.timer);
    job.busy = true;
    const { stamp, revision, label, seconds, action } = job;
    this.tell();
    try {
      const answer = await put(`${this.project}/turns/${turnId}`, { revision, label, seconds, action });
      job.busy = false;
      job.tries = 0;
      job.revision = answer.revision;
      if (job.stamp === stamp) this.forget(turnId);
      else { this.journal(turnId, job); this.flush(turnId); }
      this.on.answered(turnId, answer);
      this.tell();
    } catch (error) {
      job.busy = false;
      if (error instanceof Unreachable || !(error instanceof Refused)) {
        const wait = AGAIN_MS[Math.min(job.tries++, AGAIN_MS.length - 1)];
        job.timer = setTimeout(() => this.flush(turnId), wait);
        this.tell(error);
      } else if (error.code === "LABEL_CONFLICT") {
        await this.settle(turnId, job);
      } else {
        this.jobs.delete(turnId);
        this.on.refused(turnId, error);
        this.tell();
      }
    }
  }

  // Somebody saved in between: perhaps our own request whose answer was lost.
  async settle(turnId, job) {
    try {
      const theirs = await get(`${this.project}/turns/${turnId}`);
      const wanted = { submit: "done", skip: "skipped" }[job.action] || theirs.state;
      if (same(theirs.label, job.label) && theirs.state === wanted) {
        this.forget(turnId);
        this.on.answered(turnId, { id: turnId, revision: theirs.revision });
      } else {
        job.parked = true;
        this.jobs.delete(turnId);
        this.on.conflict(turnId, { label: job.label, seconds: job.seconds, action: job.action }, theirs);
      }
    } catch {
      job.timer = setTimeout(() => this.flush(turnId), AGAIN_MS[1]);
    }
    this.tell();
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
    else if (![...this.jobs.values()].some((job) => job.tries)) this.on.status("Saving…", "saving");
  }
}
