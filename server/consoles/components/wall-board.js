// <wall-board>: every call of the force in a table, the ones that want somebody first. Dispatches `give`.

import { ask, el, keyed, setBadge, setText, show } from "../shared/dom.js";
import { Memo, whole } from "../shared/memo.js";
import { RANKS } from "../shared/prompts.js";
import { isDeaf, live, mayGive } from "../shared/view.js";
import { callName, CLASSES, clock, lineNumberText, nameOf, togetherText } from "../shared/words.js";
import { deafText, promptsText } from "./call-list.js";

/** @import { Face, Line, Model, Waiting } from "../shared/types.js" */

const HEADS = ["Call", "Time", "Sign", "Grade", "Prompts", "Handler", "Specialist", "Hearing", "Give to"];

export class WallBoard extends HTMLElement {
  #memo = new Memo();
  #body = el("tbody");
  #table = el("table", {}, el("caption", { class: "spoken-only" }, "Calls, those that want somebody first"), el("thead", {}, el("tr", {}, ...HEADS.map((head) => el("th", { scope: "col" }, head)))), this.#body);
  #empty = el("p", { class: "quiet calm" }, "No calls. New calls appear here by themselves.");

  connectedCallback() {
    if (this.childElementCount === 0) this.append(this.#table, this.#empty);
  }

  /** @param {{ model: Model, now_ms: number, named: boolean }} shown `named`: whether people are named */
  show({ model, now_ms, named }) {
    const { me } = model;
    if (!me || this.#memo.same(model.lines, model.waiting, model.people, me, whole(now_ms), named)) return;
    const lines = wanting(model);
    const waiting = new Map(model.waiting.map((one) => [one.call, one]));
    show(this.#empty, lines.length === 0);
    show(this.#table, lines.length > 0);
    keyed(this.#body, lines, (line) => line.call, () => new BoardRow(this).node, (node, line) => {
      rows.get(node)?.show({ line, waiting: waiting.get(line.call), people: model.people, me, now_ms, named });
    });
  }
}

/** Live calls first; of them what nobody owns, what waits, what is not heard; then the graver, then the older. @param {Model} model */
function wanting(model) {
  const waits = new Set(model.waiting.map(({ call }) => call));
  /** @param {Line} line */
  const want = (line) =>
    8 * live(line) + 4 * Math.min(1, line.immediate_waiting ?? 0) + 2 * Number(waits.has(line.call)) + Number(isDeaf(line));
  return Object.values(model.lines).sort(
    (one, other) =>
      want(other) - want(one) ||
      RANKS[other.severity] - RANKS[one.severity] ||
      Date.parse(one.arrived_at ?? "") - Date.parse(other.arrived_at ?? "") ||
      one.call.localeCompare(other.call),
  );
}

/** @typedef {{ line: Line, waiting: Waiting | undefined, people: Record<string, Face>, me: Face, now_ms: number, named: boolean }} Shown */

class BoardRow {
  #line = /** @type {Line | null} */ (null);
  #memo = new Memo();
  #name = el("a", {});
  #number = el("span", { class: "call-number" });
  #together = el("span", { class: "call-together" });
  #time = el("td", {});
  #badge = el("td", {});
  #grade = el("td", {});
  #prompts = el("td", {});
  #handler = el("td", {});
  #specialist = el("td", {});
  #hearing = el("td", {});
  #give = el("button", { type: "button", class: "small" }, "Assign");
  node = el("tr", {}, el("th", { scope: "row" }, this.#name, this.#number, this.#together), this.#time, this.#badge, this.#grade, this.#prompts, this.#handler, this.#specialist, this.#hearing, el("td", {}, this.#give));

  /** @param {EventTarget} board */
  constructor(board) {
    this.#give.addEventListener("click", () => this.#line && ask(board, "give", { call: this.#line.call }));
    [...this.node.children].forEach((cell, place) => cell.setAttribute("data-head", HEADS[place] ?? ""));
    rows.set(this.node, this);
  }

  /** @param {Shown} shown */
  show({ line, waiting, people, me, now_ms, named }) {
    this.#line = line;
    const ended = line.ended_at !== null;
    const until = line.ended_at !== null ? Date.parse(line.ended_at) : now_ms;
    setText(this.#time, `${ended ? "ended " : ""}${clock(until - Date.parse(line.arrived_at ?? ""))}`);
    if (this.#memo.same(line, waiting, people, named)) return;
    setText(this.#name, callName(line.call));
    setText(this.#number, lineNumberText(line));
    show(this.#number, this.#number.textContent !== "");
    setText(this.#together, togetherText(line));
    show(this.#together, this.#together.textContent !== "");
    const link = `/desk?call=${encodeURIComponent(line.call)}`;
    if (this.#name.getAttribute("href") !== link) this.#name.setAttribute("href", link);
    setBadge(this.#badge, line.severity, CLASSES[line.severity]);
    setText(this.#grade, gradeText(line));
    this.#grade.classList.toggle("alarm", line.downgrade === "unconfirmed");
    setText(this.#prompts, promptsText(line));
    this.#prompts.classList.toggle("alarm", (line.immediate_waiting ?? 0) > 0);
    /** @param {string} id */
    const who = (id) => (named ? nameOf(people, id, me) : "yes");
    setText(this.#handler, line.handler ? who(line.handler) : "none");
    setText(this.#specialist, specialistText(line, waiting, who, named));
    setText(this.#hearing, deafText(line) || (ended ? "" : line.transfer ? "At the other force" : "Both sides"));
    this.#hearing.classList.toggle("alarm", isDeaf(line));
    show(this.#give, named && mayGive(line, me));
    setText(this.#give, line.specialist ? "Reassign" : "Assign");
    this.#give.setAttribute("aria-label", `${line.specialist ? "Reassign" : "Assign"} ${callName(line.call)}`);
    this.node.classList.toggle("ended", ended);
  }
}

/** @type {WeakMap<HTMLElement, BoardRow>} */
const rows = new WeakMap();

/** As people graded it, and whether a lower grade lacks its second person. @param {Line} line */
function gradeText({ grade, downgrade }) {
  const second = downgrade === "unconfirmed" ? ", lowered by one person" : downgrade === "asked" ? ", lower asked for" : "";
  return `${grade || "not graded"}${second}`;
}

/** @param {Line} line @param {Waiting | undefined} waiting @param {(id: string) => string} who @param {boolean} named */
function specialistText(line, waiting, who, named) {
  if (line.specialist) return who(line.specialist);
  if (line.nobody_on_duty) return "nobody on duty";
  if (waiting) return `waiting, number ${waiting.rank}${named ? `: ${waiting.because.join("; ")}` : ""}`;
  return line.severity === "immediate" || line.severity === "high" ? "none" : "not needed yet";
}

customElements.define("wall-board", WallBoard);
