// A call as a picture: who spoke when, what was sighted and asked, and what nobody heard. Pure.

import { isOpen } from "./prompts.js";

/** @import { Call, Party, Severity, Turn } from "./types.js" */

/** @typedef {{ party: Party, from_ms: number, to_ms: number }} Stretch */
/** @typedef {{ key: string, at_ms: number, party: Party, severity: Severity, title: string, quote: string, denied: boolean }} Sign */
/** @typedef {{ key: string, from_ms: number, to_ms: number, severity: Severity, title: string, open: boolean, owned: boolean }} Span */

const ONE_BREATH_MS = 700;
const SILENCE_MS = 4000;
const SHORTEST_MS = 60000;

/** The whole length that the picture shows: at least a minute, so that the first words do not fill it. @param {Call} call @param {number} now_ms */
export function lengthOf(call, now_ms) {
  const end_ms = call.ended_ms ?? Math.max(now_ms, call.media_ms);
  return Math.max(SHORTEST_MS, Math.ceil(end_ms / 10000) * 10000);
}

/** Stretches in which a party spoke, with breaths joined. @param {Call} call @returns {Stretch[]} */
export function speech(call) {
  /** @type {Stretch[]} */
  const found = [];
  /** @type {Partial<Record<Party, Stretch>>} */
  const latest = {};
  const drafts = Object.values(call.drafts);
  for (const { party, words } of [...call.turns, ...drafts]) {
    for (const { start_ms, end_ms } of words) {
      const last = latest[party];
      if (last && start_ms - last.to_ms < ONE_BREATH_MS) last.to_ms = Math.max(last.to_ms, end_ms);
      else found.push((latest[party] = { party, from_ms: start_ms, to_ms: end_ms }));
    }
  }
  return found;
}

/** Stretches in which nobody spoke for long, up to the last words. @param {Stretch[]} spoken */
export function silences(spoken) {
  const ordered = [...spoken].sort((one, other) => one.from_ms - other.from_ms);
  /** @type {{ from_ms: number, to_ms: number }[]} */
  const found = [];
  let quiet_from_ms = 0;
  for (const { from_ms, to_ms } of ordered) {
    if (from_ms - quiet_from_ms >= SILENCE_MS) found.push({ from_ms: quiet_from_ms, to_ms: from_ms });
    quiet_from_ms = Math.max(quiet_from_ms, to_ms);
  }
  return found;
}

/** Stretches that nobody's ears had, lost sound and deafness alike. @param {Call} call @param {number} end_ms @returns {Stretch[]} */
export function unheard(call, end_ms) {
  const lost = call.gaps.filter((gap) => gap.cause !== "silent" && gap.cause !== "duplicate");
  const deaf = call.deafness.map((spell) => ({ ...spell, to_ms: spell.to_ms ?? end_ms }));
  return [...lost, ...deaf].map(({ party, from_ms, to_ms }) => ({ party, from_ms, to_ms }));
}

/**
 * What was sighted and still stands, each marker once an utterance, in media order.
 * @param {Call} call
 * @param {Record<string, { title: string, severity: Severity }>} legend
 * @returns {Sign[]}
 */
export function signs(call, legend) {
  const withdrawn = new Set(call.withdrawn);
  /** @type {Map<string, Sign>} */
  const found = new Map();
  for (const sighting of call.sightings) {
    const key = `${sighting.marker} ${sighting.party} ${sighting.utterance}`;
    if (withdrawn.has(key) || sighting.held) continue;
    const { title = sighting.marker.replaceAll("_", " "), severity = "contextual" } = legend[sighting.marker] ?? {};
    const { party, quote, start_ms } = sighting;
    found.set(key, { key, at_ms: start_ms, party, severity, title, quote, denied: sighting.polarity === "denied" });
  }
  return [...found.values()].sort((one, other) => one.at_ms - other.at_ms);
}

/** From when to when each prompt was open. @param {Call} call @param {number} end_ms @returns {Span[]} */
export function spans(call, end_ms) {
  return call.prompts.map((prompt) => ({
    key: prompt.id,
    from_ms: prompt.at_ms,
    to_ms: isOpen(prompt) ? end_ms : prompt.closed_ms ?? prompt.at_ms,
    severity: prompt.severity,
    title: prompt.title,
    open: isOpen(prompt),
    owned: prompt.owner !== null,
  }));
}

/** The words at or just before this moment. @param {Call} call @param {number} at_ms @returns {Turn | null} */
export function turnAt(call, at_ms) {
  const before = call.turns.filter((turn) => turn.start_ms <= at_ms);
  return before.at(-1) ?? call.turns[0] ?? null;
}

/** Marks along the foot, no more than a dozen. @param {number} length_ms */
export function ticks(length_ms) {
  const steps = [10000, 30000, 60000, 120000, 300000, 600000, 1800000];
  const step = steps.find((candidate) => length_ms / candidate <= 9) ?? 3600000;
  return Array.from({ length: Math.ceil(length_ms / step) }, (_, place) => place * step);
}
