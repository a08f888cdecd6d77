// <handler-prompt>: the one question before the handler, with keys large enough for a glance. Dispatches `step`.

import { ask, el, keyButton, setBadge, setText, show } from "../shared/dom.js";
import { CLASSES, clock, DISMISSALS, escalatedText, nameOf, OUTCOMES, PARTIES, standingText } from "../shared/words.js";

/** @import { Face, Prompt } from "../shared/types.js" */

export class HandlerPrompt extends HTMLElement {
  /** @type {Prompt | null} */
  #prompt = null;
  #badge = el("span", { class: "card-class" });
  #title = el("span", { class: "card-title" });
  #escalated = el("p", { class: "card-escalated" });
  #ask = el("p", { class: "card-question", id: "question" });
  #said = el("span", { class: "card-said" });
  #quote = el("q", {});
  #standing = el("p", { class: "card-standing" });
  #line = el("p", { class: "card-line" });
  #owner = el("p", { class: "card-owner" });
  #asked = this.#button("asked", "Asked", "a", { class: "key key-asked" });
  #answers = OUTCOMES.map(({ value, label, key }) => this.#button("answer", label, key, { class: "key" }, { outcome: value }));
  #aside = this.#button("dismiss", "Put aside", "x", { class: "key key-aside" });
  #keys = el("div", { class: "big-keys", role: "group", "aria-label": "What came of it?" }, this.#asked, ...this.#answers, this.#aside);

  connectedCallback() {
    if (this.childElementCount > 0) return;
    const reasons = DISMISSALS.filter(({ key }) => key !== "x").map(({ value, label, key }) => this.#button("dismiss", label, key, { class: "small" }, { reason: value }));
    this.append(
      el("header", {}, this.#badge, this.#title),
      this.#escalated,
      this.#ask,
      this.#line,
      el("blockquote", {}, this.#said, this.#quote),
      el("div", { class: "card-standing-row" }, this.#standing, this.#button("evidence", "Evidence", "e", { class: "small" })),
      this.#owner,
      this.#keys,
      el("details", { class: "reasons" }, el("summary", {}, "Put aside, and say why"), ...reasons),
    );
  }

  /** Those that a pedal steps through. */
  get choices() {
    return this.hidden ? [] : [this.#asked, ...this.#answers, this.#aside].filter((button) => !button.hidden);
  }

  /** @param {{ prompt: Prompt, me: Face, people: Record<string, Face>, yesNo: boolean }} shown */
  show({ prompt, me, people, yesNo }) {
    this.#prompt = prompt;
    this.className = `card card-${prompt.severity} is-${prompt.standing}`;
    setBadge(this.#badge, prompt.severity, CLASSES[prompt.severity]);
    setText(this.#title, prompt.title);
    setText(this.#escalated, escalatedText(prompt));
    show(this.#escalated, this.#escalated.textContent !== "");
    setText(this.#ask, (yesNo && prompt.yes_no) || prompt.ask);
    setText(this.#line, prompt.handler);
    show(this.#line, prompt.handler !== "");
    setText(this.#said, prompt.found ? prompt.found : prompt.by ? `${nameOf(people, prompt.by, me)} marked, at ${clock(prompt.start_ms)}: ` : `${PARTIES[prompt.party]} said at ${clock(prompt.start_ms)}: `);
    setText(this.#quote, prompt.quote);
    show(this.#quote, prompt.quote !== "");
    setText(this.#standing, standingText(prompt));
    setText(this.#owner, prompt.owner && prompt.owner !== me.id ? `${nameOf(people, prompt.owner, me)} has this` : "");
    show(this.#owner, this.#owner.textContent !== "");
    const wasAsked = this.#asked === document.activeElement && prompt.asked;
    show(this.#asked, !prompt.asked);
    if (wasAsked) this.#answers[0]?.focus();
  }

  /** @param {string} step @param {string} label @param {string} key @param {Record<string, string>} attributes @param {object} [body] */
  #button(step, label, key, attributes, body = {}) {
    return keyButton(label, key, () => ask(this, "step", { step, body, prompt: this.#prompt }), attributes);
  }
}

customElements.define("handler-prompt", HandlerPrompt);
