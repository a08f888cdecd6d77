// <case-list>: the force's cases, those that want somebody first. Dispatches `open-case` for a call that has none.

import { ask, el } from "../shared/dom.js";
import { dayAndTime } from "../shared/brief.js";
import { caseTitle } from "../shared/cases.js";

/** @import { Summary } from "../shared/cases.js" */

export class CaseList extends HTMLElement {
  /** @param {{ cases: Summary[], call: string | null }} shown */
  show({ cases, call }) {
    const wanting = cases.toSorted((one, other) => Number(wants(other)) - Number(wants(one)) || Number(one.closed) - Number(other.closed));
    this.replaceChildren(
      call ? this.#opening(call, cases) : "",
      cases.length > 0 ? el("ul", { class: "case-rows" }, ...wanting.map(rowOf)) : el("p", { class: "quiet" }, call ? "This call is in no case yet." : "No cases yet. Open one from a call: on the desk, choose “Cases”."),
    );
  }

  /** @param {string} call @param {Summary[]} cases */
  #opening(call, cases) {
    if (cases.some(({ closed }) => !closed)) return "";
    const open = el("button", { type: "button", class: "primary" }, `Open a case for Call ${call.slice(-4).toUpperCase()}`);
    open.addEventListener("click", () => ask(this, "open-case", { call }));
    return open;
  }
}

/** @param {Summary} one */
function wants(one) {
  return !one.closed && (one.overdue > 0 || one.not_checked > 0);
}

/** @param {Summary} one */
function rowOf(one) {
  const about = one.suspects.length > 0 ? `about ${one.suspects.join(" and ")}` : "";
  const loud = [
    one.overdue > 0 ? `${one.overdue} ${one.overdue === 1 ? "referral" : "referrals"} NOT CONFIRMED in time` : "",
    one.not_checked > 0 ? `${one.not_checked} ${one.not_checked === 1 ? "order" : "orders"} NOT CHECKED` : "",
  ].filter(Boolean);
  const calls = `${one.calls} ${one.calls === 1 ? "call" : "calls"}`;
  return el(
    "li",
    { class: one.closed ? "is-closed" : null },
    el("p", {}, el("a", { href: `/cases/${encodeURIComponent(one.case)}` }, caseTitle(one)), ` ${about}`),
    el("p", { class: "quiet" }, [calls, `changed ${dayAndTime(one.changed_at)}`, one.closed ? "closed" : ""].filter(Boolean).join(" · ")),
    loud.length > 0 && !one.closed ? el("p", { class: "loud" }, loud.join(" · ")) : null,
  );
}

customElements.define("case-list", CaseList);
