// <check-list>: what has to be asked, filling itself from what is heard.

import { checklist, leftToAsk } from "../shared/checklist.js";
import { el, keyed, setText } from "../shared/dom.js";
import { clock } from "../shared/words.js";

/** @import { Item, State, Wordings } from "../shared/checklist.js" */
/** @import { Call } from "../shared/types.js" */

/** @type {Record<State, string>} */
const STATES = { "not asked": "Not asked", asked: "Asked", answered: "Answered", "not safe": "Not safe to ask" };

export class CheckList extends HTMLElement {
  #title = el("h3", { id: "checklist-title" }, "Still to ask");
  #list = el("ol", { class: "checks", "aria-labelledby": "checklist-title" });

  connectedCallback() {
    if (this.childElementCount === 0) this.append(this.#title, this.#list);
  }

  /** @param {{ call: Call | null, yesNo: boolean, wordings: Wordings }} shown */
  show({ call, yesNo, wordings }) {
    this.hidden = call === null;
    if (!call) return;
    const items = checklist(call, wordings);
    setText(this.#title, `Asked and answered: ${items.length - leftToAsk(items)} of ${items.length}`);
    keyed(this.#list, items, ({ topic }) => topic.id, make, (node, item) => update(node, item, yesNo));
  }
}

function make() {
  return el("li", {}, el("span", { class: "check-mark", "aria-hidden": "true" }), el("span", { class: "check-label" }), el("span", { class: "check-state" }), el("span", { class: "check-more" }));
}

/** @param {HTMLElement} node @param {Item} item @param {boolean} yesNo */
function update(node, { topic, state, at_ms, quote }, yesNo) {
  const [, label, how, more] = node.children;
  if (!label || !how || !more) return;
  node.className = `check is-${state.replace(" ", "-")}`;
  setText(label, topic.label);
  setText(how, at_ms === null ? STATES[state] : `${STATES[state]} ${clock(at_ms)}`);
  setText(more, state === "not asked" ? (yesNo ? topic.yes_no : topic.ask) : quote && `“${quote}”`);
}

customElements.define("check-list", CheckList);
