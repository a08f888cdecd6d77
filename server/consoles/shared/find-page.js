// Finding words in the call on the page: what is looked for, and which hit one stands at.

import { setText } from "./dom.js";
import { hits } from "./finding.js";

/** @import { CallTranscript } from "../components/call-transcript.js" */
/** @import { Console } from "./console.js" */
/** @import { Hit } from "./finding.js" */
/** @import { Call } from "./types.js" */

export class Find {
  /** @type {Hit[]} */
  #found = [];
  #at = -1;

  /** @param {{ desk: Console, transcript: CallTranscript, form: HTMLFormElement, field: HTMLInputElement, told: HTMLElement }} has */
  constructor(has) {
    this.has = has;
    has.field.addEventListener("input", () => {
      this.#at = -1;
      has.desk.draw();
    });
    has.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#next();
    });
  }

  enter() {
    this.has.field.select();
    this.has.field.focus();
  }

  /** What is found in this call now. @param {Call | null} call @returns {{ found: Hit[], current: Hit | null }} */
  look(call) {
    const { field, told } = this.has;
    this.#found = call ? hits(call.turns, field.value) : [];
    const count = this.#found.length;
    const place = this.#at >= 0 && this.#at < count ? `${this.#at + 1} of ${count}` : `${count} found`;
    setText(told, field.value.trim() === "" ? "" : count === 0 ? "Not found" : place);
    return { found: this.#found, current: this.#found[this.#at] ?? null };
  }

  #next() {
    if (this.#found.length === 0) return;
    this.#at = (this.#at + 1) % this.#found.length;
    const hit = this.#found[this.#at];
    if (hit) this.has.transcript.jump(hit.party, hit.number);
    this.has.field.focus();
    this.has.desk.draw();
  }
}
