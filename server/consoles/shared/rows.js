// The transcript as rows in media order: what was said, what is being said, and what was not heard. Pure.

import { marksIn } from "./call.js";

/** @import { Call, Draft, Gap, Mark, Party, Sound, Spell, Turn, Word } from "./types.js" */

/**
 * @typedef {object} Row
 * @property {string} key
 * @property {"said" | "draft" | "gap" | "silent" | "deaf" | "sound"} kind
 * @property {number} at_ms
 * @property {Party} party
 * @property {object} source the part of the model that it shows: the same part is the same row
 * @property {Word[]} [words]
 * @property {Mark[]} [marks]
 * @property {number} [number]
 * @property {number} [from_ms]
 * @property {number | null} [to_ms]
 * @property {string} [sound]
 * @property {number} [count]
 */

const UNHEARD = new Set(["lost", "late", "overflow", "unheard", "break"]);
const WORTH_SHOWING_MS = 100;

/** @param {Call} call @returns {Row[]} */
export function rows(call) {
  return [...call.turns.map(said), ...call.gaps.filter(shown).map(missing), ...call.deafness.map(deaf), ...call.sounds.map(sounded)]
    .sort((one, other) => one.at_ms - other.at_ms)
    .concat(Object.values(call.drafts).map((draft) => drafted(call, draft)));
}

/**
 * The words of a row in stretches, each with the marker that it speaks for, or none.
 * @param {Word[]} words @param {Mark[]} marks
 */
export function stretches(words, marks) {
  /** @type {{ text: string, from: number, to: number, mark: Mark | null }[]} */
  const found = [];
  let place = 0;
  for (const mark of marks) {
    if (mark.from < place) continue;
    if (mark.from > place) found.push(stretch(words, place, mark.from, null));
    found.push(stretch(words, mark.from, mark.to, mark));
    place = mark.to;
  }
  if (place < words.length) found.push(stretch(words, place, words.length, null));
  return found;
}

/** @param {Word[]} words @param {number} from @param {number} to @param {Mark | null} mark */
function stretch(words, from, to, mark) {
  return { text: textOf(words, from, to), from, to, mark };
}

/** @param {Turn} turn @returns {Row} */
function said(turn) {
  return { key: `said ${turn.party} ${turn.number}`, kind: "said", at_ms: turn.start_ms, source: turn, ...turn };
}

/** @param {Call} call @param {Draft} draft @returns {Row} */
function drafted(call, draft) {
  const marks = marksIn(call, draft.party, draft.number, draft.words);
  const at_ms = draft.words[0]?.start_ms ?? draft.heard_to_ms;
  return { key: `said ${draft.party} ${draft.number}`, kind: "draft", at_ms, source: draft, ...draft, marks };
}

/** @param {Gap} gap */
function shown(gap) {
  return gap.to_ms - gap.from_ms >= WORTH_SHOWING_MS && (UNHEARD.has(gap.cause) || gap.cause === "silent");
}

/** @param {Gap} gap @returns {Row} */
function missing(gap) {
  const key = `gap ${gap.party} ${gap.from_ms} ${gap.cause}`;
  return { ...gap, key, kind: gap.cause === "silent" ? "silent" : "gap", at_ms: gap.from_ms, source: gap };
}

/** @param {Spell} spell @returns {Row} */
function deaf(spell) {
  return { ...spell, key: `deaf ${spell.party} ${spell.from_ms}`, kind: "deaf", at_ms: spell.from_ms, source: spell };
}

/** @param {Sound} sound @returns {Row} */
function sounded(sound) {
  return { ...sound, key: `${sound.sound} ${sound.party} ${sound.from_ms}`, kind: "sound", at_ms: sound.from_ms, source: sound };
}

/** @param {Word[]} words @param {number} [from] @param {number} [to] */
export function textOf(words, from = 0, to = words.length) {
  return words
    .slice(from, to)
    .map((word) => word.text)
    .join(" ");
}
