// One call, folded from its journal. Pure.

import { applyDispatch, UNTOLD } from "./dispatch.js";
import { applyPrompt, graver } from "./prompts.js";
import { applyWhisper } from "./whispers.js";

/** @import { Call, JournalEvent, Mark, Party, Sighting, Turn, Word } from "./types.js" */

/** @param {string} id @returns {Call} */
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
    because: [], // why this specialist
    given_by: null,
    released: null, // the latest hand-over or release
    nobody_on_duty: false,
    next_shift: "",
    awaited: null, // why nobody could take it
    needs: [],
    history: null,
    memory_seq: 0, // the latest entry that says something of entities, links or combinations
    reviews: [],
    crew_asks: 0, // what the crew said that nobody here has answered
    quiet: [],
    shown: null, // the prompt that the server put before the handler
    unresolved: [],
    line_lost_ms: null,
    unkept: {}, // stream -> since when it is not being recorded, and why
    ended_ms: null,
    ending: "",
    severity: "none",
    deaf: {}, // party -> since when, in media time
    deafness: [], // { party, from_ms, to_ms } with to_ms null while it lasts
    gaps: [],
    cries: [], // { from_ms, to_ms }: what may have been screams
    sounds: [], // and taps, coughs and whispering
    turns: [], // settled, in media order
    settled: {}, // party -> the number of the next utterance
    drafts: {},
    backlog_ms: {},
    sightings: [],
    withdrawn: [],
    heard_as: {}, // what the settled words were, by marker, party and utterance
    judgements: {},
    prompts: [],
    whispers: [],
    dispatch: UNTOLD,
  };
}

/** @type {Record<string, (call: Call, event: JournalEvent) => Call>} */
const STAFFING = {
  HandlerAssigned: (call, event) => ({ ...call, handler: event.person }),
  SpecialistAssigned: (call, event) => ({
    ...call,
    specialist: event.person,
    because: event.because ?? [],
    given_by: event.by ?? null,
    nobody_on_duty: false,
    awaited: null,
  }),
  SpecialistReleased: (call, { holder, to, note }) => ({
    ...call,
    specialist: null,
    because: [],
    released: { holder, to: to ?? null, note: note ?? "" },
  }),
  NobodyOnDuty: (call, event) => ({ ...call, nobody_on_duty: true, next_shift: event.next_shift ?? "", awaited: null }),
  SpecialistAwaited: (call, event) => ({ ...call, awaited: event.because, nobody_on_duty: false }),
  NeedNoted: (call, event) => ({ ...call, needs: [...new Set([...call.needs, event.need])] }),
  HistoryLinked: (call, { earlier_calls, within_7_days, because, tonight }) => ({
    ...call,
    history: { earlier_calls, within_7_days, because: because ?? "", tonight: tonight ?? 0 },
  }),
  AdviceSaid: (call, { sheet }) => ({ ...call, crew_asks: sheet ? call.crew_asks + 1 : 0 }),
  ReviewAsked: (call, event) => ({ ...call, reviews: [...new Set([...call.reviews, event.why])] }),
  ReviewDone: (call) => ({ ...call, reviews: [] }),
  QuietBegan: (call, event) => ({ ...call, quiet: [...new Set([...call.quiet, event.why])] }),
  QuietEnded: (call, event) => ({ ...call, quiet: call.quiet.filter((why) => why !== event.why) }),
  PromptShown: (call, event) => ({ ...call, shown: event.prompt }),
  PromptsUnresolved: (call, event) => ({ ...call, unresolved: event.prompts }),
  MarkerJudged: (call, event) => ({
    ...call,
    judgements: {
      ...call.judgements,
      [keyOf(event)]: { verdict: event.verdict, person: event.person, seq: event.seq },
    },
  }),
};

const OF_MEMORY = ["EntityHeard", "EntityTyped", "EntityConfirmed", "EntityRefused", "LinkFound", "LinkConfirmed", "LinkUndone", "HistoryLinked", "CombinationSeen"];

/** @type {Record<string, (call: Call, event: JournalEvent) => Call>} */
const KEEPING = {
  RecordingHurt: (call, { stream, from_ms, why }) => ({ ...call, unkept: { ...call.unkept, [stream]: { since_ms: from_ms, why } } }),
  RecordingBegan: (call, event) => keptAgain(call, event.stream),
  SegmentKept: (call, event) => keptAgain(call, event.stream),
};

/** @param {Call} call @param {string} stream @returns {Call} */
function keptAgain(call, stream) {
  if (!(stream in call.unkept)) return call;
  const { [stream]: again, ...unkept } = call.unkept;
  return again ? { ...call, unkept } : call;
}

