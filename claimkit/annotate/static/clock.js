// How long somebody is really at work on a document: seconds in which the page is seen and something was done shortly before.

import { report } from "./saver.js";

const IDLE = 30_000;
const EVERY = 15;

export class Clock {
  constructor(name) {
    this.name = name; // the key under which the server knows the document or item
    this.document = null;
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

  turnTo(document) {
    if (document === this.document) return;
    this.flush();
    this.document = document;
    this.last = performance.now();
  }

  flush() {
    if (this.document && this.seconds) report("/api/time", { [this.name]: this.document, seconds: this.seconds });
    this.seconds = 0;
  }
}
