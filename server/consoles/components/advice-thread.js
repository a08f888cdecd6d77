// <advice-thread>: what crew and specialist say to each other about the call. Dispatches `advice` with the text.

import { ask, el, field, keyed, setText } from "../shared/dom.js";
import { timeOf } from "../shared/brief.js";

/** @import { Advice } from "../shared/brief.js" */

const LIMIT = "300";

export class AdviceThread extends HTMLElement {
  #lines = el("ol", { class: "thread", "aria-live": "polite", "aria-relevant": "additions" });
  #none = el("p", { class: "quiet" }, "Nothing said yet.");
  #text = el("input", { id: "advice-text", maxlength: LIMIT, autocomplete: "off", required: true });

  connectedCallback() {
    if (this.childElementCount > 0) return;
    const send = el("button", { type: "submit" }, "Send");
    const form = el("form", {}, field("advice-text", this.getAttribute("label") ?? "Say", el("div", { class: "with-button" }, this.#text, send)));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = this.#text.value.trim();
      if (text) ask(this, "advice", { text });
    });
    this.append(this.#none, this.#lines, form);
  }

  /** It is on record: make room for the next. */
  sent() {
    this.#text.value = "";
  }

  /** @param {Advice[]} advice */
  show(advice) {
    this.#none.hidden = advice.length > 0;
    keyed(
      this.#lines,
      advice,
      ({ seq }) => String(seq),
      ({ from_crew }) => el("li", { class: from_crew ? "from-crew" : "from-desk" }, el("p", { class: "label" }), el("p", {})),
      (node, one) => {
        const [who, said] = node.children;
        if (who) setText(who, `${one.from_crew ? `Crew, ${one.by}` : `Control room, ${one.by}`} · ${timeOf(one.at)}`);
        if (said) setText(said, one.text);
      },
    );
  }
}

customElements.define("advice-thread", AdviceThread);
