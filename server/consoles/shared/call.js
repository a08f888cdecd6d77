// One call, folded from its journal. Pure.

import { applyPrompt } from "./prompts.js";

export function newCall(id) {
  return {
    id,
    last_seq: 0,
    torn: false,
    unreadable: false, // the server cannot read the record: what is here is not up to date
    arrived_at: null,
    media_ms: 0,
    handler: null,
    specialist: null,
    nobody_on_duty: false,
    line_lost_ms: null,
    ended_ms: null,
    ending: "",
    severity: "none",
    deaf: {}, // party -> since when, in media time
    deafness: [], // { party, from_ms, to_ms } with to_ms null while it lasts
    gaps: [],
    turns: [], // settled, in media order
    settled: {}, // party -> the number of the next utterance
    drafts: {},
    backlog_ms: {},
    sightings: [],
    withdrawn: [],
    heard_as: {}, // what the settled words were, by marker, party and utterance
    prompts: [],
  };
}

const EVENTS = {
  CallArrived: (call, event) => ({ ...call, arrived_at: event.recorded_at, doorway: event.doorway }),
  HandlerAssigned: (call, event) => ({ ...call, handler: event.person }),
  SpecialistAssigned: (call, event) => ({ ...call, specialist: event.person, nobody_on_duty: false }),
  NobodyOnDuty: (call) => ({ ...call, nobody_on_duty: true }),
  LineOpened: (call) => ({ ...call, line_lost_ms: null }),
  LineLost: (call, event) => ({ ...call, line_lost_ms: event.at_ms }),
  LegLeft: (call, event) => heardAgain(call, event.party, event.at_ms),
  CallEnded: (call, event) => ({
    ...call,
    ended_ms: event.at_ms,
    ending: event.why,
    line_lost_ms: null,
    deaf: {},
    deafness: call.deafness.map((spell) => ({ ...spell, to_ms: spell.to_ms ?? event.at_ms })),
    drafts: {},
    backlog_ms: {},
  }),
  GapHeard: (call, { party, from_ms, to_ms, cause }) => ({
    ...call,
    gaps: [...call.gaps, { party, from_ms, to_ms, cause }],
  }),
  EarLost: (call, { party, at_ms }) =>
    party in call.deaf
      ? call
      : {
          ...call,
          deaf: { ...call.deaf, [party]: at_ms },
          deafness: [...call.deafness, { party, from_ms: at_ms, to_ms: null }],
        },
  EarRestored: (call, event) => heardAgain(call, event.party, event.at_ms),
  UtteranceHeard: (call, event) => settled(call, event.utterance),
  MarkerSighted: (call, { sighting, standing }) =>
    remarked({ ...call, sightings: [...call.sightings, { ...sighting, standing }] }, sighting),
  SightingWithdrawn: (call, event) =>
    remarked(
      {
        ...call,
        withdrawn: [...call.withdrawn, keyOf(event)],
        heard_as: { ...call.heard_as, [keyOf(event)]: event.heard || "nothing" },
      },
      event,
    ),
  RiskRaised: (call, event) => ({ ...call, severity: event.severity }),
};

/** The call after this entry of its journal. Entries already known change nothing. */
export function applyEvent(call, event) {
  if (call.torn || event.seq <= call.last_seq) return call;
  if (event.seq !== call.last_seq + 1) return { ...call, torn: true };
  const change = EVENTS[event.kind];
  const after = change ? change(call, event) : call;
  return {
    ...after,
    prompts: applyPrompt(after.prompts, event),
    last_seq: event.seq,
    media_ms: Math.max(after.media_ms, event.at_ms),
  };
}

function heardAgain(call, party, at_ms) {
  if (!(party in call.deaf)) return call;
  const deaf = { ...call.deaf };
  delete deaf[party];
  const deafness = call.deafness.map((spell) =>
    spell.party === party && spell.to_ms === null ? { ...spell, to_ms: at_ms } : spell,
  );
  return { ...call, deaf, deafness };
}

function settled(call, { party, number, words }) {
  const drafts = { ...call.drafts };
  if (drafts[party] && drafts[party].number <= number) delete drafts[party];
  const next = { ...call, drafts, settled: { ...call.settled, [party]: number + 1 } };
  if (words.length === 0) return next;
  const turn = {
    party,
    number,
    words,
    start_ms: words[0].start_ms,
    end_ms: words[words.length - 1].end_ms,
    marks: marksIn(next, party, number, words),
  };
  return { ...next, turns: inMediaOrder(call.turns, turn) };
}

function inMediaOrder(turns, turn) {
  const before = turns.filter((other) => other.start_ms <= turn.start_ms);
  const after = turns.filter((other) => other.start_ms > turn.start_ms);
  return [...before, turn, ...after];
}

function remarked(call, { party, utterance }) {
  const turns = call.turns.map((turn) =>
    turn.party === party && turn.number === utterance
      ? { ...turn, marks: marksIn(call, party, utterance, turn.words) }
      : turn,
  );
  return { ...call, turns };
}

/** The stretches of an utterance's words that a sighting speaks for, in order. */
export function marksIn(call, party, number, words) {
  const here = call.sightings.filter(
    (sighting) =>
      sighting.party === party && sighting.utterance === number && !call.withdrawn.includes(keyOf(sighting)),
  );
  const standing = here.filter((sighting) => sighting.standing !== "draft" || stillSaid(sighting, here, words));
  // A denial beside evidence never covers it: of two sightings of a word, the one that stands is shown.
  const ordered = [...standing.filter((seen) => seen.polarity !== "denied"), ...standing.filter((seen) => seen.polarity === "denied")];
  const held = new Array(words.length).fill(null);
  for (const sighting of ordered) {
    for (const [from, to] of sighting.matched) {
      for (let place = from; place < Math.min(to, words.length); place += 1) held[place] ??= sighting;
    }
  }
  return runs(held);
}

/** Neighbouring words of one sighting as one mark. */
function runs(held) {
  const marks = [];
  held.forEach((sighting, place) => {
    if (sighting === null) return;
    const last = marks[marks.length - 1];
    if (last && last.to === place && held[place - 1] === sighting) last.to = place + 1;
    else marks.push({ from: place, to: place + 1, marker: sighting.marker, polarity: sighting.polarity });
  });
  return marks;
}

/** A draft's word positions count only while the same words stand there, and no settled sighting replaced them. */
function stillSaid(sighting, here, words) {
  if (here.some((other) => other.standing === "settled" && other.marker === sighting.marker)) return false;
  const quoted = sighting.quote.split(" ");
  return sighting.matched.every(([from, to]) => words.slice(from, to).every((word) => quoted.includes(word.text)));
}

function keyOf({ marker, party, utterance }) {
  return `${marker} ${party} ${utterance}`;
}
