// <cry-doubt>: there may have been a scream. Never a claim: when, what to do, and hearing it again for whoever may.
// Dispatches `moment`, from which to listen.

import { ask, el, setText, show } from "../shared/dom.js";
import { clock } from "../shared/words.js";

/** @import { Call } from "../shared/types.js" */

const REPLAYED_MS = 5000;
/** A cry so close to the end was the last thing that was heard. */
export const LAST_MS = 15000;

export class CryDoubt extends HTMLElement {
  #text = el("span", { role: "status" });
  #again = el("button", { type: "button", class: "small" }, "Replay 5 s");
  #from_ms = 0;

  connectedCallback() {
    if (this.childElementCount > 0) return;
    this.append(el("span", { class: "shape shape-high", "aria-hidden": "true" }), this.#text, this.#again);
    this.#again.addEventListener("click", () => ask(this, "moment", { at_ms: this.#from_ms, heard: true }));
  }

  /** @param {{ call: Call | null, hearable: boolean }} shown `hearable`: whether this person can play it here */
  show({ call, hearable }) {
    const text = call ? cryText(call) : "";
    show(this, text !== "");
    setText(this.#text, text);
    show(this.#again, hearable);
    this.#from_ms = Math.max(0, (call?.cries.at(-1)?.to_ms ?? 0) - REPLAYED_MS);
  }
}

/** Pure. @param {Call} call */
export function cryText({ cries, ended_ms }) {
  const last = cries.at(-1);
  if (!last) return "";
  const when = cries.length > 1 ? `${clock(last.from_ms)}, the latest of ${cries.length}` : clock(last.from_ms);
  const heard = `A loud cry or noise may have been heard at ${when}.`;
  if (ended_ms === null) return `${heard} Keep the line open.`;
  return ended_ms - last.to_ms <= LAST_MS ? `${heard} The call ended right after it.` : heard;
}

customElements.define("cry-doubt", CryDoubt);
