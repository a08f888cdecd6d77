// <call-review>: one call as its reviewer sees it. Dispatches `judged`, `play-from`, `feedback-sent`, `action-opened` and `reviewed`.

import { ask, classBadge, el, field } from "../shared/dom.js";
import { dayAndTime, dayOnly, said } from "../shared/duty.js";
import { CLASSES, PARTIES, callName, clock } from "../shared/words.js";

/** @import { Face, Party, Severity } from "../shared/types.js" */
/** @typedef {{ id: string, list: string, marker: string, party: Party, at_ms: number, quote: string, live: string, because: string, new: boolean, what: string, verdict: string | null, note: string, by: string | null }} Finding */
/** @typedef {{ id: string, call?: string, what: string, owner: string, by: string, due: string, done_by: string | null, note: string }} Action */
/** @typedef {{ party: Party, at_ms: number, text: string }} Said */
/**
 * @typedef {object} Review
 * @property {string} call
 * @property {string | null} arrived_at
 * @property {string | null} ended_at
 * @property {Severity} severity
 * @property {string[]} whys
 * @property {string[]} handlers
 * @property {string | null} specialist
 * @property {{ state: "heard" | "not heard" | "to come", model?: string, how?: string, why?: string }} hearing
 * @property {Finding[]} findings
 * @property {Said[]} live
 * @property {Said[]} again
 * @property {Action[]} actions
 * @property {import("./feedback-list.js").Feedback[]} feedback
 * @property {Face[]} people
 */
/** @typedef {{ name: (id: string | null) => string, marker: (id: string) => { title: string, severity: Severity }, today: string, me: string }} Knows */

const LISTS = [
  { name: "machine missed live", title: "Machine missed live", none: "Nothing that the second hearing or a colleague found." },
  { name: "shown and nobody acted", title: "Shown and nobody acted", none: "Every prompt was acted on." },
  { name: "handler acted unprompted", title: "Handler acted unprompted", none: "Nothing that the words show." },
];
/** A word is understood by what comes before it. */
const LEAD_MS = 3000;
const VERDICTS = [
  { value: "agreed", label: "It is so" },
  { value: "not so", label: "Not so" },
  { value: "no matter", label: "So, but no matter" },
];

export class CallReview extends HTMLElement {
  /** @param {Review} review @param {Knows} knows */
  show(review, knows) {
    const typed = this.#typed();
    this.replaceChildren(
      ...LISTS.map((list) => this.#list(list, review, knows)),
      this.#words(review),
      this.#feedback(review, knows),
      this.#actions(review, knows),
      this.#finish(review),
    );
    for (const [id, value] of typed) this.#put(id, value);
  }

  /** Forget what was typed into the fields of this part, because it has been sent. @param {string} part */
  sent(part) {
    for (const control of this.#controls()) if (control.id.startsWith(`${part}-`)) control.value = control instanceof HTMLSelectElement ? control.value : "";
  }

  /** @returns {(HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement)[]} */
  #controls() {
    return [...this.querySelectorAll("input, textarea, select")].filter((one) => one instanceof HTMLInputElement || one instanceof HTMLTextAreaElement || one instanceof HTMLSelectElement);
  }

  /** What somebody is writing while another part is sent, and what they have opened. @returns {[string, string][]} */
  #typed() {
    const opened = this.querySelector("details")?.open ? [/** @type {[string, string]} */ (["words", "open"])] : [];
    return [...this.#controls().filter(({ value }) => value !== "").map(({ id, value }) => /** @type {[string, string]} */ ([id, value])), ...opened];
  }

  /** @param {string} id @param {string} value */
  #put(id, value) {
    const details = this.querySelector("details");
    if (id === "words" && details) details.open = true;
    const control = this.#controls().find((one) => one.id === id);
    if (control) control.value = value;
  }

  /** What stands above the player: which call it is, and why it is here. @param {Review} review @param {Knows} knows */
  head(review, knows) {
    const { hearing } = review;
    const heard = {
      heard: `Heard again by ${hearing.how}, ${hearing.model}.`,
      "not heard": `Not heard again: ${hearing.why}. What stands here is what was heard live.`,
      "to come": "It has not been heard again yet. What stands here is what was heard live.",
    }[hearing.state];
    const handlers = review.handlers.map((id) => knows.name(id)).join(", ") || "nobody";
    return el(
      "section",
      { "aria-labelledby": "review-title" },
      el("h2", { id: "review-title" }, callName(review.call)),
      el(
        "p",
        { class: "facts" },
        classBadge(review.severity, CLASSES[review.severity]),
        el("span", {}, dayAndTime(review.arrived_at)),
        el("span", {}, `handled by ${handlers}`),
        el("span", {}, `specialist: ${knows.name(review.specialist)}`),
      ),
      el("p", {}, review.whys.length > 0 ? `For review because: ${review.whys.join("; ")}.` : "This call's review is done."),
      el("p", { class: "quiet" }, heard),
      el("p", {}, el("a", { href: `/training?call=${encodeURIComponent(review.call)}` }, "Make an exercise of this call")),
    );
  }