/** @type {Record<string, (call: Call, event: JournalEvent) => Call>} */
const EVENTS = {
  ...STAFFING,
  ...KEEPING,
  CallArrived: (call, event) => ({ ...call, arrived_at: event.recorded_at, doorway: event.doorway }),
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
  CryDoubted: (call, { from_ms, to_ms }) => ({ ...call, cries: [...call.cries, { from_ms, to_ms }] }),
  SoundDoubted: (call, { sound, party, from_ms, to_ms, count = 1 }) => ({
    ...call,
    sounds: [...call.sounds, { sound, party, from_ms, to_ms, count }],
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
  RiskRaised: (call, event) => ({ ...call, severity: graver(call, event.severity) }),
  VideoLeft: (call, event) => ({ ...call, left: { ...call.left, [event.participant]: event.why } }),
};

/**
 * The call after this entry of its journal. Entries already known change nothing.
 * @param {Call} call @param {JournalEvent} event
 */
export function applyEvent(call, event) {
  if (call.torn || event.seq <= call.last_seq) return call;
  if (event.seq !== call.last_seq + 1) return { ...call, torn: true };
  const change = EVENTS[event.kind];
  const after = change ? change(call, event) : call;
  return {
    ...after,
    prompts: applyPrompt(after.prompts, event),
    whispers: applyWhisper(after.whispers, event),
    dispatch: applyDispatch(after.dispatch, event),
    last_seq: event.seq,
    memory_seq: OF_MEMORY.includes(event.kind) ? event.seq : after.memory_seq,
    media_ms: Math.max(after.media_ms, event.at_ms),
  };
}

/** @param {Call} call @param {Party} party @param {number} at_ms */
function heardAgain(call, party, at_ms) {
  if (!(party in call.deaf)) return call;
  const deaf = { ...call.deaf };
  delete deaf[party];
  const deafness = call.deafness.map((spell) =>
    spell.party === party && spell.to_ms === null ? { ...spell, to_ms: at_ms } : spell,
  );
  return { ...call, deaf, deafness };
}

/** @param {Call} call @param {{ party: Party, number: number, words: Word[] }} utterance @returns {Call} */
function settled(call, { party, number, words }) {
  const drafts = { ...call.drafts };
  if ((drafts[party]?.number ?? Infinity) <= number) delete drafts[party];
  const next = { ...call, drafts, settled: { ...call.settled, [party]: number + 1 } };
  const [first, last] = [words[0], words.at(-1)];
  if (!first || !last) return next;
  const turn = {
    party,
    number,
    words,
    start_ms: first.start_ms,
    end_ms: last.end_ms,
    marks: marksIn(next, party, number, words),
  };
  return { ...next, turns: inMediaOrder(call.turns, turn) };
}

/** @param {Turn[]} turns @param {Turn} turn */
function inMediaOrder(turns, turn) {
  const before = turns.filter((other) => other.start_ms <= turn.start_ms);
  const after = turns.filter((other) => other.start_ms > turn.start_ms);
  return [...before, turn, ...after];
}

/** @param {Call} call @param {{ [field: string]: any }} where @returns {Call} */
function remarked(call, { party, utterance }) {
  const turns = call.turns.map((turn) =>
    turn.party === party && turn.number === utterance
      ? { ...turn, marks: marksIn(call, party, utterance, turn.words) }
      : turn,
  );
  return { ...call, turns };
}

/**
 * The stretches of an utterance's words that a sighting speaks for, in order.
 * @param {Call} call @param {Party} party @param {number} number @param {Word[]} words
 */
export function marksIn(call, party, number, words) {
  const here = call.sightings.filter(
    (sighting) =>
      sighting.party === party && sighting.utterance === number && !call.withdrawn.includes(keyOf(sighting)),
  );
  const standing = here.filter((sighting) => sighting.standing !== "draft" || stillSaid(sighting, here, words));
  // A denial beside evidence never covers it: of two sightings of a word, the one that stands is shown.
  const denied = standing.filter((seen) => seen.polarity === "denied");
  const ordered = [...standing.filter((seen) => seen.polarity !== "denied"), ...denied];
  /** @type {(Sighting | null)[]} */
  const held = new Array(words.length).fill(null);
  for (const sighting of ordered) {
    for (const [from, to] of sighting.matched) {
      for (let place = from; place < Math.min(to, words.length); place += 1) held[place] ??= sighting;
    }
  }
  return runs(held);
}

/**
 * Neighbouring words of one sighting as one mark.
 * @param {(Sighting | null)[]} held
 */
function runs(held) {
  /** @type {Mark[]} */
  const marks = [];
  held.forEach((sighting, place) => {
    if (sighting === null) return;
    const last = marks[marks.length - 1];
    if (last && last.to === place && held[place - 1] === sighting) last.to = place + 1;
    else marks.push({ from: place, to: place + 1, marker: sighting.marker, polarity: sighting.polarity });
  });
  return marks;
}

/**
 * A draft's word positions count only while the same words stand there, and no settled sighting replaced them.
 * @param {Sighting} sighting @param {Sighting[]} here @param {Word[]} words
 */
function stillSaid(sighting, here, words) {
  if (here.some((other) => other.standing === "settled" && other.marker === sighting.marker)) return false;
  const quoted = sighting.quote.split(" ");
  return sighting.matched.every(([from, to]) => words.slice(from, to).every((word) => quoted.includes(word.text)));
}

/**
 * What a judgement or a withdrawal is about: a marker in the words of one utterance.
 * @param {{ [field: string]: any }} about
 */
export function keyOf({ marker, party, utterance }) {
  return `${marker} ${party} ${utterance}`;
}
