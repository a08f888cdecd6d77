// <call-list>: the calls that I may know of, narrowed as I wish. Dispatches `choose` and `take`.

import { ask, el, keyed, setBadge, setText, show } from "../shared/dom.js";
import { Memo, whole } from "../shared/memo.js";
import { FILTERS, mayTake, narrowed } from "../shared/view.js";
import { callName, CLASSES, clock, counted, lineNumberText, nameOf, togetherText } from "../shared/words.js";

/** @import { Face, Line, Model, Waiting } from "../shared/types.js" */

export class CallList extends HTMLElement {
  #memo = new Memo();
  #filter = "all";
  #filters = el("div", { class: "filters", role: "group", "aria-label": "Show" });
  #name = el("input", { type: "search", "aria-label": "Call name", placeholder: "Call name", autocomplete: "off", hidden: true });
  #list = el("ol", { class: "calls" });
  #empty = el("p", { class: "quiet" });

  connectedCallback() {
    if (this.childElementCount > 0) return;
    for (const { value, label } of this.hasAttribute("filters") ? FILTERS : []) {
      const button = el("button", { type: "button", class: "small", "aria-pressed": String(value === "all") }, label);
      button.addEventListener("click", () => this.#narrow(value));
      button.dataset.filter = value;
      this.#filters.append(button);
    }
    show(this.#name, this.hasAttribute("filters"));
    this.#name.addEventListener("input", () => ask(this, "narrowed"));
    this.append(el("h2", {}, "Calls"), this.#filters, this.#name, this.#list, this.#empty);
  }

  /** The calls in the order in which they stand. @param {Model} model */
  order(model) {
    return narrowed(model, this.#filter, this.#name.value).map((line) => line.call);
  }

  /** @param {{ model: Model, now_ms: number }} shown */
  show({ model, now_ms }) {
    const { me, people, selected } = model;
    if (!me || this.#memo.same(model.lines, model.waiting, model.people, me, selected, this.#filter, this.#name.value, whole(now_ms))) return;
    const lines = narrowed(model, this.#filter, this.#name.value);
    const waiting = new Map(model.waiting.map((one) => [one.call, one]));
    show(this.#empty, lines.length === 0);
    const all = this.#filter === "all" && this.#name.value.trim() === "";
    setText(this.#empty, all ? "No calls. New calls appear here by themselves." : "No call is so.");
    keyed(this.#list, lines, (line) => line.call, () => new CallItem(this).node, (node, line) => {
      const shown = { line, current: line.call === selected, me, people, waiting: waiting.get(line.call), now_ms };
      items.get(node)?.show(shown);
    });
  }

  /** @param {string} filter */
  #narrow(filter) {
    this.#filter = filter;
    for (const button of this.#filters.children) {
      button.setAttribute("aria-pressed", String(button instanceof HTMLElement && button.dataset.filter === filter));
    }
    ask(this, "narrowed");
  }
}

/** @typedef {{ line: Line, current: boolean, me: Face, people: Record<string, Face>, waiting: Waiting | undefined, now_ms: number }} Shown */

class CallItem {
  #call = "";
  /** @type {Line | null} */
  #line = null;
  #name = el("span", { class: "call-name" });
  #time = el("span", { class: "call-time" });
  #badge = el("span", { class: "call-class" });
  #number = el("span", { class: "call-number" });
  #together = el("span", { class: "call-together" });
  #prompts = el("span", { class: "call-prompts" });
  #who = el("span", { class: "call-who" });
  #waits = el("span", { class: "call-waits" });
  #deaf = el("span", { class: "call-deaf" });
  #open = el("button", { type: "button", class: "call" }, this.#name, this.#time, this.#badge, this.#number, this.#together, this.#prompts, this.#waits, this.#who, this.#deaf);
  #take = el("button", { type: "button", class: "small" }, "Take call");
  node = el("li", {}, this.#open, this.#take);

  /** @param {EventTarget} list */
  constructor(list) {
    this.#open.addEventListener("click", () => ask(list, "choose", { call: this.#call }));
    this.#take.addEventListener("click", () => ask(list, "take", { call: this.#call }));
    items.set(this.node, this);
  }

  /** @param {Shown} shown */
  show({ line, current, me, people, waiting, now_ms }) {
    const ended = line.ended_at !== null;
    const until = line.ended_at !== null ? Date.parse(line.ended_at) : now_ms;
    setText(this.#time, `${ended ? "ended, " : ""}${clock(until - Date.parse(line.arrived_at ?? ""))}`);
    this.#open.setAttribute("aria-current", String(current));
    setText(this.#waits, waiting ? `Waiting, number ${waiting.rank}: ${waiting.because.join("; ")}` : "");
    show(this.#waits, waiting !== undefined);
    show(this.#take, mayTake(line, me));
    if (this.#line === line && this.#who.dataset.people === String(Object.keys(people).length)) return;
    this.#line = line;
    this.#call = line.call;
    setText(this.#name, callName(line.call));
    setBadge(this.#badge, line.severity, CLASSES[line.severity]);
    setText(this.#number, lineNumberText(line));
    show(this.#number, this.#number.textContent !== "");
    setText(this.#together, togetherText(line));
    show(this.#together, this.#together.textContent !== "");
    setText(this.#prompts, promptsText(line));
    this.#who.dataset.people = String(Object.keys(people).length);
    setText(this.#who, whoText(line, people, me));
    setText(this.#deaf, deafText(line));
    show(this.#deaf, this.#deaf.textContent !== "");
    this.node.classList.toggle("ended", ended);
  }
}

/** @type {WeakMap<HTMLElement, CallItem>} */
const items = new WeakMap();

/** @param {Line} line */
export function promptsText({ open_prompts: open, unowned_prompts: unowned, escalated = "", unresolved = 0, ended_at }) {
  if (ended_at !== null && unresolved > 0) return `${counted(unresolved, "prompt")} unresolved at the end`;
  if (open === 0) return "No open prompts";
  const raised = escalated ? `, brought to ${escalated}` : "";
  return `${counted(open, "open prompt")}${unowned > 0 ? `, ${unowned} not owned` : ""}${raised}`;
}

/** @param {Line} line @param {Record<string, Face>} people @param {Face} me */
function whoText(line, people, me) {
  const handler = line.handler ? nameOf(people, line.handler, me) : "No handler";
  const specialist = line.specialist ? nameOf(people, line.specialist, me) : "no specialist";
  const text = `${handler} · ${specialist}`;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** @param {Line} line */
export function deafText(line) {
  if (line.ended_at !== null || line.transfer) return "";
  if (line.deaf.length > 0) return `Not listening to ${line.deaf.join(" and ")}`;
  return line.connected ? "" : "No sound line";
}

customElements.define("call-list", CallList);