  /** @param {typeof LISTS[number]} list @param {Review} review @param {Knows} knows */
  #list({ name, title, none }, review, knows) {
    const found = review.findings.filter((one) => one.list === name);
    const id = `list-${name.replaceAll(" ", "-")}`;
    return el(
      "section",
      { "aria-labelledby": id },
      el("h2", { id }, `${title} (${found.length})`),
      found.length === 0 ? el("p", { class: "quiet" }, none) : el("ol", { class: "rows" }, ...found.map((one) => this.#finding(one, knows))),
    );
  }

  /** @param {Finding} one @param {Knows} knows */
  #finding(one, knows) {
    const { title, severity } = one.what ? { title: one.what, severity: null } : knows.marker(one.marker);
    return el(
      "li",
      { class: "finding" },
      el(
        "p",
        { class: "finding-head" },
        severity ? classBadge(severity, title) : el("strong", {}, title),
        el("span", { class: "quiet" }, `${clock(one.at_ms)}, ${PARTIES[one.party].toLowerCase()}${one.new ? ", nowhere else in this call" : ""}`),
      ),
      one.quote ? el("blockquote", {}, `“${one.quote}”`) : null,
      one.live && one.live !== one.quote ? el("p", { class: "quiet" }, `Heard live: “${one.live}”`) : null,
      el("p", {}, one.because),
      this.#judging(one, title, knows),
    );
  }

  /** @param {Finding} one @param {string} title @param {Knows} knows */
  #judging(one, title, knows) {
    const note = el("input", { id: `note-${one.id}`, maxlength: "500", value: one.note, autocomplete: "off" });
    const buttons = VERDICTS.map(({ value, label }) => {
      const button = el("button", { type: "button", class: "small", "aria-pressed": String(one.verdict === value) }, label);
      button.addEventListener("click", () => ask(this, "judged", { finding: one.id, verdict: value, note: note.value.trim() }));
      return button;
    });
    const play = el("button", { type: "button", class: "small play-from" }, `Play from ${clock(Math.max(0, one.at_ms - LEAD_MS))}`);
    play.addEventListener("click", () => ask(this, "play-from", { at_ms: Math.max(0, one.at_ms - LEAD_MS) }));
    const by = one.by ? el("span", { class: "quiet" }, `judged by ${knows.name(one.by)}`) : null;
    return el(
      "div",
      {},
      el("div", { class: "acts", role: "group", "aria-label": `${title} at ${clock(one.at_ms)}` }, play, ...buttons, by),
      field(`note-${one.id}`, "Note (optional)", note),
    );
  }

  /** @param {Review} review */
  #words({ live, again }) {
    const column = (/** @type {string} */ title, /** @type {Said[]} */ turns) =>
      el("div", {}, el("h3", {}, title), el("ol", { class: "scroll", tabindex: "0", "aria-label": title }, ...turns.map(said)));
    return el(
      "section",
      { "aria-label": "What was said" },
      el("details", {}, el("summary", {}, "What was said"), el("div", { class: "two" }, column("Heard live", live), again.length > 0 ? column("Heard again", again) : null)),
    );
  }

  /** @param {Review} review @param {Knows} knows */
  #feedback(review, knows) {
    const others = review.handlers.filter((id) => id !== knows.me);
    const to = el("select", { id: "feedback-to" }, ...others.map((id) => el("option", { value: id }, knows.name(id))));
    const well = el("textarea", { id: "feedback-well", maxlength: "1000", required: true });
    const next = el("textarea", { id: "feedback-next", maxlength: "1000" });
    const form = el(
      "form",
      {},
      field("feedback-to", "To", to),
      field("feedback-well", "What went well", well),
      field("feedback-next", "What to try next time (optional)", next),
      el("button", { type: "submit" }, "Send feedback"),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      ask(this, "feedback-sent", { to: to.value, well: well.value, next_time: next.value });
    });
    return el(
      "section",
      { "aria-labelledby": "write-title" },
      el("h2", { id: "write-title" }, "Write to the handler"),
      el("p", { class: "quiet" }, "They can answer. Nobody but the two of you sees it."),
      others.length > 0 ? form : el("p", { class: "quiet" }, "Nobody else handled this call."),
    );
  }

  /** @param {Review} review @param {Knows} knows */
  #actions(review, knows) {
    const what = el("input", { id: "action-what", maxlength: "500", required: true, autocomplete: "off" });
    const owner = el("select", { id: "action-owner" }, ...review.people.map(({ id, name }) => el("option", { value: id }, name)));
    const due = el("input", { id: "action-due", type: "date", min: knows.today, value: knows.today, required: true });
    const form = el("form", {}, field("action-what", "What is to be done", what), field("action-owner", "Who does it", owner), field("action-due", "By", due), el("button", { type: "submit" }, "Open action"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      ask(this, "action-opened", { what: what.value, owner: owner.value, due: due.value });
    });
    const lines = review.actions.map((one) =>
      el("li", {}, `${one.what} — ${knows.name(one.owner)}, by ${dayOnly(one.due)}${one.done_by ? `; done by ${knows.name(one.done_by)}` : ""}`),
    );
    return el("section", { "aria-labelledby": "act-title" }, el("h2", { id: "act-title" }, "Actions from this call"), lines.length > 0 ? el("ul", { class: "rows" }, ...lines) : null, form);
  }

  /** @param {Review} review */
  #finish(review) {
    const note = el("input", { id: "done-note", maxlength: "200", autocomplete: "off" });
    const form = el("form", {}, field("done-note", "Note (optional)", note), el("button", { type: "submit", class: "primary" }, "Review done"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      ask(this, "reviewed", { note: note.value.trim() });
    });
    return el("section", { "aria-labelledby": "finish-title", hidden: review.whys.length === 0 }, el("h2", { id: "finish-title" }, "When you have looked at it all"), form);
  }
}

customElements.define("call-review", CallReview);
