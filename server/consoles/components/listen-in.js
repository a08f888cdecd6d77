// <listen-in>: hear the live call, from now or from a word that was said. Nobody on the call hears you.

import { el, setText, show } from "../shared/dom.js";
import { ListenIn, OFF, SPEEDS } from "../shared/listen.js";
import { clock } from "../shared/words.js";

/** @typedef {import("../shared/listen.js").Heard} Heard */

const QUIET = 0.02;

/**
 * Give it the call with `show`; `toggle`, `playLive`, `playFrom` and `stop` are for keys and for words that are clicked.
 * It says `listen-changed` (detail: Heard) when it begins, ends, catches up or is refused.
 */
export class ListenInPanel extends HTMLElement {
  #ears = new ListenIn((heard) => this.#heard(heard));
  /** @type {string | null} */
  #call = null;
  #speed = 1;
  #listen = el("button", { type: "button", class: "listen-toggle" }, "Listen live");
  #now = el("button", { type: "button", class: "listen-now", hidden: true }, "Jump to now");
  #faster = el("button", { type: "button", class: "listen-speed", "aria-pressed": "false" }, "1.5×");
  #status = el("span", { role: "status" });
  #at = el("span", { class: "listen-at" });
  #sides = el("p", { class: "listen-sides", "aria-hidden": "true" });
  #caller = el("span", { class: "listen-side" }, "Caller, left");
  #handler = el("span", { class: "listen-side" }, "Handler, right");

  connectedCallback() {
    if (this.firstElementChild) return;
    this.#sides.append(this.#caller, this.#handler);
    const note = el("p", { class: "listen-note" }, "Nobody on the call hears you. That you listen is recorded.");
    const line = el("p", { class: "listen-status" }, this.#status, " ", this.#at);
    this.append(el("div", { class: "listen-keys" }, this.#listen, this.#now, this.#faster), line, this.#sides, note);
    this.#listen.addEventListener("click", () => this.toggle());
    this.#now.addEventListener("click", () => this.playLive());
    this.#faster.addEventListener("click", () => this.faster());
    this.#heard(OFF);
  }

  disconnectedCallback() {
    this.stop();
  }

  /** @returns {Heard} */
  get heard() {
    return this.#ears.state;
  }

  /** The call in front, while it is live and this person may hear it; `null` otherwise. @param {{ call: string | null }} context */
  show({ call }) {
    if (call === this.#call) return;
    this.#call = call;
    this.stop();
    show(this, call !== null);
  }

  toggle() {
    if (["off", "over", "refused"].includes(this.heard.status)) this.playLive();
    else this.stop();
  }

  playLive() {
    if (this.#call !== null) void this.#ears.playLive(this.#call);
  }

  /** From this moment of the call, in media time, at the speed that is set. @param {number} at_ms */
  playFrom(at_ms) {
    if (this.#call !== null) void this.#ears.playFrom(this.#call, at_ms, this.#speed);
  }

  /** Between 1× and 1.5×, for what was said before. */
  faster() {
    this.#speed = SPEEDS[(SPEEDS.indexOf(this.#speed) + 1) % SPEEDS.length];
    this.#faster.setAttribute("aria-pressed", String(this.#speed > 1));
    this.#ears.setSpeed(this.#speed);
  }

  stop() {
    if (this.heard.status !== "off") this.#ears.stop();
  }

  /** @param {Heard} heard */
  #heard(heard) {
    const on = !["off", "over", "refused"].includes(heard.status);
    setText(this.#listen, on ? "Stop listening" : "Listen live");
    show(this.#now, on && !heard.live);
    show(this.#sides, on);
    this.#caller.classList.toggle("speaks", heard.levels.caller > QUIET);
    this.#handler.classList.toggle("speaks", heard.levels.handler > QUIET);
    setText(this.#status, said(heard));
    // Beside the sentence that is read out: it changes every second.
    setText(this.#at, heard.status === "playing" && !heard.live ? clock(heard.at_ms) : "");
    const standing = `${heard.status} ${heard.live} ${heard.call}`;
    if (this.dataset.standing === standing) return;
    this.dataset.standing = standing;
    this.dispatchEvent(new CustomEvent("listen-changed", { bubbles: true, detail: heard }));
  }
}

/** What is heard, in a sentence. @param {Heard} heard */
export function said(heard) {
  const left = heard.skipped_ms >= 100 ? ` Left out, the line was too slow: ${(heard.skipped_ms / 1000).toFixed(1)} s.` : "";
  switch (heard.status) {
    case "off":
      return "";
    case "joining":
      return "Joining…";
    case "lost":
      return "The sound was lost. Trying again…";
    case "over":
    case "refused":
      return heard.why;
    case "waiting":
      return `Waiting for sound.${left}`;
    default:
      return `${heard.live ? "Live" : `What was said before, at ${heard.speed}×`}.${left}`;
  }
}

customElements.define("listen-in", ListenInPanel);
