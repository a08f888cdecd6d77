// Finding words within a call. Pure.

import { textOf } from "./rows.js";

/** @import { Party, Turn, Word } from "./types.js" */

/** @typedef {{ party: Party, number: number, from: number, to: number }} Hit half-open, in words */

/** Every place where these words are said, in media order. @param {Turn[]} turns @param {string} query @returns {Hit[]} */
export function hits(turns, query) {
  const wanted = query.trim().toLowerCase().replace(/\s+/g, " ");
  if (wanted === "") return [];
  return turns.flatMap(({ party, number, words }) =>
    placesOf(words, wanted).map(([from, to]) => ({ party, number, from, to })),
  );
}

/** @param {Word[]} words @param {string} wanted @returns {[number, number][]} */
function placesOf(words, wanted) {
  const text = textOf(words).toLowerCase();
  /** @type {[number, number][]} */
  const found = [];
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
    found.push([wordAt(text, at), wordAt(text, at + wanted.length - 1) + 1]);
  }
  return found;
}

/** @param {string} text @param {number} at */
function wordAt(text, at) {
  return text.slice(0, at + 1).split(" ").length - 1;
}
