// The state of a console is a fold: model = apply(model, message). Pure; nothing here touches the page.

import { applyEvent, newCall } from "./call.js";

export const START = Object.freeze({
  connection: { state: "connecting", since: null },
  skew_ms: 0,
  me: null,
  force: "",
  people: {},
  lines: {},
  calls: {},
  selected: null,
});

const ENDED_KEPT_MS = 15 * 60 * 1000;

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
    const me = people.find((person) => person.id === model.me?.id) ?? model.me;
    return { ...model, me, people: Object.fromEntries(people.map((person) => [person.id, person])) };
  },
  lines: (model, { lines }) => ({ ...model, lines: Object.fromEntries(lines.map((line) => [line.call, line])) }),
  line: (model, { line }) => ({ ...model, lines: { ...model.lines, [line.call]: line } }),
  events: (model, { call, events }) => {
    const held = { ...(model.calls[call] ?? newCall(call)), unreadable: false };
    return withCall(model, call, events.reduce(applyEvent, held));
  },
  unreadable: (model, { call }) => withCall(model, call, { ...(model.calls[call] ?? newCall(call)), unreadable: true }),
  reset: (model, { call }) => withCall(model, call, newCall(call)),
  draft: (model, message) => onCall(model, message.call, (call) => drafted(call, message)),
  backlog: (model, { call, party, backlog_ms }) =>
    onCall(model, call, (held) => ({ ...held, backlog_ms: { ...held.backlog_ms, [party]: backlog_ms } })),
  select: (model, { call }) => ({ ...model, selected: call }),
};

/** The model after this message. Messages of a kind that is not known change nothing. */
export function apply(model, message) {
  const handler = HANDLERS[message.type];
  return handler ? handler(model, message) : model;
}

/** What the feed needs to go on where it broke off: the last number held of each call. */
export function resumeFrom(model) {
  return Object.fromEntries(Object.values(model.calls).map((call) => [call.id, call.last_seq]));
}

/** A call of which an entry is missing in between: the feed has to be joined anew. */
export function torn(model) {
  return Object.values(model.calls).find((call) => call.torn);
}

function onCall(model, id, change) {
  const call = model.calls[id];
  return call ? withCall(model, id, change(call)) : model;
}

function withCall(model, id, call) {
  return { ...model, calls: { ...model.calls, [id]: call } };
}

function drafted(call, draft) {
  if (call.ended_ms !== null || draft.number < (call.settled[draft.party] ?? 0)) return call;
  const { party, number, words, heard_to_ms } = draft;
  return { ...call, drafts: { ...call.drafts, [party]: { party, number, words, heard_to_ms } } };
}

function pruned(model, now_ms) {
  const gone = Object.values(model.lines).filter(
    (line) => line.ended_at && line.call !== model.selected && now_ms - Date.parse(line.ended_at) > ENDED_KEPT_MS,
  );
  if (gone.length === 0) return model;
  const [lines, calls] = [{ ...model.lines }, { ...model.calls }];
  for (const line of gone) {
    delete lines[line.call];
    delete calls[line.call];
  }
  return { ...model, lines, calls };
}
