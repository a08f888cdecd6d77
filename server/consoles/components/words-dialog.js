// <words-dialog>: words of the call that a person makes a prompt or a marker of. Dispatches `by-hand`.

import { ask, el, field, keyed, setText } from "../shared/dom.js";

/** @import { Marker, Party, Word } from "../shared/types.js" */

/** @typedef {{ party: Party, utterance: number, words: Word[], from: number, to: number }} Picked */

const ASK_LIMIT = 90;

export class WordsDialog extends HTMLElement {
  /** @type {Picked | null} */
  #picked = null;
  #words = el("div", { class: "pick-words", role: "group", "aria-label": "Words that count: choose the first, then the last" });
  #quote = el("p", { class: "pick-quote" });
  #marker = el("select", { id: "by-hand-marker" });
  #ask = el("input", { id: "by-hand-ask", maxlength: String(ASK_LIMIT), autocomplete: "off" });
  #fault = el("p", { class: "told", role: "status" });
  #first = true;
  #dialog = el("dialog", { "aria-labelledby": "by-hand-title" });

  connectedCallback() {
    if (this.childElementCount > 0) return;
    const [prompt, marker, close] = ["Raise a prompt", "Note the marker", "Cancel"].map((label, place) => el("button", { type: "button", class: place === 0 ? "primary" : null }, label));
    prompt?.addEventListener("click", () => this.#send("prompts"));
    marker?.addEventListener("click", () => this.#send("markers"));
    close?.addEventListener("click", () => this.#dialog.close());
    this.#dialog.append(
      el("h2", { id: "by-hand-title" }, "From these words"),
      this.#words,
      this.#quote,
      field("by-hand-marker", "What they show", this.#marker),
      field("by-hand-ask", "Question for the handler (the marker's own, if left empty)", this.#ask),
      this.#fault,
      el("div", { class: "dialog-acts" }, prompt, marker, close),
    );
    this.append(this.#dialog);
  }

  get isOpen() {
    return this.#dialog.open;
  }

  /** @param {Picked} picked @param {Marker[]} markers */
  open(picked, markers) {
    this.#picked = picked;
    this.#first = true;
    this.#ask.value = "";
    setText(this.#fault, "");
    this.#marker.replaceChildren(el("option", { value: "" }, "No marker, a question only"), ...markers.map(({ id, title }) => el("option", { value: id }, title)));
    this.#words.replaceChildren();
    this.#draw();
    if (!this.#dialog.open) this.#dialog.showModal();
  }

  #draw() {
    const picked = this.#picked;
    if (!picked) return;
    const places = picked.words.map((_, place) => place);
    keyed(this.#words, places, String, (place) => this.#word(place), (node, place) => {
      setText(node, picked.words[place]?.text ?? "");
      node.setAttribute("aria-pressed", String(place >= picked.from && place < picked.to));
    });
    setText(this.#quote, `“${picked.words.slice(picked.from, picked.to).map(({ text }) => text).join(" ")}”`);
  }

  /** The first press chooses one word; the next stretches to another. @param {number} place */
  #word(place) {
    const button = el("button", { type: "button", class: "small" });
    button.addEventListener("click", () => {
      const picked = this.#picked;
      if (!picked) return;
      const [from, to] = this.#first ? [place, place + 1] : [Math.min(picked.from, place), Math.max(picked.from + 1, place + 1)];
      this.#picked = { ...picked, from, to };
      this.#first = !this.#first;
      this.#draw();
    });
    return button;
  }

  /** @param {"prompts" | "markers"} what */
  #send(what) {
    const [marker, question] = [this.#marker.value, this.#ask.value.trim()];
    if (!this.#picked) return;
    if (marker === "" && (what === "markers" || question === "")) {
      setText(this.#fault, what === "markers" ? "Choose the marker that the words show." : "Choose a marker, or write a question.");
      return;
    }
    const { party, utterance, from, to } = this.#picked;
    const body = { party, utterance, from_word: from, to_word: to };
    const more = what === "markers" ? { marker } : { ...(marker ? { marker } : {}), ...(question ? { ask: question } : {}) };
    ask(this, "by-hand", { what, body: { ...body, ...more } });
    this.#dialog.close();
  }
}

customElements.define("words-dialog", WordsDialog);
