// <feedback-list>: what two people wrote to each other about a call. Dispatches `feedback-read` and `feedback-answer`.

import { ask, el, field, keyed } from "../shared/dom.js";
import { callName } from "../shared/words.js";

/** @typedef {{ id: string, call: string, from: string, to: string, well: string, next_time: string, read: boolean, answers: { person: string, text: string }[] }} Feedback */

export class FeedbackList extends HTMLElement {
  #list = el("ul", { class: "rows" });
  #empty = el("p", { class: "quiet" }, "None yet.");

  connectedCallback() {
    if (this.childElementCount === 0) this.append(this.#list, this.#empty);
  }

  /** @param {{ feedback: Feedback[], me: string, name: (id: string) => string }} shown */
  show({ feedback, me, name }) {
    this.#empty.hidden = feedback.length > 0;
    keyed(
      this.#list,
      feedback,
      (one) => `${one.id} ${one.read} ${one.answers.length}`,
      (one) => this.#make(one, me, name),
      () => {},
    );
  }

  /** @param {Feedback} one @param {string} me @param {(id: string) => string} name */
  #make(one, me, name) {
    const mine = one.to === me;
    const head = mine ? `${name(one.from)} to you` : `You to ${name(one.to)}`;
    const state = mine ? "" : one.read ? ", read" : ", not read yet";
    const body = [
      el("h3", {}, `${head}, ${callName(one.call)}${state}`),
      el("p", { class: "label" }, "What went well"),
      el("p", { class: "quote" }, one.well),
      one.next_time ? el("p", { class: "label" }, "To try next time") : null,
      one.next_time ? el("p", { class: "quote" }, one.next_time) : null,
      ...one.answers.flatMap(({ person, text }) => [el("p", { class: "label" }, `${name(person)} answered`), el("p", { class: "quote" }, text)]),
    ];
    if (mine && !one.read) {
      const open = el("button", { type: "button", class: "small" }, `Open what ${name(one.from)} wrote`);
      open.addEventListener("click", () => ask(this, "feedback-read", { id: one.id }));
      return el("li", {}, el("h3", {}, `${head}, ${callName(one.call)}, new`), open);
    }
    return el("li", {}, ...body, this.#form(one));
  }

  /** @param {Feedback} one */
  #form({ id }) {
    const text = el("textarea", { id: `answer-${id}`, maxlength: "1000", required: true });
    const form = el("form", {}, field(`answer-${id}`, "Answer", text), el("button", { type: "submit", class: "small" }, "Send answer"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      ask(this, "feedback-answer", { id, text: text.value });
    });
    const more = el("details", {}, el("summary", {}, "Answer"), form);
    return more;
  }
}

customElements.define("feedback-list", FeedbackList);
