// The keys of the desk, as its sheet shows them.

import { DISMISSALS, OUTCOMES } from "./words.js";

/** @type {{ title: string, keys: [string, string][] }[]} */
export const DESK_KEYS = [
  {
    title: "The prompt in front",
    keys: [
      ["T", "Take it"],
      ["A", "Asked"],
      ["H", "Send it to the handler"],
      ["Y", "Question as yes / no, and back"],
      ["E", "Evidence, word for word, and back"],
      ["F", "Right: the first name, number or place that was heard"],
      ["J", "Jump to its words"],
      ["I", "Hear its words again"],
      ["U", "Undo my last step on this call"],
    ],
  },
  { title: "What came of it", keys: OUTCOMES.map(({ key, label }) => [key, label]) },
  { title: "Put aside", keys: DISMISSALS.map(({ key, label }) => [key.toUpperCase(), label]) },
  {
    title: "The call",
    keys: [
      ["P", "Listen live, and stop"],
      ["W", "Whisper to the handler"],
      ["L", "Walk the lines: ↑ ↓, then Enter to make a prompt or a marker of one"],
      ["/", "Find words, Enter for the next"],
      ["C", "Take the call"],
      ["N", "Hand the call over"],
    ],
  },
  {
    title: "Calls",
    keys: [
      ["[ ]", "Previous and next call"],
      ["G", "Go to the call with the gravest prompt"],
      ["?", "This sheet"],
    ],
  },
];
