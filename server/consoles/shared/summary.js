// A call as plain text, to be pasted into the command-and-control log: four labelled blocks, words as heard. Pure.

import { checklist } from "./checklist.js";
import { isOpen } from "./prompts.js";
import { callName, callNumberText, clock, doneText, PARTIES } from "./words.js";

/** @import { Call, Severity, Sighting } from "./types.js" */

/**
 * @param {Call} call
 * @param {Record<string, { title: string, severity: Severity }>} legend
 * @param {import("./checklist.js").Wordings} [wordings]
 */
export function summary(call, legend, wordings = {}) {
  const stands = call.sightings.filter((sighting) => counts(call, sighting));
  const from = (/** @type {string[]} */ ...sources) =>
    stands.filter(({ source = "heard" }) => sources.includes(source)).map((sighting) => quoted(sighting, legend));
  const items = checklist(call, wordings);
  return [
    [`Earshot, ${callName(call.id)}`, call.arrived_at?.slice(0, 16).replace("T", " "), callNumberText(call)].filter(Boolean).join(", "),
    "Heard by machine: play the sound before relying on a word.",
    ...block("HEARD NOW", from("heard", "keys pressed", "sound on the line")),
    ...block("THIRD-HAND", from("third-hand")),
    ...block("ON RECORD", from("record")),
    ...block("PROMPTS", call.prompts.map((prompt) => `${clock(prompt.at_ms)} ${prompt.title}: ${isOpen(prompt) ? "open" : doneText(prompt).toLowerCase()}`)),
    ...block("ANSWERED", items.filter(({ state }) => state === "answered").map(({ topic, quote }) => `${topic.label}: "${quote}"`)),
    ...block("NOT ASKED", items.filter(({ state }) => state === "not asked" || state === "not safe").map(({ topic }) => topic.label), true),
    ...notHeard(call),
  ].join("\n");
}

/** @param {Call} call @param {Sighting} sighting */
function counts(call, { marker, party, utterance, held, standing }) {
  return !held && standing !== "draft" && !call.withdrawn.includes(`${marker} ${party} ${utterance}`);
}

/** @param {Sighting} sighting @param {Record<string, { title: string }>} legend */
function quoted({ marker, party, quote, start_ms, polarity }, legend) {
  const title = legend[marker]?.title ?? marker.replaceAll("_", " ");
  return `${clock(start_ms)} ${PARTIES[party]}: "${quote}" (${polarity === "denied" ? "denied: " : ""}${title})`;
}

/** @param {string} title @param {string[]} lines @param {boolean} [inline] */
function block(title, lines, inline = false) {
  if (lines.length === 0) return [];
  return inline ? ["", `${title}: ${lines.join("; ")}`] : ["", title, ...new Set(lines)];
}

/** @param {Call} call */
function notHeard(call) {
  const lost_ms = call.gaps.filter((gap) => gap.cause !== "silent").reduce((sum, gap) => sum + gap.to_ms - gap.from_ms, 0);
  return lost_ms >= 100 ? ["", `NOT HEARD: ${(lost_ms / 1000).toFixed(1)} s of this call`] : [];
}
