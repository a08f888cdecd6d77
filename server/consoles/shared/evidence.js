// The evidence ledger of a call, as domain/evidence.py folds it: nothing that was said ever leaves it. Pure.

/** @import { Call, Sighting } from "./types.js" */

/** @typedef {Sighting & { heard: string, corrected: string }} Entered what a sighting became: heard as, corrected by */

const SPEAKING = new Set(["affirmed", "conditional"]);
const RETRACTION = "minimisation_or_retraction";

/**
 * Whether the caller may not be able to speak freely.
 * @param {Call} call
 */
export function isCovert(call) {
  return account(call, "covert_call").speaking.some((one) => !one.held);
}

/**
 * Whether questions are put for a yes or a no unless somebody chose otherwise.
 * @param {Call} call
 */
export function hasToBeQuiet(call) {
  return isCovert(call) || call.sounds.some(({ sound }) => sound === "whispering");
}

/**
 * Everything said of one marker: for it, against it, in doubt, and what later takes back or plays down.
 * @param {Call} call @param {string} marker
 */
export function account(call, marker) {
  const all = entered(call);
  const own = all.filter((one) => one.marker === marker);
  const first_ms = Math.min(...own.map((one) => one.start_ms ?? 0));
  const back = all.filter((one) => one.marker === RETRACTION && stands(one) && one.start_ms > first_ms);
  const denied = own.filter((one) => one.polarity === "denied");
  return {
    marker,
    speaking: own.filter(stands),
    denied,
    doubtful: own.filter((one) => !stands(one) && !denied.includes(one)),
    taken_back: marker === RETRACTION || own.length === 0 ? [] : back,
  };
}

/** The markers of a call in the order in which they were first sighted. @param {Call} call */
export function markersIn(call) {
  return [...new Set(call.sightings.map(({ marker }) => marker))];
}

/**
 * The utterance that a sighting was read in, in stretches, the matched words marked; its clause while a draft.
 * @param {Call} call @param {Entered} one
 */
export function quoted(call, one) {
  const turn = call.turns.find(({ party, number }) => party === one.party && number === one.utterance);
  if (!turn || one.matched.length === 0 || one.heard) return [{ text: one.quote, matched: false }];
  /** @type {{ text: string, matched: boolean }[]} */
  const found = [];
  turn.words.forEach(({ text }, place) => {
    const matched = one.matched.some(([from, to]) => place >= from && place < to);
    const last = found[found.length - 1];
    if (last && last.matched === matched) last.text += ` ${text}`;
    else found.push({ text, matched });
  });
  return found;
}

/** @param {Entered} one */
function stands(one) {
  return SPEAKING.has(one.polarity) && !one.heard && !one.corrected;
}

/** @param {Call} call */
function entered(call) {
  /** @type {Entered[]} */
  let kept = [];
  for (const sighting of call.sightings) {
    const one = { ...sighting, heard: heardInstead(call, sighting), corrected: "" };
    if (one.corrects) kept = kept.map((other) => corrected(other, one));
    const place = kept.findIndex((other) => hardens(other, one));
    if (place < 0) kept.push(one);
    else kept[place] = one;
  }
  return kept;
}

/** @param {Call} call @param {Sighting} sighting */
function heardInstead(call, sighting) {
  if (sighting.standing !== "draft") return "";
  return call.heard_as[`${sighting.marker} ${sighting.party} ${sighting.utterance}`] ?? "";
}

/** @param {Entered} one @param {Entered} next */
function hardens(one, next) {
  if (!together(one, next) || one.heard || one.polarity !== next.polarity) return false;
  const surer = one.standing === "draft" && next.standing === "settled";
  return surer || (one.held && one.rule === next.rule);
}

/** @param {Entered} one @param {Entered} by */
function corrected(one, by) {
  const same = together(one, by) && one.rule === by.corrects && !one.corrected;
  return same ? { ...one, corrected: by.because } : one;
}

/** @param {Sighting} one @param {Sighting} other */
function together(one, other) {
  return one.marker === other.marker && one.party === other.party && one.utterance === other.utterance;
}
