// The page's words in one of its languages, from files of the same keys.

import { part, setText } from "../shared/dom.js";

/** @typedef {{ name: string, direction: "ltr" | "rtl", verified: boolean, words: Record<string, string> }} Language */

const FOLDER = "/consoles/visit/languages";

export class Words {
  /** @type {Record<string, string>} */
  #words = {};
  code = "en";

  /** @param {string} code */
  async load(code) {
    const response = await fetch(`${FOLDER}/${encodeURIComponent(code)}.json`);
    if (!response.ok) throw new Error("no such language");
    /** @type {Language} */
    const language = await response.json();
    this.#words = language.words;
    this.code = code;
    document.documentElement.lang = code;
    document.documentElement.dir = language.direction;
    document.title = this.of("title");
    for (const node of document.querySelectorAll("[data-word]")) {
      if (node instanceof HTMLElement) setText(node, this.of(node.dataset.word ?? ""));
    }
    for (const node of document.querySelectorAll("[data-label]")) {
      if (node instanceof HTMLElement) node.setAttribute("aria-label", this.of(node.dataset.label ?? ""));
    }
  }

  /** @param {string} key */
  of(key) {
    return this.#words[key] ?? "";
  }

  /** Change what an element says now and in every language. @param {HTMLElement} node @param {string} key */
  put(node, key) {
    node.dataset.word = key;
    setText(node, key ? this.of(key) : "");
  }
}

/** The choice of languages, each under its own name. @param {Record<string, string>} names @param {string} now @param {(code: string) => void} chosen */
export function offerLanguages(names, now, chosen) {
  const select = part("language", HTMLSelectElement);
  select.replaceChildren(
    ...Object.entries(names).map(([code, name]) => {
      const option = new Option(name, code, code === now, code === now);
      option.lang = code;
      return option;
    }),
  );
  select.addEventListener("change", () => chosen(select.value));
}
