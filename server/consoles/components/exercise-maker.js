// <exercise-maker>: an exercise of a script or of a past call, and a session with one. Dispatches `of-script`, `draft`, `of-call` and `begin`.

import { ask, el, field } from "../shared/dom.js";
import { said } from "../shared/duty.js";

/** @import { Face, Party } from "../shared/types.js" */
/** @typedef {{ id: string, title: string, of: string, by: string, approved_by: string | null, taken_out: number, stand_ins: string[], spoken: number, silent: number }} Exercise */
/** @typedef {{ lines: { party: Party, at_ms: number, text: string }[], taken_out: string[], stand_ins: string[] }} Draft */

const PAUSES = "One a line, as in “00:20 What would you ask now?” The call waits there for the trainee's decision.";

export class ExerciseMaker extends HTMLElement {
  #ready = el("select", { id: "begin-exercise", required: true });
  #group = el("fieldset", {}, el("legend", { class: "label" }, "Trainees"));
  #scripts = el("select", { id: "script-name" });
  #draft = el("div", {});
  #call = el("input", { id: "call-id", required: true, autocomplete: "off" });

  connectedCallback() {
    if (this.childElementCount === 0) this.append(this.#begin(), this.#ofScript(), this.#ofCall());
  }

  /** @param {{ exercises: Exercise[], scripts: string[], people: Face[], me: string }} shown */
  show({ exercises, scripts, people, me }) {
    this.#ready.replaceChildren(...exercises.filter(({ approved_by }) => approved_by).map(({ id, title }) => el("option", { value: id }, title)));
    this.#scripts.replaceChildren(...scripts.map((name) => el("option", { value: name }, name)));
    const chosen = new Set(this.#chosen());
    const boxes = people.filter(({ id }) => id !== me).map(({ id, name }) => {
      const box = el("input", { type: "checkbox", id: `with-${id}`, value: id, checked: chosen.has(id) });
      return el("div", { class: "switch" }, box, el("label", { for: `with-${id}` }, name));
    });
    this.#group.replaceChildren(el("legend", { class: "label" }, "Trainees"), ...boxes);
  }

  /** @param {Draft} draft */
  showDraft({ lines, taken_out, stand_ins }) {
    this.#draft.replaceChildren(
      el("p", {}, taken_out.length > 0 ? `Taken out of words and sound: ${taken_out.join(", ")}. In their place: ${stand_ins.join(", ")}.` : "Nothing is taken out yet. Read it again."),
      el("ol", { class: "scroll", tabindex: "0", "aria-label": "How it would read" }, ...lines.map(said)),
    );
  }

  /** A call that somebody comes with. @param {string} call */
  comeWith(call) {
    this.#call.value = call;
    document.getElementById("call-name")?.focus();
  }

  #chosen() {
    return [...this.#group.querySelectorAll("input")].filter((box) => box.checked).map((box) => box.value);
  }

  #begin() {
    const form = el("form", {}, field("begin-exercise", "Exercise", this.#ready), this.#group, el("button", { type: "submit", class: "primary" }, "Begin session"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      ask(this, "begin", { exercise: this.#ready.value, trainees: this.#chosen() });
    });
    return el("section", { "aria-labelledby": "begin-title" }, el("h2", { id: "begin-title" }, "A session"), form);
  }

  #ofScript() {
    const pauses = el("textarea", { id: "script-pauses", "aria-describedby": "script-hint" });
    const form = el("form", {}, field("script-name", "Script", this.#scripts), field("script-pauses", "Pauses (optional)", pauses), el("p", { id: "script-hint", class: "quiet" }, PAUSES), el("button", { type: "submit" }, "Make exercise of script"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      ask(this, "of-script", { script: this.#scripts.value, pauses: pauses.value });
    });
    return el("section", { "aria-labelledby": "script-title" }, el("h2", { id: "script-title" }, "An exercise of a script"), form);
  }

  #ofCall() {
    const call = this.#call;
    const title = el("input", { id: "call-name", maxlength: "120", autocomplete: "off" });
    const also = el("textarea", { id: "call-also", "aria-describedby": "also-hint" });
    const pauses = el("textarea", { id: "call-pauses" });
    const look = el("button", { type: "button" }, "See what would be taken out");
    const given = () => ({ call: call.value.trim(), also: also.value.split(/[,\n]/).map((word) => word.trim()).filter(Boolean) });
    look.addEventListener("click", () => ask(this, "draft", given()));
    const form = el(
      "form",
      {},
      field("call-id", "The call's id", call),
      field("call-name", "Title", title),
      field("call-also", "Further names, numbers and places in it", also),
      el("p", { id: "also-hint", class: "quiet" }, "With commas between. The machine suggests; what it does not see, you name here. A second person looks at the whole."),
      field("call-pauses", "Pauses (optional)", pauses),
      this.#draft,
      el("p", { class: "acts" }, look, el("button", { type: "submit" }, "Make exercise of call")),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      ask(this, "of-call", { ...given(), title: title.value.trim(), pauses: pauses.value });
    });
    return el("section", { "aria-labelledby": "call-title" }, el("h2", { id: "call-title" }, "An exercise of a past call"), form);
  }
}

customElements.define("exercise-maker", ExerciseMaker);
