// <staff-load>: the specialists, whether they are here, and how many calls each has.

import { el, keyed, setText, show } from "../shared/dom.js";
import { Memo } from "../shared/memo.js";
import { staff } from "../shared/view.js";
import { callName, counted, skillText } from "../shared/words.js";

/** @import { Face, Model } from "../shared/types.js" */

export class StaffLoad extends HTMLElement {
  #memo = new Memo();
  #list = el("ul", { class: "staff" });
  #empty = el("p", { class: "quiet" }, "Nobody is on duty as specialist.");
  #count = el("p", { class: "quiet" });

  connectedCallback() {
    if (this.childElementCount === 0) this.append(el("h2", {}, "Specialists"), this.#count, this.#empty, this.#list);
  }

  /** @param {{ model: Model, named: boolean }} shown */
  show({ model, named }) {
    if (this.#memo.same(model.lines, model.people, named)) return;
    const here = staff(model);
    const onDuty = here.filter(({ person }) => person.on_duty);
    show(this.#empty, onDuty.length === 0);
    show(this.#count, onDuty.length > 0);
    setText(this.#count, `${counted(onDuty.length, "person", "people")} on duty, ${counted(onDuty.reduce((sum, { calls }) => sum + calls.length, 0), "call")}`);
    show(this.#list, named);
    if (!named) {
      this.#list.replaceChildren();
      return;
    }
    keyed(this.#list, here, ({ person }) => person.id, make, (node, { person, calls }) => {
      const [name, state, load] = node.children;
      if (name) setText(name, person.name);
      if (state) setText(state, stateOf(person));
      if (load) setText(load, calls.length > 0 ? calls.map((line) => callName(line.call)).join(", ") : person.on_duty ? "No call" : "");
      node.classList.toggle("away", !person.on_duty);
    });
  }
}

function make() {
  return el("li", {}, el("span", { class: "staff-name" }), el("span", { class: "staff-state" }), el("span", { class: "staff-calls" }));
}

/** @param {Face} person */
function stateOf(person) {
  if (!person.on_duty) return "Off duty";
  const skills = (person.skills ?? []).map(skillText).join(", ");
  return `${person.on_break ? "On a break" : "On duty"}${skills ? ` · ${skills}` : ""}`;
}

customElements.define("staff-load", StaffLoad);
