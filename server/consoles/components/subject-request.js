// <subject-request>: one request with everything that was found. Dispatches `decide-item`, `put-forward`, `agree-all`, `turn-down` and `take-bundle`.

import { ask, el } from "../shared/dom.js";
import { dayAndTime } from "../shared/duty.js";
import { folded, formOf } from "../shared/fields.js";

/** @import { Spec } from "../shared/fields.js" */
/** @typedef {{ fate: string, why: string, names: string[] }} Decided */
/** @typedef {{ id: string, kind: string, at: string, call: string | null, case: string | null, confirmed: boolean, because: string[], others: string[], cautions: string[], decided: Decided | null }} Item */
/** @typedef {{ id: string, by: string, asked_at: string, name: string, numbers: string[], addresses: string[], case: string | null, why: string, open: boolean, waits: boolean, approved_by: string | null, turned_down: { by: string, why: string } | null, taken: number }} Request */
/** @typedef {Request & { more: boolean, items: Item[], people: Record<string, string> }} Seen */
/** @typedef {{ me: string, name: (id: string) => string }} Knows */

const FATES = [
  { value: "withhold", label: "Withhold it, and say so in the schedule" },
  { value: "withhold, unsaid", label: "Withhold it, and neither confirm nor deny that it is held" },
  { value: "redact", label: "Give it without other people's names, numbers and postcodes" },
  { value: "include", label: "Give it whole" },
];
/** @type {Record<string, string>} */
const DECIDED = { include: "Given whole", redact: "Given redacted", withhold: "WITHHELD, which the schedule says", "withhold, unsaid": "WITHHELD, and neither confirmed nor denied" };

/** @param {Request} one */
export function stateOf(one) {
  if (one.taken > 0) return "It has left.";
  if (one.approved_by) return `${one.approved_by} agreed.`;
  if (one.waits) return "It waits for a second person.";
  return one.turned_down ? "It was turned down, and is decided anew." : "It is being decided.";
}

export class SubjectRequest extends HTMLElement {
  #shown = "";

  /** @param {Seen} seen @param {Knows} knows */
  show(seen, knows) {
    const now = JSON.stringify(seen);
    if (now === this.#shown) return;
    this.#shown = now;
    const mine = seen.by === knows.me;
    const left = seen.items.filter(({ decided }) => decided === null).length;
    this.replaceChildren(
      this.#head(seen, knows),
      el(
        "section",
        { "aria-labelledby": "found-title" },
        el("h2", { id: "found-title" }, `Found: ${seen.items.length}`),
        el("p", { class: "quiet" }, "Nothing leaves that nobody decided about. What is given whole, or found by the machine only, wants a reason where something speaks against it."),
        seen.items.length > 0 ? el("ol", { class: "rows", id: "items" }, ...seen.items.map((item) => this.#item(item, mine && seen.open, knows))) : el("p", {}, "Nothing is held about them that you may know of."),
      ),
      this.#steps(seen, { mine, left }),
    );
  }

  /** @param {Seen} seen @param {Knows} knows */
  #head(seen, knows) {
    const by = [...seen.numbers, ...seen.addresses, seen.case ?? ""].filter(Boolean).join(" · ");
    return el(
      "section",
      { "aria-labelledby": "about-title" },
      el("h2", { id: "about-title" }, seen.name),
      el("p", { class: "facts" }, el("span", {}, `taken on by ${knows.name(seen.by)}`), el("span", {}, dayAndTime(seen.asked_at))),
      by ? el("p", { class: "quiet" }, `Looked for by: ${by}`) : null,
      el("p", {}, seen.why),
      el("p", { role: "status" }, stateOf(seen)),
      seen.turned_down && seen.open ? el("p", { class: "overdue" }, `${knows.name(seen.turned_down.by)} turned it down: ${seen.turned_down.why}`) : null,
      seen.more ? el("p", { class: "overdue" }, "More is held about them than lies before the second person. It has to be turned down and looked at again.") : null,
    );
  }

  /** @param {Item} item @param {boolean} decides @param {Knows} knows */
  #item(item, decides, knows) {
    const where = item.kind === "call" ? `/desk?call=${encodeURIComponent(item.call ?? "")}` : item.case ? `/cases/${encodeURIComponent(item.case)}` : null;
    const title = `${item.kind[0]?.toUpperCase()}${item.kind.slice(1)}, ${dayAndTime(item.at)}`;
    return el(
      "li",
      {},
      el("p", {}, where ? el("a", { href: where, target: "_blank", rel: "noopener" }, title) : title, ` ${item.confirmed ? "confirmed by a person" : ""}`),
      el("p", { class: "quiet" }, `Because: ${item.because.join("; ")}`),
      ...item.cautions.map((caution) => el("p", { class: "overdue" }, caution)),
      item.others.length > 0 ? el("p", {}, `Other people in it: ${item.others.join(", ")}`) : null,
      item.decided ? this.#decided(item.decided) : el("p", {}, "Not decided."),
      decides ? folded(item.decided ? "Decide otherwise" : "Decide", specsOf(item), "Put on record", (values) => ask(this, "decide-item", bodyOf(item, values))) : null,
    );
  }

  /** @param {Decided} decided */
  #decided({ fate, why, names }) {
    const without = fate === "redact" && names.length > 0 ? ` Without: ${names.join(", ")}.` : "";
    return el("p", {}, el("strong", {}, `${DECIDED[fate]}.`), `${without}${why ? ` Why: ${why}` : ""}`);
  }

  /** @param {Seen} seen @param {{ mine: boolean, left: number }} state */
  #steps(seen, { mine, left }) {
    /** @type {(Node | null)[]} */
    let steps = [];
    if (mine && seen.open) steps = [left > 0 ? el("p", {}, `Not decided yet: ${left}.`) : this.#button("Put it before a second person", "put-forward")];
    if (mine && seen.waits) steps = [el("p", {}, "Somebody else with the right to export has to agree.")];
    if (mine && seen.approved_by) steps = [this.#button("Download the bundle", "take-bundle")];
    if (!mine && seen.waits) {
      steps = [seen.more ? null : this.#button("Agree to all of it", "agree-all"), formOf([{ name: "why", label: "Why it is turned down" }], "Turn it down", (values) => ask(this, "turn-down", values))];
    }
    return el("section", { "aria-label": "What comes next" }, ...(steps.length > 0 ? steps : [el("p", {}, "Nothing is to be done here by you.")]));
  }

  /** @param {string} label @param {string} what */
  #button(label, what) {
    const button = el("button", { type: "button", class: "primary" }, label);
    button.addEventListener("click", () => ask(this, what));
    return button;
  }
}

/** @param {Item} item @returns {Spec[]} */
function specsOf({ decided, others }) {
  return [
    { name: "fate", label: "What becomes of it", kind: "select", options: FATES, value: decided?.fate ?? "withhold" },
    { name: "why", label: "Why (the person reads it only where the schedule says that it is withheld)", optional: true, value: decided?.why ?? "" },
    { name: "names", label: "Names that a redacted copy leaves out, a line each", kind: "area", optional: true, most: 4000, value: (decided?.names ?? others).join("\n") },
  ];
}

/** @param {Item} item @param {Record<string, string>} values */
function bodyOf(item, { fate, why, names }) {
  return { item: item.id, fate, why, names: (names ?? "").split("\n").map((name) => name.trim()).filter(Boolean) };
}

customElements.define("subject-request", SubjectRequest);
