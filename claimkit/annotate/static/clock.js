// How long somebody is really at work on a document: seconds in which the page is seen and something was done shortly before.

import { report } from "./saver.js";

const IDLE = 30_000;
const EVERY = 15;

export class Clock {
  constructor(name) {
    this.name = name; // the key under which the server knows the document or item
    this.document = null;
    this.hidden = null; // whether suggestions are hidden; null where that is no question
    this.seconds = 0;
    this.last = 0;
    for (const type of ["keydown", "pointermove", "pointerdown", "wheel", "touchmove"]) {
      document.addEventListener(type, () => { this.last = performance.now(); }, { passive: true, capture: true });
    }
    setInterval(() => this.tick(), 1000);
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") this.flush(); });
    addEventListener("pagehide", () => this.flush());
  }

  tick() {
    if (!this.document || document.visibilityState !== "visible" || performance.now() - this.last > IDLE) return;
    this.seconds += 1;
    if (this.seconds >= EVERY) this.flush();
  }

  // That suggestions are shown is told at once: what was seen for a moment was seen.
  turnTo(document, hidden = null) {
    if (document === this.document && hidden === this.hidden) return;
    this.flush();
    Object.assign(this, { document, hidden, last: performance.now() });
    if (hidden === false) this.tell();
  }

  flush() {
    if (this.document && this.seconds) this.tell();
    this.seconds = 0;
  }

  tell() {
    report("/api/time", { [this.name]: this.document, seconds: this.seconds, ...(this.hidden === null ? {} : { hidden: this.hidden }) });
  }
}
