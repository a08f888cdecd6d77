// <case-people>: who is in the case, where, how they are safely reached, and who is afraid of whom.

import { el } from "../shared/dom.js";
import { KNOWN, nameOfParty, partyOptions } from "../shared/cases.js";
import { dayAndTime } from "../shared/brief.js";
import { folded, options } from "../shared/fields.js";
import { CasePart } from "./case-part.js";

/** @import { Address, CaseView, Contact, Fear, Party } from "../shared/cases.js" */
/** @import { Spec } from "../shared/fields.js" */

const ROLES = ["victim", "suspect", "child", "other"];
const SAFE = { yes: "this number is safe to ring", no: "DO NOT RING", "not known": "NOT ASKED whether it is safe to ring" };

class CasePeople extends CasePart {
  /** @param {CaseView} view @override */
  slice({ parties, addresses, contacts, fears }) {
    return [parties, addresses, contacts, fears];
  }

  /** @param {CaseView} view @override */
  draw(view) {
    const { parties } = view;
    const rows = parties.map((party) => this.#party(party, view));
    return [
      el("h2", {}, "People"),
      rows.length > 0 ? el("ul", { class: "people" }, ...rows) : el("p", { class: "quiet" }, "Nobody yet. Add whoever may be in danger first."),
      folded("Add somebody", SPECS, "Add", (values) => this.act("parties", values)),
      ...(parties.length > 0 ? this.#more(view) : []),
    ];
  }

  /** @param {Party} party @param {CaseView} view */
  #party(party, { contacts, addresses }) {
    const facts = [party.born && `born ${party.born}`, party.number, party.note].filter(Boolean).join(" · ");
    const change = SPECS.map((spec) => ({ ...spec, value: party[/** @type {keyof Party} */ (spec.name)] }));
    return el(
      "li",
      { class: `role-${party.role}` },
      el("p", {}, el("strong", {}, party.name), ` ${party.role}`),
      facts ? el("p", { class: "quiet" }, facts) : null,
      contactOf(contacts.find(({ noted }) => noted.party === party.party), party),
      ...addresses.filter(({ of }) => of === party.party).map(addressOf),
      document.body.hasAttribute("data-exports") ? el("p", {}, el("a", { href: heldAbout(party) }, `What is held about ${party.name}`)) : null,
      folded(`Change ${party.name}`, change, "Put on record", (values) => this.act("parties", { ...values, party: party.party })),
    );
  }

  /** @param {CaseView} view */
  #more({ parties, fears }) {
    const who = partyOptions(parties);
    const reached = who.filter(({ value }) => parties.find(({ party }) => party === value)?.role !== "suspect");
    return [
      folded("Add an address", addressSpecs(who), "Add", (values) => this.act("addresses", values)),
      reached.length > 0 ? folded("How they are safely reached", contactSpecs(reached), "Put on record", (values) => this.act("contacts", values)) : "",
      el("h3", {}, "Who fears whom"),
      fears.length > 0 ? el("ul", { class: "fears" }, ...fears.map((fear) => fearOf(fear, parties))) : el("p", { class: "quiet" }, "Nobody has put on record who is afraid of whom."),
      parties.length > 1 ? folded("Say who is afraid of whom", fearSpecs(who), "Put on record", (values) => this.act("fears", values)) : el("p", { class: "quiet" }, "It takes two people to say who is afraid of whom."),
    ];
  }
}

/** @type {Spec[]} */
const SPECS = [
  { name: "role", label: "In this case they are", kind: "select", options: options(ROLES) },
  { name: "name", label: "Name", most: 120 },
  { name: "born", label: "Born, or how old", optional: true, most: 120 },
  { name: "number", label: "Number", optional: true, most: 120 },
  { name: "note", label: "What else one must know", optional: true },
];

/** @param {{ value: string, label: string }[]} who @returns {Spec[]} */
function addressSpecs(who) {
  return [
    { name: "of", label: "Whose", kind: "select", options: who },
    { name: "text", label: "Address" },
    { name: "suspect_knows", label: "Does the suspect know of it?", kind: "select", options: options(KNOWN), value: "not known" },
  ];
}

/** @param {{ value: string, label: string }[]} who @returns {Spec[]} */
function contactSpecs(who) {
  return [
    { name: "party", label: "Who", kind: "select", options: who },
    { name: "phone_safe", label: "Is their number safe to ring?", kind: "select", options: options(KNOWN), value: "not known" },
    { name: "when", label: "When, and how", optional: true, most: 120 },
    { name: "word", label: "What to say, so that they know who rings", optional: true, most: 120 },
    { name: "others", label: "Who else can see or hear", optional: true, most: 120 },
  ];
}

/** @param {{ value: string, label: string }[]} who @returns {Spec[]} */
function fearSpecs(who) {
  return [
    { name: "who", label: "This person", kind: "select", options: who },
    { name: "afraid", label: "is afraid", kind: "select", options: options(KNOWN) },
    { name: "of", label: "of this person", kind: "select", options: who.toReversed() },
    { name: "words", label: "In what words, or what was seen" },
  ];
}

/** Where somebody's request for it is taken on. @param {Party} party */
function heldAbout({ party, name }) {
  const wanted = new URLSearchParams({ case: decodeURIComponent(location.pathname.split("/")[2] ?? ""), party, name });
  return `/subjects?${wanted}`;
}

/** @param {Contact | undefined} contact @param {Party} party */
function contactOf(contact, party) {
  if (party.role === "suspect") return null;
  if (!contact) return el("p", { class: "loud" }, "Safe contact: NOT ASKED");
  const { phone_safe, when, word, others } = contact.noted;
  const facts = [when, word && `say “${word}”`, others && `others: ${others}`].filter(Boolean).join(" · ");
  const loud = phone_safe === "yes" ? null : "loud";
  return el("p", { class: loud }, `Safe contact: ${SAFE[/** @type {keyof typeof SAFE} */ (phone_safe)]}${facts ? ` · ${facts}` : ""} (asked ${dayAndTime(contact.at)}; ask again each time)`);
}

/** @param {Address} address */
function addressOf({ text, suspect_knows }) {
  const knows = { yes: "the suspect knows it", no: "the suspect does not know it", "not known": "NOT KNOWN whether the suspect knows it" };
  return el("p", { class: suspect_knows === "no" ? null : "loud" }, `${text} (${knows[/** @type {keyof typeof knows} */ (suspect_knows)]})`);
}

/** @param {Fear} fear @param {Party[]} parties */
function fearOf(fear, parties) {
  const verb = { yes: "is afraid of", no: "is not afraid of", "not known": "may be afraid of" };
  return el(
    "li",
    {},
    el("strong", {}, `${nameOfParty(parties, fear.who)} ${verb[/** @type {keyof typeof verb} */ (fear.afraid)]} ${nameOfParty(parties, fear.of)}`),
    el("p", { class: "quiet" }, `${fear.words} · ${fear.person}`),
  );
}

customElements.define("case-people", CasePeople);
