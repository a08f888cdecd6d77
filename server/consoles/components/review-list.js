// <review-list>: calls that somebody should look at again, and why. Dispatches `review`.

import { ask, el, keyed, setText, show } from "../shared/dom.js";
import { callName } from "../shared/words.js";

/** @typedef {{ call: string, since: string, whys: string[] }} ToReview */

export class ReviewList extends HTMLElement {
  #title = el("h2", {}, "For review");
  #list = el("ol", { class: "calls" });

  connectedCallback() {
    if (this.childElementCount === 0) this.append(this.#title, this.#list);
  }

  /** @param {{ queue: ToReview[], selected: string | null }} shown */
  show({ queue, selected }) {
    show(this, queue.length > 0);
    setText(this.#title, `For review (${queue.length})`);
    keyed(this.#list, queue, ({ call }) => call, ({ call }) => this.#make(call), (node, { call, since, whys }) => {
      const button = node.firstElementChild;
      const [name, time, why] = button?.children ?? [];
      if (!button || !name || !time || !why) return;
      setText(name, callName(call));
      setText(time, new Date(since).toLocaleString("en-GB", { weekday: "short", hour: "2-digit", minute: "2-digit" }));
      setText(why, whys.join("; ") || "the reason cannot be read");
      button.setAttribute("aria-current", String(call === selected));
    });
  }

  /** @param {string} call */
  #make(call) {
    const parts = ["call-name", "call-time", "call-who"].map((name) => el("span", { class: name }));
    const button = el("button", { type: "button", class: "call" }, ...parts);
    button.addEventListener("click", () => ask(this, "review", { call }));
    return el("li", {}, button);
  }
}

customElements.define("review-list", ReviewList);
