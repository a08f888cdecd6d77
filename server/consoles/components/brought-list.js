// <brought-list>: calls on which nobody has taken a prompt in time, each one press from being opened.

import { el, keyed, setText, show } from "../shared/dom.js";
import { Memo } from "../shared/memo.js";
import { broughtTo } from "../shared/view.js";
import { BROUGHT, callName, counted } from "../shared/words.js";

/** @import { Line, Model } from "../shared/types.js" */

export class BroughtList extends HTMLElement {
  #memo = new Memo();
  #list = el("ul", {});

  connectedCallback() {
    if (this.childElementCount === 0) this.append(el("h2", {}, "Nobody has taken these"), this.#list);
  }

  /** @param {{ model: Model }} shown */
  show({ model }) {
    if (this.#memo.same(model.lines)) return;
    const lines = broughtTo(model);
    show(this, lines.length > 0);
    keyed(this.#list, lines, (line) => line.call, make, (node, line) => {
      const [link, what] = node.children;
      if (!(link instanceof HTMLAnchorElement) || !what) return;
      setText(link, callName(line.call));
      link.href = linkTo(line);
      setText(what, textOf(line));
    });
  }
}

function make() {
  return el("li", {}, el("a", {}), el("span", {}));
}

/** The call's own page. @param {Line} line */
export function linkTo(line) {
  return `/desk?call=${encodeURIComponent(line.call)}`;
}

/** @param {Line} line */
function textOf(line) {
  const waiting = line.immediate_waiting ?? 0;
  const what = waiting > 0 ? counted(waiting, "immediate prompt") : counted(line.unowned_prompts, "prompt");
  return `${what}, ${BROUGHT[line.escalated ?? ""] ?? ""}`;
}

customElements.define("brought-list", BroughtList);
