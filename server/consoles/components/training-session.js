// <training-session>: one session, for its trainer or for one trainee. Dispatches `play`, `decide`, `note` and `end-session`.

import { ask, classBadge, el, field } from "../shared/dom.js";
import { dayAndTime } from "../shared/duty.js";
import { clock } from "../shared/words.js";

/** @import { Role, Severity } from "../shared/types.js" */
/** @typedef {{ marker: string, at_ms: number, by: string, who: string | null, did: string[], after_ms: number | null }} Compared */
/** @typedef {{ trainee: string, came: boolean, call: string | null, playing: boolean, waiting: number | null, decided: { pause: number, text: string }[], compared: Compared[], graded: string[] }} Part */
/** @typedef {{ id: string, title: string, trainer: string, begun_at: string, ended: boolean, trains: boolean, exercise: string, of: string, specialists: boolean, graded: string, pauses: { at_ms: number, question: string }[], parts: Part[], notes: { about: string | null, text: string }[] }} Session */
/** @typedef {{ name: (id: string | null) => string, marker: (id: string) => { title: string, severity: Severity }, role: Role }} Knows */

export class TrainingSession extends HTMLElement {
  #shown = "";

  /** @param {Session} session @param {Knows} knows */
  show(session, knows) {
    // What somebody writes stays while nothing new is to be shown.
    const now = JSON.stringify(session);
    if (now === this.#shown) return;
    this.#shown = now;
    const typed = [...this.querySelectorAll("textarea")].map(({ id, value }) => ({ id, value }));
    this.replaceChildren(this.#head(session, knows), ...session.parts.map((part) => this.#part(session, part, knows)), ...(session.trains ? [this.#notes(session, knows)] : []));
    for (const { id, value } of typed) {
      const field = this.querySelector(`#${CSS.escape(id)}`);
      if (field instanceof HTMLTextAreaElement) field.value = value;
    }
  }

  /** @param {Session} session @param {Knows} knows */
  #head(session, knows) {
    const end = el("button", { type: "button" }, "End session");
    end.addEventListener("click", () => ask(this, "end-session"));
    return el(
      "section",
      { "aria-labelledby": "session-title" },
      el("h2", { id: "session-title" }, session.title),
      el("p", { class: "facts" }, el("span", {}, `trained by ${knows.name(session.trainer)}`), el("span", {}, dayAndTime(session.begun_at)), el("span", {}, session.ended ? "ended" : "open")),
      session.trains && !session.ended ? el("p", { class: "acts" }, end) : null,
    );
  }

  /** @param {Session} session @param {Part} part @param {Knows} knows */
  #part(session, part, knows) {
    const id = `part-${part.trainee}`;
    const state = part.playing ? (part.waiting === null ? "the call goes on" : "the call waits for a decision") : part.call ? "the call is over" : part.came ? "is here" : "has not come yet";
    return el(
      "section",
      { "aria-labelledby": id },
      el("h2", { id }, session.trains ? knows.name(part.trainee) : "Your exercise"),
      el("p", { role: "status" }, session.trains ? `${knows.name(part.trainee)}: ${state}.` : `${state[0]?.toUpperCase()}${state.slice(1)}.`),
      session.trains ? null : this.#own(session, part, knows),
      part.decided.length > 0 ? this.#decisions(session, part) : null,
      part.compared.length > 0 ? this.#compared(session, part, knows) : null,
    );
  }

  /** @param {Session} session @param {Part} part @param {Knows} knows */
  #own(session, part, knows) {
    if (session.ended) return null;
    const pause = part.waiting === null ? undefined : session.pauses[part.waiting];
    if (pause) return this.#decide(pause.question);
    if (part.playing) {
      const desk = knows.role === "handler" ? "panel" : "desk";
      return el("p", {}, el("a", { href: `/training/room/${desk}`, target: "_blank", rel: "noopener" }, "Open your desk in the training room"), " (a new tab). It is your desk, with nobody real on the call.");
    }
    const play = el("button", { type: "button", class: "primary" }, part.call ? "Play it again" : "Take the call");
    play.addEventListener("click", () => ask(this, "play"));
    return el("p", { class: "acts" }, play);
  }

  /** @param {string} question */
  #decide(question) {
    const text = el("textarea", { id: "decision", maxlength: "500", required: true });
    const form = el("form", {}, field("decision", question, text), el("button", { type: "submit", class: "primary" }, "Decide, and go on"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      ask(this, "decide", { text: text.value });
      text.value = "";
    });
    return form;
  }

  /** @param {Session} session @param {Part} part */
  #decisions(session, part) {
    const lines = part.decided.map(({ pause, text }) => el("li", {}, el("p", { class: "label" }, session.pauses[pause]?.question ?? "A pause"), el("p", { class: "quote" }, text)));
    return el("div", {}, el("h3", {}, "Decisions"), el("ul", { class: "rows" }, ...lines));
  }

  /** @param {Session} session @param {Part} part @param {Knows} knows */
  #compared(session, part, knows) {
    const rows = part.compared.map(({ marker, at_ms, by, who, did, after_ms }) => {
      const { title, severity } = knows.marker(marker);
      const late = after_ms === null ? "" : ` (${(after_ms / 1000).toFixed(0)} s after the words)`;
      return el("tr", {}, el("th", { scope: "row" }, classBadge(severity, title)), el("td", {}, by ? `${clock(at_ms)}: ${markedBy(who, by)}` : "not marked"), el("td", {}, did.length > 0 ? did.join("; ") + late : "nothing"));
    });
    const head = el("tr", {}, ...["Marker", session.specialists ? "Specialist" : "On the call or in the script", "Trainee"].map((name) => el("th", { scope: "col" }, name)));
    const nobody = `No specialist has marked this exercise: beside it stands what the ${session.of === "script" ? "script expects" : "machine heard"}.`;
    const grades = [session.graded && `on the call: ${session.graded}`, part.graded.length > 0 && `the trainee: ${part.graded.join(", then ")}`].filter(Boolean).join("; ");
    return el("div", {}, el("h3", {}, session.specialists ? "Beside what the specialist marked" : "Beside what was expected"), session.specialists ? null : el("p", { class: "overdue" }, nobody), grades ? el("p", {}, `Graded ${grades}.`) : null, el("table", {}, el("thead", {}, head), el("tbody", {}, ...rows)));
  }

  /** @param {Session} session @param {Knows} knows */
  #notes(session, knows) {
    const text = el("textarea", { id: "note-text", maxlength: "500", required: true });
    const about = el("select", { id: "note-about" }, el("option", { value: "" }, "The group"), ...session.parts.map(({ trainee }) => el("option", { value: trainee }, knows.name(trainee))));
    const form = el("form", {}, field("note-about", "About", about), field("note-text", "Note", text), el("button", { type: "submit" }, "Keep note"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      ask(this, "note", { text: text.value, about: about.value || null });
      text.value = "";
    });
    const lines = session.notes.map((note) => el("li", {}, `${note.about ? knows.name(note.about) : "The group"}: ${note.text}`));
    return el("section", { "aria-labelledby": "notes-title" }, el("h2", { id: "notes-title" }, "Your notes"), el("p", { class: "quiet" }, "Nobody but you sees them."), lines.length > 0 ? el("ul", { class: "rows" }, ...lines) : null, form);
  }
}

/** Who is behind a line. @param {string | null} who @param {string} by */
function markedBy(who, by) {
  if (who === "specialist") return `the specialist: ${by}`;
  return who === "machine" ? `the machine heard it, no specialist marked it (${by})` : by;
}

customElements.define("training-session", TrainingSession);
