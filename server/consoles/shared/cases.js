// What a case is, as the server gives it. Types, and the few words that several parts of its page share.

/** @typedef {import("./brief.js").Line} Line */
/** @typedef {{ party: string, role: string, name: string, born: string, number: string, note: string }} Party */
/** @typedef {{ address: string, text: string, of: string | null, suspect_knows: string }} Address */
/** @typedef {{ noted: { order: string, kind: string, terms: string, until: string | null }, checked: { found: string, source: string, text: string, person: string } | null, checked_at: string | null }} Order */
/** @typedef {{ who: string, of: string, afraid: string, words: string, person: string }} Fear */
/** @typedef {{ noted: { party: string, phone_safe: string, when: string, word: string, others: string }, at: string }} Contact */
/** @typedef {{ call: string, name: string, because: string, arrived_at: string | null, live: boolean, lines: Line[] }} CaseCall */
/** @typedef {{ call: string, because: string, confirmed: boolean }} LinkedCall */
/** @typedef {{ call: string, marker: string, quote: string, party: string, at_ms: number, said_at: string, says: string, source: string }} Suggestion */
/** @typedef {{ id: string, ask: string, help: string, answers: string[] }} Question */
/** @typedef {{ id: string, version: string, title: string, about: string, licence: string, levels: string[], sections: { title: string, questions: Question[] }[] }} Form */
/** @typedef {{ given: { answer: string, note: string, person: string }, at: string, before: string[] }} Answered */
/** @typedef {{ id: string, stands: { begun: { form: string, person: string }, begun_at: string, answers: Record<string, Answered>, signed: { level: string, judgement: string, person: string } | null, signed_at: string | null }, form: Form | null, suggested: Record<string, Suggestion[]> }} Assessment */
/** @typedef {{ begun: { name: string, party: string, needs: string[] }, help: string, facts: string[], consent: { consent: string, basis: string | null, why: string } | null, sent: { way: string, to: string, person: string } | null, sent_at: string | null, carried: { carried: string, why: string, reference: string } | null, chased: [string, string][], due_at: string | null, confirmed: { by: string } | null, confirmed_at: string | null, ended: { why: string } | null }} ReferralState */
/** @typedef {{ id: string, stands: ReferralState, gaps: string[], letter: string, overdue: boolean }} Referral */
/** @typedef {{ id: string, title: string, suggested: Suggestion[] }} Need */
/** @typedef {{ helper: { id: string, name: string, number: string, text: string, hours: string, email: string, verified_on: string, source: string }, because: string[] }} Match */
/** @typedef {{ text: { nation: string, title: string, about: string, without_consent: string, criteria: Record<string, string>, source: string }, criteria: { name: string, met: boolean, because: string }[], heard: string[] }} Marac */
/**
 * @typedef {object} CaseView
 * @property {string} case
 * @property {number} seq
 * @property {string | null} opened_at
 * @property {string | null} opened_by
 * @property {boolean} closed
 * @property {Party[]} parties
 * @property {Address[]} addresses
 * @property {Order[]} orders
 * @property {Fear[]} fears
 * @property {Contact[]} contacts
 * @property {CaseCall[]} calls
 * @property {LinkedCall[]} linked
 * @property {Form[]} forms
 * @property {Assessment[]} assessments
 * @property {Referral[]} referrals
 * @property {Need[]} needs
 * @property {number} unchecked_services
 * @property {Marac | null} marac
 * @property {string} nation
 */
/** @typedef {{ case: string, opened_at: string, changed_at: string, closed: boolean, victims: string[], suspects: string[], calls: number, not_checked: number, overdue: number }} Summary */

const NATIONS = ["england", "wales", "scotland", "northern ireland"];
export const KNOWN = ["yes", "no", "not known"];

/** Nations to choose from, by their names as they are written. */
export function nationOptions() {
  return NATIONS.map((value) => ({ value, label: value.replace(/\b[a-z]/g, (letter) => letter.toUpperCase()) }));
}

/** @param {Party[]} parties @param {string | null} id */
export function nameOfParty(parties, id) {
  return parties.find(({ party }) => party === id)?.name ?? "somebody";
}

/** @param {Party[]} parties */
export function partyOptions(parties) {
  return parties.map(({ party, name, role }) => ({ value: party, label: `${name}, ${role}` }));
}

/** What a case is called: by whom it is for, else by its number. @param {Summary | CaseView} one */
export function caseTitle(one) {
  const names = "victims" in one ? one.victims : one.parties.filter(({ role }) => role === "victim").map(({ name }) => name);
  return names.length > 0 ? names.join(" and ") : `Case ${one.case.slice(-4).toUpperCase()}`;
}
