// <watch-list>: every call to which something is owed, and lower grades that wait, each one press from being opened.

import { owedBy } from "../shared/dispatch.js";
import { el, keyed, setText, show } from "../shared/dom.js";
import { Memo } from "../shared/memo.js";
import { callName } from "../shared/words.js";

/** @import { Line, Model } from "../shared/types.js" */

const FAR = ["specialist", "specialist and supervisor", "duty supervisor"];

export class WatchList extends HTMLElement {
  #memo = new Memo();
  #list = el("ul", {});

  connectedCallback() {
    if (this.childElementCount === 0) this.append(el("h2", {}, "Still owed"), this.#list);
  }

  /** @param {{ model: Model }} shown */
  show({ model }) {
    if (this.#memo.same(model.lines)) return;
    const lines = owing(model);
    show(this, lines.length > 0);
    keyed(this.#list, lines, (line) => line.call, () => el("li", {}, el("a", {}), el("span", {})), (node, line) => {
      const [link, what] = node.children;
      if (!(link instanceof HTMLAnchorElement) || !what) return;
      setText(link, callName(line.call));
      link.href = `/desk?call=${encodeURIComponent(line.call)}`;
      setText(what, textsOf(line).join(" · "));
    });
  }
}

/** Those first that were brought furthest, then the older. @param {Model} model */
export function owing(model) {
  return Object.values(model.lines)
    .filter((line) => textsOf(line).length > 0)
    .sort((one, other) => far(other) - far(one) || Date.parse(one.arrived_at ?? "") - Date.parse(other.arrived_at ?? ""));
}

/** @param {Line} line */
function far(line) {
  return Math.max(-1, ...Object.values(line.watches ?? {}).map((to) => FAR.indexOf(to)));
}

/** @param {Line} line */
function textsOf(line) {
  const owed = owedBy(line);
  if (line.downgrade === "unconfirmed") owed.push(`Lowered to ${line.grade} without a second person`);
  if (line.downgrade === "asked") owed.push("A lower grade is asked for");
  return owed;
}

customElements.define("watch-list", WatchList);
