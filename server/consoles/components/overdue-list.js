// <overdue-list>: referrals that no service has confirmed in time, each one press from its case.

import { el, show } from "../shared/dom.js";
import { dayAndTime } from "../shared/duty.js";

/** @typedef {{ case: string, referral: string, service: string, sent_at: string, due_at: string, chased: number, escalated: boolean }} Unconfirmed */

export class OverdueList extends HTMLElement {
  #list = el("ul", {});

  connectedCallback() {
    if (this.childElementCount === 0) this.append(el("h2", {}, "Referrals not confirmed"), this.#list);
  }

  /** @param {{ referrals: Unconfirmed[], onlyBrought?: boolean }} shown `onlyBrought`: what came to the supervisor */
  show({ referrals, onlyBrought = false }) {
    const shown = referrals.filter((one) => one.escalated || !onlyBrought);
    show(this, shown.length > 0);
    this.#list.replaceChildren(...shown.map(rowOf));
  }
}

/** @param {Unconfirmed} one */
function rowOf(one) {
  const chased = one.chased > 0 ? `, chased ${one.chased === 1 ? "once" : `${one.chased} times`}` : ", never chased";
  const text = `sent ${dayAndTime(one.sent_at)}, due ${dayAndTime(one.due_at)}${chased}${one.escalated ? ". BROUGHT TO THE SUPERVISOR" : ""}`;
  return el("li", {}, el("a", { href: `/cases/${encodeURIComponent(one.case)}` }, one.service), " ", el("span", {}, text));
}

customElements.define("overdue-list", OverdueList);
