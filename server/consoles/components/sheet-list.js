// <sheet-list>: every brief and transfer sheet that went out, and how it stands. Dispatches `end` and `read-back`.

import { ask, el } from "../shared/dom.js";
import { acknowledged, shortTime, standing, wants } from "../shared/brief.js";

/** @import { Named, Sheet } from "../shared/brief.js" */

const WAYS = { sms: "by text message", email: "by e-mail", api: "by the other system", radio: "by radio", print: "on paper", earshot: "to their own Earshot" };

export class SheetList extends HTMLElement {
  #shown = "";

  /** @param {Sheet[]} sheets @param {Named[]} must */
  show(sheets, must) {
    const now = JSON.stringify([sheets, must]);
    if (now === this.#shown || this.contains(document.activeElement)) return;
    this.#shown = now;
    if (sheets.length === 0) {
      this.replaceChildren(el("p", { class: "quiet" }, "Nobody outside has been sent it."));
      return;
    }
    this.replaceChildren(el("ol", { class: "sheets" }, ...sheets.toReversed().map((sheet) => this.#row(sheet, must))));
  }

  /** @param {Sheet} sheet @param {Named[]} must */
  #row(sheet, must) {
    const what = sheet.kind === "transfer" ? "Transfer sheet" : "Brief";
    return el(
      "li",
      { class: wants(sheet) ? "wants" : null },
      el("p", {}, el("strong", {}, `${what} for ${sheet.name}`), ` ${WAYS[/** @type {keyof typeof WAYS} */ (sheet.way)]}, ${shortTime(sheet.sent_at)}, by ${sheet.sent_by}`),
      el("p", { class: wants(sheet) ? "loud" : null }, standing(sheet)),
      ...this.#other(sheet),
      this.#acts(sheet, must),
    );
  }

  /** Of another force's server: who there has what, and where to ring. @param {Sheet} sheet */
  #other(sheet) {
    if (sheet.way !== "earshot") return [];
    const named = acknowledged(sheet);
    return [
      named.length > 0 ? el("ul", { class: "acknowledged" }, ...named.map((text) => el("li", {}, text))) : null,
      sheet.phone ? el("p", {}, `Ring ${sheet.name}: `, el("strong", {}, sheet.phone)) : null,
    ].filter((node) => node !== null);
  }

  /** @param {Sheet} sheet @param {Named[]} must */
  #acts(sheet, must) {
    const acts = el("div", { class: "with-button" });
    const unsigned = sheet.kind === "transfer" ? sheet.missing.length > 0 || sheet.readings.length === 0 : sheet.readings.length === 0;
    if (unsigned) {
      acts.append(this.#button(`They have read it back: ${sheet.name}`, "They have read it back", () => ask(this, "read-back", { sheet, must: sheet.way === "earshot" ? sheet.must : must })));
    }
    if (sheet.good && sheet.way === "earshot" && !sheet.took_over) {
      acts.append(this.#button(`Stop telling ${sheet.name}`, "Stop telling them", () => ask(this, "end", { sheet: sheet.sheet })));
    }
    if (sheet.good && ["sms", "email"].includes(sheet.way)) {
      acts.append(this.#button(`Close the link of ${sheet.name}`, "Close the link", () => ask(this, "end", { sheet: sheet.sheet })));
    }
    return acts;
  }

  /** @param {string} name @param {string} label @param {() => void} act */
  #button(name, label, act) {
    const button = el("button", { type: "button", class: "small", "aria-label": name }, label);
    button.addEventListener("click", act);
    return button;
  }
}

customElements.define("sheet-list", SheetList);
