// Typed words on both sides. What was not sent yet says so.

import { el, part, setText, show } from "../shared/dom.js";

/** What waits for a connection; a field that is not emptied says that there is too much. */
const WAITING_LIMIT = 20;

/** @typedef {{ id: string, text: string, mine: boolean }} Said */

export class Talk {
  #list = part("messages", HTMLOListElement);
  #field = part("words", HTMLInputElement);
  #told = part("say-told", HTMLElement);
  /** @type {Set<string>} */
  #shown = new Set();
  /** @type {string[]} */
  #waiting = [];

  /** @param {{ words: import("./words.js").Words, say: (text: string) => boolean }} has `say` answers whether there is a connection to say it by */
  constructor(has) {
    this.has = has;
    part("say", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      const text = this.#field.value.trim();
      if (!text) return;
      if (this.#waiting.length >= WAITING_LIMIT) return;
      this.#waiting.push(text);
      this.#field.value = "";
      this.send();
    });
  }

  /** What was typed while there was no connection goes out, in its order, once there is one. */
  send() {
    while (this.#waiting.length > 0 && this.has.say(this.#waiting[0])) this.#waiting.shift();
    setText(this.#told, this.#waiting.length > 0 ? this.has.words.of("not_sent") : "");
  }

  /** @param {Said} said */
  add({ id, text, mine }) {
    if (this.#shown.has(id)) return;
    this.#shown.add(id);
    const who = el("b", { "data-word": mine ? "from_you" : "from_them" }, this.has.words.of(mine ? "from_you" : "from_them"));
    this.#list.append(el("li", { class: mine ? "mine-said" : null }, who, el("span", { class: "said", dir: "auto" }, text)));
    part("log", HTMLElement).scrollTop = this.#list.scrollHeight;
  }

  close() {
    show(part("say", HTMLFormElement), false);
  }

  enter() {
    this.#field.focus();
  }
}
