// <case-referrals>: whom to refer to and why, what a referral still lacks, and what came of it. A person sends it.

import { ask, el } from "../shared/dom.js";
import { nameOfParty, nationOptions, partyOptions } from "../shared/cases.js";
import { dayAndTime } from "../shared/brief.js";
import { controlOf, folded, formOf, options } from "../shared/fields.js";
import { suggestionOf } from "./case-assessments.js";
import { CasePart } from "./case-part.js";

/** @import { CaseView, Match, Referral } from "../shared/cases.js" */

const CONSENT = ["yes", "no", "not asked", "unsafe to ask"];
const BASES = ["", "to prevent serious harm: necessary and proportionate", "to safeguard a child", "to safeguard an adult at risk", "vital interests"];
/** @type {Record<string, string>} */
const WAYS = { email: "E-mail", print: "On paper", telephone: "By telephone", api: "By the other system" };

class CaseReferrals extends CasePart {
  /** @type {Match[] | null} */
  #matches = null;
  /** @type {string[]} */
  #needs = [];

  /** @param {CaseView} view @override */
  slice({ referrals, needs, parties, calls, nation }) {
    return [referrals, needs, parties, calls.map(({ lines }) => lines.length), nation, this.#matches];
  }

  /** @param {Match[]} matches @param {CaseView} view */
  found(matches, view) {
    this.#matches = matches;
    this.show(view);
  }

  /** @param {CaseView} view @override */
  draw(view) {
    return [
      el("h2", {}, "Referrals"),
      ...view.referrals.toReversed().map((one) => this.#referral(one, view)),
      this.#finding(view),
      ...(this.#matches === null ? [] : this.#offers(this.#matches, view)),
    ];
  }

  /** @param {CaseView} view */
  #finding({ needs, nation, unchecked_services }) {
    const boxes = needs.map((need) => ({ need, box: el("input", { type: "checkbox", id: `need-${need.id}`, value: need.id }) }));
    for (const { box, need } of boxes) box.checked = this.#needs.includes(need.id);
    const where = controlOf({ name: "nation", label: "", kind: "select", options: nationOptions(), value: nation });
    const find = el("button", { type: "button" }, "Find services");
    find.addEventListener("click", () => {
      this.#needs = boxes.filter(({ box }) => box.checked).map(({ need }) => need.id);
      ask(this, "find-services", { needs: this.#needs, nation: where.value });
    });
    return el(
      "details",
      { open: this.#matches !== null },
      el("summary", {}, "Refer to a service"),
      el("div", { class: "field" }, el("label", { for: where.id }, "Where they live"), where),
      el("fieldset", {}, el("legend", { class: "label" }, "What they need. Tick what you know; what calls suggest is said beside it."), ...boxes.map(({ need, box }) => el("div", { class: "need" }, el("div", { class: "switch" }, box, el("label", { for: box.id }, need.title)), need.suggested.length > 0 ? el("ul", { class: "suggested" }, ...need.suggested.slice(0, 2).map(suggestionOf)) : null))),
      unchecked_services > 0 ? el("p", { class: "quiet" }, `${unchecked_services} services are not shown: nobody has checked their numbers in the last 180 days.`) : null,
      find,
    );
  }

  /** @param {Match[]} matches @param {CaseView} view */
  #offers(matches, { parties }) {
    if (matches.length === 0) return [el("p", { class: "loud" }, "No service that was checked lately fits. Widen the needs, or use the force's own list.")];
    return matches.map(({ helper, because }) =>
      el(
        "div",
        { class: "offered" },
        el("p", {}, el("strong", {}, helper.name), ` ${helper.number}${helper.text ? `, text ${helper.text}` : ""} · ${helper.hours}`),
        el("p", { class: "quiet" }, `${because.join(", ")} · checked ${helper.verified_on}, ${helper.source}`),
        parties.length > 0
          ? formOf([{ name: "party", label: "For", kind: "select", options: partyOptions(parties) }], `Draft a referral to ${helper.name}`, ({ party }) => this.act("referrals", { service: helper.id, party, needs: this.#needs }))
          : el("p", { class: "quiet" }, "Add whoever it is for first."),
      ),
    );
  }

  /** @param {Referral} one @param {CaseView} view */
  #referral(one, view) {
    const { stands } = one;
    const title = `${stands.begun.name}, for ${nameOfParty(view.parties, stands.begun.party)}`;
    const parts = stands.ended ? [] : stands.sent ? this.#sent(one) : this.#draft(one, view);
    return el(
      "article",
      { class: one.overdue ? "referral wants" : "referral", "aria-label": `Referral to ${title}` },
      el("h3", {}, title),
      el("p", { class: one.overdue || stands.carried?.carried === "failed" ? "loud" : null }, standing(one)),
      receiptOf(one),
      ...parts,
      el("details", {}, el("summary", {}, stands.sent ? "What was sent" : "What would be sent"), el("pre", { class: "letter", tabindex: "0" }, one.letter)),
      stands.sent?.way === "print" ? printing() : null,
      stands.ended || stands.confirmed ? null : folded("Give it up", [{ name: "note", label: "Why" }], "Give it up", (values) => this.act(`referrals/${one.id}/end`, values)),
    );
  }

  /** @param {Referral} one @param {CaseView} view */
  #draft(one, view) {
    const { stands, id, gaps } = one;
    const lines = view.calls.flatMap(({ name, lines: said, arrived_at }) => said.map((line) => ({ fact: `${line.title}: on ${name}${arrived_at ? `, ${dayAndTime(arrived_at)}` : ""}, ${line.party === "caller" ? "the caller" : line.party} said “${line.quote}”` })));
    return [
      gaps.length > 0 ? el("div", { class: "gaps" }, el("p", { class: "label" }, "Still to be said"), el("ul", {}, ...gaps.map((gap) => el("li", {}, gap)))) : null,
      this.#filling(id, stands.help, stands.facts, lines.map(({ fact }) => fact)),
      formOf(
        [
          { name: "consent", label: "Do they agree?", kind: "select", options: options(CONSENT), value: stands.consent?.consent ?? "not asked" },
          { name: "basis", label: "Without their agreement: the lawful basis", kind: "select", options: BASES.map((basis) => ({ value: basis, label: basis || "none: they agree" })), value: stands.consent?.basis ?? "" },
          { name: "why", label: "Without their agreement: why it is necessary", optional: true, value: stands.consent?.why ?? "" },
        ],
        "Put on record",
        ({ basis, ...rest }) => this.act(`referrals/${id}/consent`, basis ? { ...rest, basis } : rest),
      ),
      formOf(
        [
          { name: "way", label: "Send it", kind: "select", options: Object.entries(WAYS).map(([value, label]) => ({ value, label })) },
          { name: "to", label: "To, if not to the address in the list", optional: true, most: 200 },
        ],
        "Send it now",
        (values) => this.act(`referrals/${id}/send`, values),
      ),
    ].filter((part) => part !== null);
  }

  /** @param {string} id @param {string} help @param {string[]} chosen @param {string[]} known */
  #filling(id, help, chosen, known) {
    const wanted = controlOf({ name: "help", label: "", kind: "area", value: help });
    const facts = [...new Set([...known, ...chosen])].map((fact, at) => ({ fact, box: el("input", { type: "checkbox", id: `fact-${id}-${at}` }) }));
    for (const { fact, box } of facts) box.checked = chosen.includes(fact);
    const more = controlOf({ name: "more", label: "", optional: true });
    const put = el("button", { type: "button" }, "Put into the draft");
    put.addEventListener("click", () => {
      const taken = facts.filter(({ box }) => box.checked).map(({ fact }) => fact);
      if (more.value.trim()) taken.push(more.value.trim());
      this.act(`referrals/${id}/fill`, { help: wanted.value.trim(), facts: taken });
    });
    return el(
      "div",
      { class: "filling" },
      el("div", { class: "field" }, el("label", { for: wanted.id }, "What help is asked for"), wanted),
      el("fieldset", {}, el("legend", { class: "label" }, "Facts that go with it, with their words"), ...facts.map(({ fact, box }) => el("div", { class: "switch" }, box, el("label", { for: box.id }, fact)))),
      el("div", { class: "field" }, el("label", { for: more.id }, "One more fact, and how it is known"), more),
      put,
    );
  }

  /** @param {Referral} one */
  #sent(one) {
    if (one.stands.confirmed) return [];
    return [
      folded("The service has confirmed", [{ name: "by", label: "Who there has it", most: 200 }, { name: "note", label: "What they said", optional: true }], "Put on record", (values) => this.act(`referrals/${one.id}/confirm`, values)),
      folded("Chase it", [{ name: "note", label: "Whom you asked, and how" }], "Put on record", (values) => this.act(`referrals/${one.id}/chase`, values)),
    ];
  }
}

/** How it went out, and what the way out said of it. @param {Referral} one */
function receiptOf({ stands }) {
  if (!stands.sent) return null;
  const { carried, sent } = stands;
  const said = carried && carried.carried !== "failed" ? `: taken by the mail server, ${carried.reference}` : "";
  return el("p", { class: "quiet receipt" }, `${WAYS[sent.way] ?? sent.way}, by ${sent.person}${said}`);
}

/** A button that prints this one letter and nothing else of the page. */
function printing() {
  const button = el("button", { type: "button" }, "Print the letter");
  button.addEventListener("click", () => {
    const article = button.closest("article");
    const letter = article?.querySelector("details");
    if (!article || !letter) return;
    letter.open = true;
    article.classList.add("to-print");
    document.body.classList.add("one-letter");
    window.print();
    article.classList.remove("to-print");
    document.body.classList.remove("one-letter");
  });
  return button;
}

/** @param {Referral} one */
function standing({ stands, overdue }) {
  if (stands.ended) return `Given up: ${stands.ended.why}`;
  if (stands.confirmed && stands.confirmed_at) return `Confirmed ${dayAndTime(stands.confirmed_at)} by ${stands.confirmed.by}`;
  if (!stands.sent || !stands.sent_at) return "A draft. It goes nowhere until you send it.";
  if (stands.carried?.carried === "failed") return `NOT SENT: ${stands.carried.why || "the way out failed"}. Give it up and send it another way.`;
  const chased = stands.chased.length > 0 ? `, chased ${stands.chased.length} times` : "";
  const due = stands.due_at ? dayAndTime(stands.due_at) : "";
  return overdue ? `NOT CONFIRMED: sent ${dayAndTime(stands.sent_at)}${chased}. Chase it now.` : `Sent ${dayAndTime(stands.sent_at)}${chased}. The service has until ${due} to confirm.`;
}

customElements.define("case-referrals", CaseReferrals);
