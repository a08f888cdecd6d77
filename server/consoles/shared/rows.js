// The transcript as rows in media order: what was said, what is being said, and what was not heard. Pure.

import { marksIn } from "./call.js";

const UNHEARD = new Set(["lost", "late", "overflow", "unheard", "break"]);
const WORTH_SHOWING_MS = 100;

export function rows(call) {
  return [...call.turns.map(said), ...call.gaps.filter(shown).map(missing), ...call.deafness.map(deaf)]
    .sort((one, other) => one.at_ms - other.at_ms)
    .concat(Object.values(call.drafts).map((draft) => drafted(call, draft)));
}

/** The words of a row in stretches, each with the marker that it speaks for, or none. */
export function stretches(words, marks) {
  const found = [];
  let place = 0;
  for (const mark of marks) {
    if (mark.from < place) continue;
    if (mark.from > place) found.push({ text: textOf(words, place, mark.from), mark: null });
    found.push({ text: textOf(words, mark.from, mark.to), mark });
    place = mark.to;
  }
  if (place < words.length) found.push({ text: textOf(words, place, words.length), mark: null });
  return found;
}

function said(turn) {
  return { key: `said ${turn.party} ${turn.number}`, kind: "said", at_ms: turn.start_ms, source: turn, ...turn };
}

function drafted(call, draft) {
  const marks = marksIn(call, draft.party, draft.number, draft.words);
  const at_ms = draft.words[0]?.start_ms ?? draft.heard_to_ms;
  return { key: `said ${draft.party} ${draft.number}`, kind: "draft", at_ms, source: draft, ...draft, marks };
}

function shown(gap) {
  return gap.to_ms - gap.from_ms >= WORTH_SHOWING_MS && (UNHEARD.has(gap.cause) || gap.cause === "silent");
}

function missing(gap) {
  const key = `gap ${gap.party} ${gap.from_ms} ${gap.cause}`;
  return { ...gap, key, kind: gap.cause === "silent" ? "silent" : "gap", at_ms: gap.from_ms, source: gap };
}

function deaf(spell) {
  return { ...spell, key: `deaf ${spell.party} ${spell.from_ms}`, kind: "deaf", at_ms: spell.from_ms, source: spell };
}

function textOf(words, from, to) {
  return words
    .slice(from, to)
    .map((word) => word.text)
    .join(" ");
}
