// Search over ended calls: what one looks for, what is found, and one call to be read.

import { classBadge, el, keyed, part, setText, show } from "./shared/dom.js";
import { Duty, dayAndTime, said } from "./shared/duty.js";
import { CLASSES, PARTIES, callName, clock, counted } from "./shared/words.js";

/** @import { Face, Party, Severity } from "./shared/types.js" */
/** @typedef {{ party: Party, at_ms: number, text: string }} Quote */
/** @typedef {{ subject: string, id: string, began_at: string, severity: Severity, handler: string | null, specialist: string | null, markers: string[], quotes: Quote[] }} Found */

const FIELDS = ["text", "subject", "marker", "person", "outcome", "since", "until"];
const duty = new Duty();
const more = part("more", HTMLButtonElement);
/** @type {Found[]} */
let found = [];
/** @type {Record<string, string>} */
let asked = {};

/** @param {string} id */
function control(id) {
  const node = document.getElementById(id);
  if (!(node instanceof HTMLInputElement || node instanceof HTMLSelectElement)) throw new Error(`the page has no field ${id}`);
  return node;
}

async function fillChoices() {
  /** @type {{ people: Face[], outcomes: string[], case_outcomes: string[] }} */
  const { people, outcomes, case_outcomes } = await duty.api.get("/api/search/terms");
  duty.people = Object.fromEntries(people.map((face) => [face.id, face]));
  const any = () => el("option", { value: "" }, "Any");
  control("marker").replaceChildren(any(), ...Object.values(duty.markers).map(({ id, title }) => el("option", { value: id }, title)));
  control("person").replaceChildren(any(), ...people.map(({ id, name }) => el("option", { value: id }, name)));
  const named = (/** @type {string[]} */ names) => names.map((name) => el("option", { value: name }, name));
  const ofCases = case_outcomes.length > 0 ? [el("optgroup", { label: "Of a case" }, ...named(case_outcomes))] : [];
  control("outcome").replaceChildren(any(), el("optgroup", { label: "Of a call" }, ...named(outcomes)), ...ofCases);
  show(part("subject-field", HTMLElement), case_outcomes.length > 0);
}

/** @param {Record<string, string>} further */
async function look(further) {
  const answer = await duty.api.act("/api/search", { ...asked, ...further });
  found = [...found, ...answer.found];
  show(more, answer.more);
  const last = answer.more ? ", and there are more" : "";
  setText(part("count", HTMLElement), found.length === 0 ? "Nothing that you may see was found." : `${counted(found.length, "call or case", "calls and cases")}${last}.`);
  keyed(part("found", HTMLElement), found, ({ id }) => id, row, () => {});
}

/** @param {Found} one */
function row(one) {
  if (one.subject === "case") return el("li", {}, el("p", { class: "finding-head" }, el("a", { href: `/cases/${encodeURIComponent(one.id)}` }, `Case ${one.id.slice(-4).toUpperCase()}`), el("span", { class: "quiet" }, `opened ${dayAndTime(one.began_at)}`)));
  const open = el("button", { type: "button", class: "small", "aria-label": `Open ${callName(one.id)}` }, "Open");
  open.addEventListener("click", () => duty.try(() => openCall(one)));
  return el(
    "li",
    { class: "finding" },
    el("p", { class: "finding-head" }, el("strong", {}, callName(one.id)), classBadge(one.severity, CLASSES[one.severity]), el("span", { class: "quiet" }, `${dayAndTime(one.began_at)}, handled by ${duty.name(one.handler)}`)),
    one.markers.length > 0 ? el("p", {}, one.markers.map((id) => duty.marker(id).title).join("; ")) : null,
    ...one.quotes.map(({ party, at_ms, text }) => el("blockquote", {}, `${clock(at_ms)} ${PARTIES[party]}: “${text}”`)),
    el("p", { class: "acts" }, open),
  );
}

/** @param {Found} one */
async function openCall(one) {
  const { turns } = await duty.api.get(`/api/search/calls/${encodeURIComponent(one.id)}`);
  setText(part("call-title", HTMLElement), `${callName(one.id)}, ${dayAndTime(one.began_at)}`);
  part("turns", HTMLElement).replaceChildren(...turns.map(said));
  show(part("call", HTMLElement), true);
  part("call", HTMLElement).focus();
}

part("form", HTMLFormElement).addEventListener("submit", (event) => {
  event.preventDefault();
  asked = Object.fromEntries(FIELDS.map((id) => [id, control(id).value.trim()]).filter(([, value]) => value !== ""));
  found = [];
  show(part("call", HTMLElement), false);
  duty.try(() => look({}));
});
more.addEventListener("click", () => {
  const last = found.at(-1);
  if (last) duty.try(() => look({ before_at: last.began_at, before: last.id }));
});

duty.start(fillChoices);
