// <brief-sheet>: the paper itself: twenty seconds first, then every line with its words and its time. Nothing to press.

import { classBadge, el } from "../shared/dom.js";
import { dayAndTime, factsOf, shortTime, timeOf } from "../shared/brief.js";
import { callName, counted } from "../shared/words.js";

/** @import { Brief, Line, Looked, TopicState, View } from "../shared/brief.js" */

const CLASSES = { immediate: "Immediate", high: "High", contextual: "Context", none: "" };

export class BriefSheet extends HTMLElement {
  #seq = -1;

  /** @param {View} view */
  show(view) {
    if (view.brief.seq === this.#seq) return;
    this.#seq = view.brief.seq;
    const { brief } = view;
    this.replaceChildren(
      standing(view),
      el("section", { class: "lead", "aria-labelledby": "lead-title" }, el("h2", { id: "lead-title" }, "In twenty seconds"), leadOf(view)),
      block("heard", "Heard now", brief.heard.map(lineOf), "Nothing of risk has been heard yet."),
      block("third-hand", "Third-hand", brief.third_hand.map(lineOf), "Nothing at third hand."),
      block("record", "Police record", recordsOf(brief), ""),
      block("not-asked", "Not asked", unasked(brief), "Everything on the checklist was answered."),
      notesOf(brief),
      deniedOf(brief),
    );
  }
}

/** @param {View} view */
function standing({ brief, there_at, responsible, now }) {
  const facts = [
    brief.arrived_at ? `Call answered ${timeOf(brief.arrived_at)}` : "",
    brief.live ? "the call goes on" : "the call has ended",
    there_at ? `crew there since ${shortTime(there_at)}` : "crew not there yet",
    `responsible: ${responsible}`,
    `as of ${timeOf(now)}`,
  ];
  const loud = [
    brief.covert ? "The caller may not be free to speak." : "",
    brief.whispering ? "The caller may be whispering." : "",
    brief.third_party ? "The caller speaks for somebody else." : "",
  ].filter(Boolean);
  return el("div", { class: "sheet-head" }, el("p", {}, facts.filter(Boolean).join(" · ")), ...loud.map((text) => el("p", { class: "loud" }, text)));
}

/** @param {View} view */
function leadOf({ lead }) {
  return el("dl", {}, ...lead.flatMap(([name, text]) => [el("dt", {}, name), el("dd", {}, text)]));
}

/** @param {string} name @param {string} title @param {HTMLElement[]} lines @param {string} none */
function block(name, title, lines, none) {
  const id = `block-${name}`;
  const body = lines.length > 0 ? el("ul", { class: "lines" }, ...lines) : el("p", { class: "quiet" }, none);
  return el("section", { class: `block block-${name}`, "aria-labelledby": id }, el("h2", { id }, title), body);
}

/** @param {Line} line */
function lineOf(line) {
  return el(
    "li",
    { class: line.must ? "must" : null },
    el("p", { class: "line-title" }, classBadge(line.severity, CLASSES[line.severity]), el("strong", {}, line.title), line.after_arrival ? el("span", { class: "since" }, "since arrival") : null),
    el("blockquote", {}, `“${line.quote}”`),
    el("p", { class: "quiet" }, factsOf(line).join(" · ")),
  );
}

/** @param {Brief} brief */
function recordsOf(brief) {
  const said = brief.on_record.map(lineOf);
  const looked = brief.records.map(looking);
  const unread = brief.earlier_unread ? `. What was said on ${brief.earlier_calls === 1 ? "it" : "them"} cannot be read now.` : "";
  const calls = brief.earlier_calls > 0 ? [el("li", {}, el("strong", {}, `${counted(brief.earlier_calls, "earlier call")}${unread}`), el("p", { class: "quiet" }, brief.earlier_because))] : [];
  calls.push(...brief.earlier.map(earlierOf));
  const not = brief.not_checked.length > 0 ? [el("li", { class: "loud" }, `NOT CHECKED: ${brief.not_checked.join(", ")}`)] : [];
  return [...not, ...looked, ...calls, ...said];
}

/** What was said on an earlier call. @param {import("../shared/brief.js").Earlier} one */
function earlierOf(one) {
  return el(
    "li",
    { class: one.severity === "immediate" ? "must" : null },
    el("p", { class: "line-title" }, classBadge(one.severity, CLASSES[one.severity]), el("strong", {}, one.title), el("span", { class: "since" }, "on an earlier call")),
    el("blockquote", {}, `“${one.quote}”`),
    el("p", { class: "quiet" }, `${dayAndTime(one.said_at)}, ${callName(one.call)}`),
  );
}

/** @param {Looked} looked */
function looking(looked) {
  const text = looked.text ? `: ${looked.text}` : "";
  return el(
    "li",
    { class: looked.found === "none found" ? null : "found" },
    el("strong", {}, `${looked.check}: ${looked.found}${text}`),
    el("p", { class: "quiet" }, `checked ${dayAndTime(looked.checked_at)} by ${looked.by}${looked.source ? `, ${looked.source}` : ""}`),
  );
}

/** @param {Brief} brief */
function unasked(brief) {
  return brief.topics.filter(({ asking }) => asking !== "answered").map(topicOf);
}

/** @param {TopicState} topic */
function topicOf(topic) {
  const stands = { asked: ": asked, no answer heard", "not safe to ask": ": not safe to ask" };
  return el("li", {}, topic.label + (stands[/** @type {keyof typeof stands} */ (topic.asking)] ?? ""));
}

/** @param {Brief} brief */
function notesOf(brief) {
  if (brief.notes.length === 0) return "";
  const lines = brief.notes.map(({ text, by, at }) => el("li", {}, el("strong", {}, text), el("p", { class: "quiet" }, `${by}, ${timeOf(at)}`)));
  return block("notes", "Added by the control room", lines, "");
}

/** @param {Brief} brief */
function deniedOf(brief) {
  if (brief.denied.length === 0) return "";
  const lines = brief.denied.map((line) => el("li", {}, `${line.title}: “${line.quote}” (${timeOf(line.said_at)})`));
  return block("denied", "Asked, and the caller said no", lines, "");
}

customElements.define("brief-sheet", BriefSheet);
