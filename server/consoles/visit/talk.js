// Typed words on both sides. What was not sent yet says so.

import { el, part, setText, show } from "../shared/dom.js";

/** @typedef {{ id: string, text: string, mine: boolean }} Said */

export class Talk {
  #list = part("messages", HTMLOListElement);
  #field = part("words", HTMLInputElement);
  #told = part("say-told", HTMLElement);
  /** @type {Set<string>} */
  #shown = new Set();

  /** @param {{ words: import("./words.js").Words, say: (text: string) => boolean }} has `say` answers whether there is a connection to say it by */
  constructor(has) {
    this.has = has;
    part("say", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      const text = this.#field.value.trim();
      if (!text) return;
      const sent = this.has.say(text);
      setText(this.#told, sent ? "" : this.has.words.of("not_sent"));
      this.#field.value = "";
    });
  }

  /** @param {Said} said */
  add({ id, text, mine }) {
    setText(this.#told, "");
    if (this.#shown.has(id)) return;
    this.#shown.add(id);
    const who = el("b", { "data-word": mine ? "from_you" : "from_them" }, this.has.words.of(mine ? "from_you" : "from_them"));
    this.#list.append(el("li", { class: mine ? "mine-said" : null }, who, text));
    this.#list.scrollTop = this.#list.scrollHeight;
  }

  close() {
    show(part("say", HTMLFormElement), false);
  }

  enter() {
    this.#field.focus();
  }
}
