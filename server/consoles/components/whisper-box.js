// <whisper-box>: lines of text to the handler, whether they were read, and what came back. Dispatches `whisper`.

import { ask, el, keyed, setText, show } from "../shared/dom.js";
import { heardHere } from "../shared/view.js";
import { clock, nameOf } from "../shared/words.js";

/** @import { Call, Face, Whisper } from "../shared/types.js" */

const LIMIT = 120;

export class WhisperBox extends HTMLElement {
  #list = el("ol", { class: "whispers" });
  #text = el("input", { id: "whisper-text", maxlength: String(LIMIT), autocomplete: "off", "aria-keyshortcuts": "w" });
  #form = el("form", {}, el("label", { for: "whisper-text" }, "Whisper to the handler"), el("div", { class: "with-button" }, this.#text, el("button", { type: "submit" }, "Send")));
  #elsewhere = el("p", { class: "quiet", hidden: true }, "The handler and the line are at the other force: ring them.");

  connectedCallback() {
    if (this.childElementCount > 0) return;
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = this.#text.value.trim();
      if (text === "") return;
      ask(this, "whisper", { text });
      this.#text.value = "";
    });
    this.append(this.#form, this.#elsewhere, this.#list);
  }

  enter() {
    this.#text.focus();
  }

  /** @param {{ call: Call | null, me: Face, people: Record<string, Face> }} shown */
  show({ call, me, people }) {
    const wants = call !== null && call.ended_ms === null && me.role === "specialist";
    show(this.#form, wants && heardHere(call));
    show(this.#elsewhere, wants && !heardHere(call));
    const latest = [...(call?.whispers ?? [])].reverse();
    keyed(this.#list, latest, (whisper) => whisper.id, makeLine, (node, whisper) => {
      const [text, state] = node.children;
      if (text) setText(text, `${clock(whisper.at_ms)} ${whisper.from === me.id ? "" : `${nameOf(people, whisper.from, me)}: `}“${whisper.text}”`);
      if (state) setText(state, stateOf(whisper, people, me));
      node.className = whisper.reply ? "answered" : whisper.read_by ? "read" : "sent";
    });
  }
}

function makeLine() {
  return el("li", {}, el("span", {}), el("span", { class: "whisper-state" }));
}

/** @param {Whisper} whisper @param {Record<string, Face>} people @param {Face} me */
function stateOf({ reply, read_by }, people, me) {
  if (reply) return `Answered: ${reply}`;
  return read_by ? `Read by ${nameOf(people, read_by, me)}` : "Sent, not read yet";
}

customElements.define("whisper-box", WhisperBox);
