// <case-record>: orders and when somebody last checked them, and the calls with what was said on each.

import { el } from "../shared/dom.js";
import { dayAndTime, factsOf } from "../shared/brief.js";
import { folded, formOf, options } from "../shared/fields.js";
import { CasePart } from "./case-part.js";

/** @import { CaseCall, CaseView, LinkedCall, Order } from "../shared/cases.js" */
/** @import { Spec } from "../shared/fields.js" */

/** @type {Spec[]} */
const ORDER = [
  { name: "kind", label: "What: an order, bail, a notice", most: 120 },
  { name: "terms", label: "Its terms", optional: true },
  { name: "until", label: "Until", kind: "date", optional: true },
];
/** @type {Spec[]} */
const CHECK = [
  { name: "found", label: "What came of looking", kind: "select", options: options(["found", "none found", "could not be checked"]) },
  { name: "source", label: "Where you looked", most: 120 },
  { name: "text", label: "What it says", optional: true },
];

class CaseRecord extends CasePart {
  /** @param {CaseView} view @override */
  slice({ orders, calls, linked }) {
    return [orders, calls, linked];
  }

  /** @param {CaseView} view @override */
  draw({ orders, calls, linked }) {
    return [
      el("h2", {}, "Orders and bail"),
      orders.length > 0
        ? el("ul", { class: "orders" }, ...orders.map((order) => this.#order(order)))
        : el("p", { class: "loud" }, "NOT CHECKED: nobody has put on record whether there are any."),
      folded("Add an order, bail or a notice", ORDER, "Add", ({ until, ...rest }) => this.act("orders", until ? { ...rest, until } : rest)),
      el("h2", {}, "Calls"),
      el("ul", { class: "calls" }, ...calls.map((call) => this.#call(call, calls.length > 1))),
      ...linked.map((call) => this.#linked(call)),
    ];
  }

  /** @param {Order} order */
  #order({ noted, checked, checked_at }) {
    const stands = checked && checked_at
      ? el("p", {}, `${checked.found}${checked.text ? `: ${checked.text}` : ""}. Checked ${dayAndTime(checked_at)} by ${checked.person}, ${checked.source}`)
      : el("p", { class: "loud" }, "NOT CHECKED");
    const until = noted.until ? `, until ${noted.until}` : "";
    return el(
      "li",
      {},
      el("p", {}, el("strong", {}, noted.kind), `${noted.terms ? `: ${noted.terms}` : ""}${until}`),
      stands,
      folded(`Checked: ${noted.kind}`, CHECK, "Put on record", (values) => this.act(`orders/${noted.order}/checked`, values)),
    );
  }

  /** @param {CaseCall} call @param {boolean} removable */
  #call(call, removable) {
    const when = call.arrived_at ? dayAndTime(call.arrived_at) : "";
    const lines = call.lines.map((line) => el("li", { class: line.must ? "must" : null }, el("strong", {}, line.title), el("blockquote", {}, `“${line.quote}”`), el("p", { class: "quiet" }, factsOf(line).join(" · "))));
    return el(
      "li",
      {},
      el("p", {}, el("strong", {}, call.name), ` ${when}${call.live ? ", goes on" : ""} `, el("a", { href: `/brief/${encodeURIComponent(call.call)}` }, `Brief of ${call.name}`)),
      call.because ? el("p", { class: "quiet" }, call.because) : null,
      lines.length > 0 ? el("ul", { class: "lines" }, ...lines) : el("p", { class: "quiet" }, "Nothing of risk was heard on it."),
      removable ? folded(`${call.name} does not belong here`, [{ name: "note", label: "Why" }], "Take it out", ({ note }) => this.act(`calls/${encodeURIComponent(call.call)}/remove`, { note })) : null,
    );
  }

  /** @param {LinkedCall} linked */
  #linked({ call, because, confirmed }) {
    const who = confirmed ? "A person says that it belongs here" : "The machine takes it to be about the same people";
    const form = formOf([], "Add it to the case", () => this.act("calls", { call, because }));
    return el("div", { class: "offered" }, el("p", {}, el("strong", {}, `Call ${call.slice(-4).toUpperCase()}`), ` ${who}: ${because}`), form);
  }
}

customElements.define("case-record", CaseRecord);
