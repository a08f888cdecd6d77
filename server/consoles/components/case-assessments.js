// <case-assessments>: forms that a person fills in beside what the calls suggest; every answer is theirs.

import { el, setText } from "../shared/dom.js";
import { dayAndTime } from "../shared/brief.js";
import { controlOf, formOf, options } from "../shared/fields.js";
import { CasePart } from "./case-part.js";

/** @import { Assessment, CaseView, Form, Question, Suggestion } from "../shared/cases.js" */

class CaseAssessments extends CasePart {
  /** Answers are shown where they are: drawing anew would take the focus from the next question. @param {CaseView} view @override */
  slice({ assessments, forms }) {
    return [forms.map(({ id, version }) => [id, version]), assessments.map(({ id, stands, suggested }) => [id, stands.signed, suggested])];
  }

  /** @param {CaseView} view @override */
  show(view) {
    super.show(view);
    for (const one of view.assessments) {
      for (const [question, answered] of Object.entries(one.stands.answers)) {
        const node = this.querySelector(`#answered-${one.id}-${question}`);
        const before = answered.before.length > 0 ? `; before: ${answered.before.join(", ")}` : "";
        const note = answered.given.note ? ` “${answered.given.note}”` : "";
        if (node) setText(node, `${answered.given.answer}${note}, ${answered.given.person} at ${dayAndTime(answered.at)}${before}`);
      }
    }
  }

  /** @param {CaseView} view @override */
  draw({ assessments, forms }) {
    const starts = forms.map((form) => this.#start(form));
    return [
      el("h2", {}, "Risk assessments"),
      el("p", { class: "quiet" }, "Nothing is added up, and nothing here decides. What was heard is suggested; each answer is yours."),
      ...assessments.toReversed().map((one) => (one.stands.signed || !one.form ? finished(one) : this.#open(one, one.form))),
      el("div", { class: "starts" }, ...starts),
    ];
  }

  /** @param {Form} form */
  #start(form) {
    const begin = formOf([], `Begin: ${form.title}`, () => this.act("assessments", { form: form.id }));
    return el("div", { class: "offered" }, el("p", {}, el("strong", {}, form.title), ` ${form.about}`), el("p", { class: "quiet" }, form.licence), begin);
  }

  /** @param {Assessment} one @param {Form} form */
  #open(one, form) {
    const sections = form.sections.map(({ title, questions }) => el("section", {}, el("h4", {}, title), ...questions.map((question) => this.#question(one, question))));
    const sign = formOf(
      [
        { name: "level", label: "Your conclusion", kind: "select", options: options(form.levels) },
        { name: "judgement", label: "Why, in your own words", kind: "area" },
      ],
      "Sign it",
      (values) => this.act(`assessments/${one.id}/sign`, values),
    );
    return el("article", { class: "assessment", "aria-labelledby": `form-${one.id}` }, el("h3", { id: `form-${one.id}` }, `${form.title}, begun ${dayAndTime(one.stands.begun_at)}`), ...sections, el("section", {}, el("h4", {}, "Conclusion"), sign));
  }

  /** @param {Assessment} one @param {Question} question */
  #question(one, question) {
    const said = one.suggested[question.id] ?? [];
    const words = question.answers.length === 0;
    const answer = words ? controlOf({ name: "answer", label: "", kind: "area" }) : controlOf({ name: "answer", label: "", kind: "select", options: [{ value: "", label: "Not answered" }, ...options(question.answers)] });
    const note = controlOf({ name: "note", label: "", optional: true });
    note.setAttribute("aria-label", `Note on: ${question.ask}`);
    if (!words && one.stands.answers[question.id]) answer.value = one.stands.answers[question.id]?.given.answer ?? "";
    const put = el("button", { type: "button", class: "small" }, "Put on record");
    put.addEventListener("click", () => answer.value.trim() && this.act(`assessments/${one.id}/answers`, { question: question.id, answer: answer.value.trim(), note: words ? "" : note.value.trim() }));
    return el(
      "div",
      { class: "question" },
      el("label", { for: answer.id, class: "asked" }, question.ask),
      question.help ? el("p", { class: "quiet" }, question.help) : null,
      said.length > 0 ? el("div", { class: "suggested" }, el("p", { class: "label" }, "Suggested by calls"), el("ul", {}, ...said.map(suggestionOf))) : null,
      el("div", { class: words ? "answering in-words" : "answering" }, answer, words ? null : el("div", {}, el("label", { for: note.id }, "Note"), note), put),
      el("p", { id: `answered-${one.id}-${question.id}`, class: "answered", role: "status" }),
    );
  }
}

/** @param {Suggestion} one */
export function suggestionOf(one) {
  const source = one.source === "third-hand" ? ", at third hand" : "";
  return el("li", {}, `${one.says}${source}: “${one.quote}” (Call ${one.call.slice(-4).toUpperCase()}, ${dayAndTime(one.said_at)})`);
}

/** @param {Assessment} one */
function finished(one) {
  const { signed, signed_at, answers } = one.stands;
  const title = one.form?.title ?? `A form that has changed since (${one.stands.begun.form})`;
  const rows = Object.entries(answers).flatMap(([question, { given }]) => [el("dt", {}, askOf(one, question)), el("dd", {}, given.note ? `${given.answer}: ${given.note}` : given.answer)]);
  return el(
    "details",
    { class: "assessment" },
    el("summary", {}, signed && signed_at ? `${title}: ${signed.level}, signed by ${signed.person} ${dayAndTime(signed_at)}` : `${title}: left open`),
    signed ? el("p", {}, signed.judgement) : null,
    el("dl", {}, ...rows),
  );
}

/** @param {Assessment} one @param {string} question */
function askOf(one, question) {
  return one.form?.sections.flatMap(({ questions }) => questions).find(({ id }) => id === question)?.ask ?? question;
}

customElements.define("case-assessments", CaseAssessments);
