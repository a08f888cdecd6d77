// <call-head>: which call this is, who has it and why, and what can be done about that.
// Dispatches `take`, `give`, `release`, `need` and `reviewed`.

import { ask, el, keyButton, setText, show } from "../shared/dom.js";
import { mayGive, mayTake, selectedLine } from "../shared/view.js";
import { callName, clock, nameOf, NEEDS, skillText, togetherText } from "../shared/words.js";

/** @import { Call, Face, Line, Model, Role, Waiting } from "../shared/types.js" */

export class CallHead extends HTMLElement {
  #title = el("h2", { id: "call-title" }, "No call");
  #facts = el("p", { id: "call-facts", class: "facts" });
  #together = el("p", { class: "call-together", role: "status" });
  #why = el("p", { class: "why" });
  #brief = el("a", { class: "head-link", target: "_blank", hidden: true }, "Brief");
  #cases = el("a", { class: "head-link", target: "_blank", "aria-label": "Cases, in a new tab", hidden: true }, "Cases");
  #take = keyButton("Take call", "c", () => ask(this, "take"), { id: "take", class: "primary small", hidden: true });
  #give = keyButton("Hand over", "n", () => ask(this, "give"), { class: "small", hidden: true });
  #release = keyButton("Release", "", () => ask(this, "release"), { class: "small", hidden: true });
  #reviewed = keyButton("Reviewed", "", () => ask(this, "reviewed"), { class: "small", hidden: true });
  #needs = el("select", { "aria-label": "This call needs a specialist for", class: "small", hidden: true }, el("option", { value: "" }, "Needs…"), ...NEEDS.map(({ value, label }) => el("option", { value }, `Needs: ${label}`)));

  connectedCallback() {
    if (this.childElementCount > 0) return;
    this.#needs.addEventListener("change", () => {
      if (this.#needs.value) ask(this, "need", { need: this.#needs.value });
      this.#needs.value = "";
    });
    this.append(
      el("div", { class: "head-line" }, this.#title, this.#facts, el("div", { class: "head-acts" }, this.#brief, this.#cases, this.#take, this.#give, this.#release, this.#reviewed, this.#needs)),
      this.#together,
      this.#why,
    );
  }

  /** @param {{ model: Model, call: Call | null, now_ms: number }} shown */
  show({ model, call, now_ms }) {
    const { me, people } = model;
    const line = selectedLine(model);
    if (!me) return;
    setText(this.#title, line ? callName(line.call) : "No call");
    setText(this.#facts, line ? factsOf(line, call, people, me, now_ms) : "Choose a call from the list.");
    setText(this.#together, line ? togetherText(line) : "");
    this.#link(line, call, me.role);
    const waiting = model.waiting.find((one) => one.call === line?.call);
    setText(this.#why, line ? whyText(line, call, waiting, me, people) : "");
    show(this.#why, this.#why.textContent !== "");
    show(this.#take, Boolean(line && mayTake(line, me)));
    show(this.#give, Boolean(line && mayGive(line, me)));
    show(this.#release, Boolean(line?.specialist && mayGive(line, me)));
    show(this.#reviewed, Boolean(call && call.reviews.length > 0 && me.role !== "handler"));
    show(this.#needs, Boolean(line && line.ended_at === null && me.role === "specialist"));
  }

  /** To the call's brief, and to the cases that it is in. @param {Line | undefined} line @param {Call | null} call @param {Role} role */
  #link(line, call, role) {
    const name = encodeURIComponent(line?.call ?? "");
    const asks = call?.crew_asks ?? 0;
    this.#brief.href = `/brief/${name}`;
    this.#cases.href = `/cases?call=${name}`;
    setText(this.#brief, asks > 0 ? "Brief: the crew asks" : "Brief");
    this.#brief.setAttribute("aria-label", `${this.#brief.textContent}, in a new tab`);
    this.#brief.classList.toggle("asks", asks > 0);
    show(this.#brief, Boolean(line && call));
    show(this.#cases, Boolean(line && role !== "handler"));
  }
}

/** @param {Line} line @param {Call | null} call @param {Record<string, Face>} people @param {Face} me @param {number} now_ms */
function factsOf(line, call, people, me, now_ms) {
  const ended_ms = call?.ended_ms ?? null;
  const time = ended_ms === null ? clock(now_ms - Date.parse(line.arrived_at ?? "")) : `ended at ${clock(ended_ms)}`;
  const handler = `handler ${nameOf(people, line.handler, me) || "none"}`;
  const specialist = `specialist ${nameOf(people, line.specialist, me) || "none"}`;
  return (line.handler === me.id ? [time, specialist] : [time, handler, specialist]).join(" · ");
}

/** Why this specialist, or why none. @param {Line} line @param {Call | null} call @param {Waiting | undefined} waiting @param {Face} me @param {Record<string, Face>} people */
function whyText(line, call, waiting, me, people) {
  const because = line.assigned_because ?? call?.because ?? [];
  const parts = [];
  if (line.specialist && because.length > 0 && me.role !== "handler") {
    parts.push(`Why ${nameOf(people, line.specialist, me) === "you" ? "me" : nameOf(people, line.specialist, me)}: ${because.join("; ")}.`);
  }
  if (call?.released?.note && call.specialist === me.id) parts.push(`Handed over by ${nameOf(people, call.released.holder, me)}: “${call.released.note}”`);
  if (!line.specialist && line.nobody_on_duty) parts.push(`Nobody is on duty.${call?.next_shift ? ` Next shift: ${call.next_shift}.` : ""}`);
  if (waiting) parts.push(`Number ${waiting.rank} waiting: ${waiting.because.join("; ")}.`);
  if ((line.needs ?? []).length > 0) parts.push(`Needs: ${(line.needs ?? []).map(skillText).join(", ")}.`);
  if (call && call.reviews.length > 0) parts.push(`For review: ${call.reviews.join("; ")}.`);
  return parts.join(" ");
}

customElements.define("call-head", CallHead);
