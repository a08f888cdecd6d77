// <case-…>: a part of a case's page, drawn anew only when what it shows has changed, so that nobody's typing is lost.

import { ask } from "../shared/dom.js";

/** @import { CaseView } from "../shared/cases.js" */

export class CasePart extends HTMLElement {
  #shown = "";

  /** @param {CaseView} view */
  show(view) {
    const now = JSON.stringify(this.slice(view));
    if (now === this.#shown) return;
    this.#shown = now;
    const open = [...this.querySelectorAll("details")].map((details) => details.open);
    const inside = this.contains(document.activeElement);
    this.replaceChildren(...this.draw(view));
    // What was unfolded stays so, but for the form that has just done its work.
    if (!inside) this.querySelectorAll("details").forEach((details, at) => { details.open = open[at] ?? false; });
    if (inside) this.focus();
  }

  /** What of the case this part shows. @param {CaseView} _view @returns {unknown} */
  slice(_view) {
    return null;
  }

  /** @param {CaseView} _view @returns {(Node | string)[]} */
  draw(_view) {
    return [];
  }

  connectedCallback() {
    this.tabIndex = -1;
  }

  /** Ask the page to put something on record. @param {string} path @param {object} body */
  act(path, body) {
    ask(this, "case-act", { path, body });
  }
}
