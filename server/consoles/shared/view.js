// What a page shows of the model: which calls, which prompt in front, what calls for attention. Pure.

import { closedPrompts, isFor, isOpen, openPrompts, RANKS, shownToHandler, takenBack } from "./prompts.js";
import { callName } from "./words.js";

/** @import { Call, Face, Line, Model, Prompt } from "./types.js" */

/** How the list of calls may be narrowed. */
export const FILTERS = [
  { value: "all", label: "All" },
  { value: "mine", label: "Mine" },
  { value: "open", label: "Not owned" },
  { value: "waiting", label: "Waiting" },
  { value: "deaf", label: "Not heard" },
  { value: "ended", label: "Ended" },
];

/** @type {Record<string, (line: Line, model: Model) => boolean>} */
const KEEPS = {
  all: () => true,
  mine: (line, model) => mine(model, line) === 1,
  open: (line) => line.unowned_prompts > 0,
  waiting: (line, { waiting }) => waiting.some(({ call }) => call === line.call),
  deaf: (line) => isDeaf(line),
  ended: (line) => line.ended_at !== null,
};

/** Whether the line and the handler are ours: of a call that another force handed over they are not. @param {Call} call */
export function heardHere(call) {
  return call.doorway !== "transfer";
}

/** The list: live calls first, mine before others', then the latest arrival. @param {Model} model */
export function listed(model) {
  return Object.values(model.lines).sort(
    (one, other) =>
      live(other) - live(one) ||
      mine(model, other) - mine(model, one) ||
      Date.parse(other.arrived_at ?? "") - Date.parse(one.arrived_at ?? "") ||
      one.call.localeCompare(other.call),
  );
}

/** The list as it is narrowed: by a filter, and by the short name of the call. @param {Model} model @param {string} filter @param {string} [name] */
export function narrowed(model, filter, name = "") {
  const keeps = KEEPS[filter] ?? (() => true);
  const wanted = name.trim().toLowerCase();
  return listed(model).filter(
    (line) => keeps(line, model) && (wanted === "" || callName(line.call).toLowerCase().includes(wanted)),
  );
}

/** @param {Line} line */
export function live(line) {
  return line.ended_at === null ? 1 : 0;
}

/** @param {Line} line */
export function isDeaf(line) {
  return line.ended_at === null && !line.transfer && (line.deaf.length > 0 || !line.connected);
}

/** @param {Model} model @param {Line} line */
function mine({ me }, line) {
  return line.handler === me?.id || line.specialist === me?.id ? 1 : 0;
}

/**
 * The call to show when nobody has chosen: the one held, while it lasts, else my newest live call. That one is
 * waited for: calls come in any order when a page opens, and an ended one must not take its place.
 * @param {Model} model
 */
export function toSelect(model) {
  if (model.selected !== null) return model.selected;
  const first = listed(model).find((line) => line.call in model.calls || (live(line) && mine(model, line)));
  return first && first.call in model.calls ? first.call : null;
}

/**
 * The selected call with its prompts in their order.
 * @param {Model} model
 * @returns {{ call: Call | null, front: Prompt | null, waiting: Prompt[], closed: Prompt[] }}
 */
export function shown(model) {
  const held = model.calls[model.selected ?? ""];
  if (!held || !model.me) return { call: null, front: null, waiting: [], closed: [] };
  const mine = model.taken_back[held.id];
  const call = takenBack(held, mine, model.me);
  const open = openPrompts(call, model.me);
  // Before a handler the server puts one prompt at a time; everybody else weighs them all, after what they took back.
  const first = open.find(({ id, owner }) => id === mine?.prompt && owner === model.me?.id) ?? open[0];
  const front = (model.me.role === "handler" ? shownToHandler(call) : first) ?? null;
  return { call, front, waiting: open.filter((prompt) => prompt !== front), closed: closedPrompts(call, model.me) };
}

/** Another call with an open prompt that nobody owns, the gravest first. @param {Model} model */
export function elsewhere(model) {
  const { me } = model;
  if (!me) return null;
  const waiting = Object.values(model.calls)
    .filter((call) => call.id !== model.selected)
    .flatMap((call) => call.prompts.map((prompt) => ({ call: call.id, prompt })))
    .filter(({ prompt }) => isOpen(prompt) && prompt.owner === null && isFor(prompt, me.role));
  return waiting.reduce(
    (gravest, next) => (gravest && RANKS[gravest.prompt.severity] >= RANKS[next.prompt.severity] ? gravest : next),
    /** @type {{ call: string, prompt: Prompt } | null} */ (null),
  );
}

/** Calls with a prompt that nobody took in time, those first that were brought furthest. @param {Model} model */
export function broughtTo(model) {
  const far = ["specialist", "specialist and supervisor", "duty supervisor"];
  /** @param {Line} line */
  const place = (line) => far.indexOf(line.escalated ?? "");
  return Object.values(model.lines)
    .filter((line) => line.ended_at === null && place(line) > 0)
    .sort((one, other) => place(other) - place(one) || Date.parse(one.arrived_at ?? "") - Date.parse(other.arrived_at ?? ""));
}

/** @param {Model} model */
export function openCount(model) {
  const { me } = model;
  if (!me) return 0;
  return Object.values(model.calls)
    .flatMap((call) => call.prompts)
    .filter((prompt) => isOpen(prompt) && isFor(prompt, me.role)).length;
}

/** The chosen call's line; of a call too old for the list, as far as its record tells. @param {Model} model @returns {Line | undefined} */
export function selectedLine(model) {
  const call = model.calls[model.selected ?? ""];
  return model.lines[model.selected ?? ""] ?? (call && call.last_seq > 0 ? lineOf(call) : undefined);
}

/** @param {Call} call @returns {Line} */
function lineOf(call) {
  const { id, arrived_at, handler, specialist, nobody_on_duty, severity } = call;
  const ended_at = call.ended_ms === null || arrived_at === null ? null : new Date(Date.parse(arrived_at) + call.ended_ms).toISOString();
  const known = { call: id, arrived_at, ended_at, handler, specialist, nobody_on_duty, severity };
  return { ...known, connected: false, deaf: [], open_prompts: 0, unowned_prompts: 0 };
}

/** Whether I may take this call now. @param {Line} line @param {Face} me */
export function mayTake(line, me) {
  if (line.ended_at !== null) return false;
  if (me.role === "handler") return line.handler === null;
  return me.role === "specialist" && me.on_duty && line.specialist === null;
}

/** Whether I may give this call to somebody else; a supervisor also one that nobody has. @param {Line} line @param {Face} me */
export function mayGive(line, me) {
  if (line.ended_at !== null) return false;
  return me.role === "supervisor" || (line.specialist !== null && line.specialist === me.id);
}

/** Specialists with the live calls that each has, those on duty first. @param {Model} model */
export function staff(model) {
  const lines = Object.values(model.lines).filter(live);
  /** @param {Face} person */
  const presence = (person) => (person.on_duty ? (person.on_break ? 1 : 2) : 0);
  return Object.values(model.people)
    .filter((person) => person.role === "specialist")
    .map((person) => ({ person, calls: lines.filter((line) => line.specialist === person.id) }))
    .sort(
      (one, other) =>
        presence(other.person) - presence(one.person) || one.person.name.localeCompare(other.person.name),
    );
}
