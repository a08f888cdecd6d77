// <call-grade>: how people have graded the call, and which lower grade waits for a second person.
// Dispatches `grade` (the one chosen) and `downgrade` (one that waits). It proposes nothing.

import { ask, el, keyed, setText, show } from "../shared/dom.js";
import { nameOf } from "../shared/words.js";

/** @import { Call, Downgrade, Face, Grade } from "../shared/types.js" */

export class CallGrade extends HTMLElement {
  #title = el("h3", { id: "grade-label" });
  #scale = el("div", { class: "grade-scale", role: "group", "aria-labelledby": "grade-label" });
  #waiting = el("ul", { class: "downgrades" });

  connectedCallback() {
    if (this.childElementCount === 0) this.append(this.#title, this.#scale, this.#waiting);
  }

  /** @param {{ call: Call | null, scale: Grade[], me: Face, people: Record<string, Face> }} shown */
  show({ call, scale, me, people }) {
    show(this, call !== null && (scale.length > 0 || call.dispatch.grade !== ""));
    if (!call) return;
    const { grade, graded_by, downgrades } = call.dispatch;
    const by = graded_by ? `, by ${nameOf(people, graded_by, me)}` : "";
    setText(this.#title, grade ? `Grade: ${grade}${by}` : "Not graded yet");
    keyed(this.#scale, scale, ({ name }) => name, ({ name }) => this.#choice(name), (button, { name }) => {
      button.setAttribute("aria-pressed", String(name === grade));
    });
    show(this.#waiting, downgrades.length > 0);
    keyed(this.#waiting, downgrades, ({ change }) => change, ({ change }) => this.#waits(change), (node, downgrade) => {
      const [text, button] = node.children;
      if (text) setText(text, downgradeText(downgrade, people, me));
      if (button) setText(button, downgrade.by === me.id ? "See or take back" : "See and decide");
    });
  }

  /** @param {string} name */
  #choice(name) {
    const button = el("button", { type: "button", class: "small" }, name);
    button.addEventListener("click", () => ask(this, "grade", { grade: name }));
    return button;
  }

  /** @param {string} change */
  #waits(change) {
    const button = el("button", { type: "button", class: "small" });
    button.addEventListener("click", () => ask(this, "downgrade", { change }));
    return el("li", {}, el("span", {}), button);
  }
}

/** @param {Downgrade} downgrade @param {Record<string, Face>} people @param {Face} me */
export function downgradeText({ grade, by, done, turned_down }, people, me) {
  const who = nameOf(people, by, me);
  if (done && turned_down) return `Lowered to ${grade} without a second person; ${nameOf(people, turned_down.by, me)} says it should not stand: “${turned_down.reason}”`;
  if (done) return `Lowered to ${grade} by ${who}, without a second person.`;
  return `${who === "you" ? "You ask" : `${who} asks`} to lower it to ${grade}. It waits for a second person; the grade stays.`;
}

customElements.define("call-grade", CallGrade);
