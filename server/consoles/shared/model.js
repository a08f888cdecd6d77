// The state of a console is a fold: model = apply(model, message). Pure; nothing here touches the page.

import { applyEvent, newCall } from "./call.js";

/** @import { Call, Face, FeedMessage, Line, Model, Party } from "./types.js" */

/** @type {Model} */
export const START = {
  connection: { state: "connecting", since: null },
  skew_ms: 0,
  me: null,
  force: "",
  people: {},
  lines: {},
  waiting: [],
  calls: {},
  selected: null,
  taken_back: {},
};

const ENDED_KEPT_MS = 15 * 60 * 1000;

/** @type {Record<string, (model: Model, message: any) => Model>} */
const HANDLERS = {
  hello: (model, { now, at, person, force }) => ({
    ...model,
    me: person,
    force,
    skew_ms: Date.parse(now) - at,
  }),
  tick: (model, { now }) => pruned(model, Date.parse(now)),
  live: (model, { at }) => ({ ...model, connection: { state: "live", since: at } }),
  connection: (model, { state, at }) => {
    const since = model.connection.state === "live" || model.connection.since === null ? at : model.connection.since;
    return { ...model, connection: { state, since } };
  },
  people: (model, { people }) => {
    const byId = Object.fromEntries(people.map((/** @type {Face} */ person) => [person.id, person]));
    return { ...model, me: byId[model.me?.id ?? ""] ?? model.me, people: byId };
  },
  lines: (model, { lines }) => ({
    ...model,
    lines: Object.fromEntries(lines.map((/** @type {Line} */ line) => [line.call, line])),
  }),
  waiting: (model, { calls }) => ({ ...model, waiting: calls }),
  line: (model, { line }) => ({ ...model, lines: { ...model.lines, [line.call]: line } }),
  events: (model, { call, events }) => {
    const held = { ...(model.calls[call] ?? newCall(call)), unreadable: false };
    return withCall(model, call, events.reduce(applyEvent, held));
  },
  unreadable: (model, { call }) => withCall(model, call, { ...(model.calls[call] ?? newCall(call)), unreadable: true }),
  reset: (model, { call }) => withCall(model, call, newCall(call)),
  hidden: (model, { call }) => {
    const [lines, calls] = [{ ...model.lines }, { ...model.calls }];
    delete lines[call];
    delete calls[call];
    const waiting = model.waiting.filter((/** @type {{ call: string }} */ one) => one.call !== call);
    return { ...model, lines, calls, waiting, selected: model.selected === call ? null : model.selected };
  },
  draft: (model, message) => onCall(model, message.call, (call) => drafted(call, message)),
  backlog: (model, { call, party, backlog_ms }) =>
    onCall(model, call, (held) => ({ ...held, backlog_ms: { ...held.backlog_ms, [party]: backlog_ms } })),
  "take-back": (model, { call, prompt, seq }) => {
    const before = model.taken_back[call];
    const steps = before?.prompt === prompt ? [...before.steps, seq] : [seq];
    return { ...model, taken_back: { ...model.taken_back, [call]: { prompt, steps } } };
  },
  "not-taken-back": (model, { call }) => {
    const { [call]: refused, ...taken_back } = model.taken_back;
    return refused ? { ...model, taken_back } : model;
  },
  select: (model, { call }) => ({ ...model, selected: call }),
};

/**
 * The model after this message. Messages of a kind that is not known change nothing.
 * @param {Model} model @param {FeedMessage} message
 */
export function apply(model, message) {
  const handler = HANDLERS[message.type];
  return handler ? handler(model, message) : model;
}

/**
 * What the feed needs to go on where it broke off: the last number held of each call.
 * @param {Model} model
 */
export function resumeFrom(model) {
  return Object.fromEntries(Object.values(model.calls).map((call) => [call.id, call.last_seq]));
}

/**
 * A call of which an entry is missing in between: the feed has to be joined anew.
 * @param {Model} model
 */
export function torn(model) {
  return Object.values(model.calls).find((call) => call.torn);
}

/** @param {Model} model @param {string} id @param {(call: Call) => Call} change */
function onCall(model, id, change) {
  const call = model.calls[id];
  return call ? withCall(model, id, change(call)) : model;
}

/** @param {Model} model @param {string} id @param {Call} call @returns {Model} */
function withCall(model, id, call) {
  return { ...model, calls: { ...model.calls, [id]: call } };
}

/** @param {Call} call @param {any} draft @returns {Call} */
function drafted(call, draft) {
  const next = call.settled[/** @type {Party} */ (draft.party)] ?? 0;
  if (call.ended_ms !== null || draft.number < next) return call;
  const { party, number, words, heard_to_ms } = draft;
  return { ...call, drafts: { ...call.drafts, [party]: { party, number, words, heard_to_ms } } };
}

/** @param {Model} model @param {number} now_ms @returns {Model} */
function pruned(model, now_ms) {
  const gone = Object.values(model.lines).filter(
    (line) => line.ended_at && line.call !== model.selected && Object.keys(line.watches ?? {}).length === 0 && now_ms - Date.parse(line.ended_at) > ENDED_KEPT_MS,
  );
  if (gone.length === 0) return model;
  const [lines, calls] = [{ ...model.lines }, { ...model.calls }];
  for (const line of gone) {
    delete lines[line.call];
    delete calls[line.call];
  }
  return { ...model, lines, calls };
}
