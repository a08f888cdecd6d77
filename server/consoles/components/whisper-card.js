// <whisper-card>: a specialist's line to the handler, answered with one key. Dispatches `reply`.

import { ask, el, keyButton, setText } from "../shared/dom.js";
import { nameOf, REPLIES } from "../shared/words.js";

/** @import { Face, Whisper } from "../shared/types.js" */

export class WhisperCard extends HTMLElement {
  #who = el("p", { class: "label" });
  #text = el("p", { class: "whisper-text", role: "status" });
  #keys = REPLIES.map(({ value, label, key }) => keyButton(label, key, () => ask(this, "reply", { reply: value }), { class: "key" }));

  connectedCallback() {
    if (this.childElementCount > 0) return;
    this.append(this.#who, this.#text, el("div", { class: "big-keys", role: "group", "aria-label": "Answer" }, ...this.#keys));
  }

  get choices() {
    return this.hidden ? [] : this.#keys;
  }

  /** @param {{ whisper: Whisper | null, me: Face, people: Record<string, Face> }} shown */
  show({ whisper, me, people }) {
    if (!whisper && this.contains(document.activeElement)) ask(this, "empty");
    this.hidden = whisper === null;
    if (!whisper) return;
    setText(this.#who, `${nameOf(people, whisper.from, me)} asks you`);
    setText(this.#text, whisper.text);
  }
}

customElements.define("whisper-card", WhisperCard);
