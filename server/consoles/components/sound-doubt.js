// <sound-doubt>: there may have been a scream, or whispering. Never a claim: when, what to do, and hearing it again
// for whoever may. Dispatches `moment`, from which to listen.

import { ask, el, setText, show } from "../shared/dom.js";
import { clock } from "../shared/words.js";

/** @import { Call, Sound } from "../shared/types.js" */

const REPLAYED_MS = 5000;
/** A cry so close to the end was the last thing that was heard. */
export const LAST_MS = 15000;

export class SoundDoubt extends HTMLElement {
  #shape = el("span", { class: "shape shape-high", "aria-hidden": "true" });
  #text = el("span", { role: "status" });
  #again = el("button", { type: "button", class: "small" }, "Replay 5 s");
  #from_ms = 0;

  connectedCallback() {
    if (this.childElementCount > 0) return;
    this.append(this.#shape, this.#text, this.#again);
    this.#again.addEventListener("click", () => ask(this, "moment", { at_ms: this.#from_ms, heard: true }));
  }

  /** @param {{ call: Call | null, hearable: boolean }} shown `hearable`: whether this person can play it here */
  show({ call, hearable }) {
    const text = call ? [cryText(call), whisperText(call)].filter(Boolean).join(" ") : "";
    show(this, text !== "");
    setText(this.#text, text);
    show(this.#again, hearable);
    if (!call) return;
    const last_ms = Math.max(call.cries.at(-1)?.to_ms ?? 0, whispers(call).at(-1)?.to_ms ?? 0);
    this.#from_ms = Math.max(0, last_ms - REPLAYED_MS);
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

/** Pure. @param {Call} call */
export function whisperText(call) {
  const last = whispers(call).at(-1);
  if (!last) return "";
  const heard = `The caller may ${call.ended_ms === null ? "be" : "have been"} whispering, at ${clock(last.from_ms)}.`;
  return call.ended_ms === null ? `${heard} Speak quietly; ask for yes or no.` : heard;
}

/** @param {Call} call @returns {Sound[]} */
function whispers({ sounds }) {
  return sounds.filter(({ sound }) => sound === "whispering");
}

customElements.define("sound-doubt", SoundDoubt);
