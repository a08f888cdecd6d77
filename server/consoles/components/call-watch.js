// <call-watch>: what is still owed to the call, and what people tell of it: units, rings back, noise.
// Dispatches `became` with what to post.

import { OWED, TOLD } from "../shared/dispatch.js";
import { ask, el, keyed, setText, show } from "../shared/dom.js";
import { counted } from "../shared/words.js";
import { ReasonDialog } from "./reason-dialog.js";

/** @import { Call, Dispatch } from "../shared/types.js" */

/** Where the control system names no unit, ours has this name. */
const A_UNIT = "a unit";

export class CallWatch extends HTMLElement {
  #owed = el("ul", { class: "owed" });
  #facts = el("p", { class: "quiet" });
  #reasons = new ReasonDialog();
  #assigned = this.#button("Unit assigned", () => this.#became("units", { unit: A_UNIT, step: "assigned" }));
  #arrived = this.#button("Unit arrived", () => this.#became("units", { unit: this.#first, step: "arrived" }));
  #stoodDown = this.#button("Unit stood down", () => this.#became("units", { unit: this.#first, step: "stood down" }));
  #rung = this.#button("Rung back: answered", () => this.#became("rung-back", { answered: true }));
  #notRung = this.#button("Rung back: no answer", () => this.#became("rung-back", { answered: false }));
  #nobody = this.#button("No unit needed…", () => this.#reasons.open("Why is nobody sent?", (reason) => this.#became("no-unit", { reason })));
  #noise = this.#button("Noise…", () => this.#reasons.open("Why did nobody need help?", (reason) => this.#became("noise", { reason })));
  /** @type {Dispatch["units"]} */
  #units = {};

  connectedCallback() {
    if (this.childElementCount > 0) return;
    const buttons = [this.#assigned, this.#arrived, this.#stoodDown, this.#rung, this.#notRung, this.#nobody, this.#noise];
    this.append(this.#owed, this.#facts, el("div", { class: "watch-acts", role: "group", "aria-label": "What became of the call" }, ...buttons), this.#reasons);
  }

  get isOpen() {
    return this.#reasons.isOpen;
  }

  /** @param {{ call: Call | null }} shown */
  show({ call }) {
    show(this, call !== null);
    if (!call) return;
    const { units, watches, not_needed, noise, rung_back } = call.dispatch;
    this.#units = units;
    show(this.#owed, Object.keys(watches).length > 0);
    keyed(this.#owed, Object.entries(watches), ([watch]) => watch, () => el("li", {}), (node, [watch, to]) => {
      setText(node, `${OWED[watch] ?? watch}: ${TOLD[to] ?? `brought to ${to}`}`);
    });
    setText(this.#facts, factsOf(call.dispatch));
    show(this.#facts, this.#facts.textContent !== "");
    const coming = Object.keys(units).length > 0;
    show(this.#assigned, !coming);
    show(this.#arrived, Object.values(units).includes("assigned"));
    show(this.#stoodDown, coming);
    for (const button of [this.#rung, this.#notRung]) show(button, call.ended_ms !== null && rung_back !== true);
    show(this.#nobody, !coming && not_needed === "");
    show(this.#noise, noise === "");
  }

  /** The unit that a button is about: the first that has not arrived, else the first. */
  get #first() {
    const names = Object.keys(this.#units);
    return names.find((name) => this.#units[name] === "assigned") ?? names[0] ?? A_UNIT;
  }

  /** @param {string} what @param {object} body */
  #became(what, body) {
    ask(this, "became", { what, body });
  }

  /** @param {string} label @param {() => void} does */
  #button(label, does) {
    const button = el("button", { type: "button", class: "small" }, label);
    button.addEventListener("click", does);
    return button;
  }
}

/** @param {Dispatch} dispatch */
function factsOf({ units, not_needed, noise, rung_back, queue }) {
  const here = Object.values(units).filter((step) => step === "arrived").length;
  const coming = Object.keys(units).length - here;
  const parts = [];
  if (coming > 0) parts.push(`${counted(coming, "unit")} on the way`);
  if (here > 0) parts.push(`${counted(here, "unit")} there`);
  if (not_needed) parts.push(`Nobody is sent: “${not_needed}”`);
  if (rung_back !== null) parts.push(rung_back ? "Rung back, answered" : "Rung back, no answer");
  if (queue) parts.push(`Queue: ${queue}`);
  if (noise) parts.push(`Labelled noise: “${noise}”`);
  return parts.join(" · ");
}

customElements.define("call-watch", CallWatch);
