// The checklist fills itself from what was heard: not asked, asked, answered, and by which words. Pure.

import { textOf } from "./rows.js";
import { TOPICS } from "./topics.js";

/** @import { Call, Prompt, Sighting, Turn } from "./types.js" */
/** @import { Topic } from "./topics.js" */

/** @typedef {"not asked" | "asked" | "answered" | "not safe"} State */
/** @typedef {{ topic: Topic, state: State, at_ms: number | null, quote: string }} Item */

const REPLY_MS = 12000;

/** How a force puts a topic, by its id; what is empty is put as everybody puts it. @typedef {Record<string, { label: string, ask: string, yes_no: string }>} Wordings */

/** @param {Call} call @param {Wordings} [wordings] @returns {Item[]} */
export function checklist(call, wordings = {}) {
  return TOPICS.map((topic) => itemOf(call, worded(topic, wordings[topic.id])));
}

/** @param {Topic} topic @param {Wordings[string]} [own] @returns {Topic} */
function worded(topic, own) {
  if (!own) return topic;
  return { ...topic, label: own.label || topic.label, ask: own.ask || topic.ask, yes_no: own.yes_no || topic.yes_no };
}

/** @param {Item[]} items */
export function leftToAsk(items) {
  return items.filter(({ state }) => state === "not asked").length;
}

/** @param {Call} call @param {Topic} topic @returns {Item} */
function itemOf(call, topic) {
  const unsafe = call.prompts.find((prompt) => isUnsafe(prompt) && topic.markers.includes(prompt.marker));
  const told = call.sightings.find((sighting) => tells(call, sighting, topic));
  if (told) return { topic, state: "answered", at_ms: told.start_ms, quote: told.quote };
  const questions = call.turns.filter((turn) => turn.party === "handler" && topic.asked.test(textOf(turn.words)));
  for (const question of questions) {
    const reply = replyTo(call, question);
    if (reply) return { topic, state: "answered", at_ms: reply.start_ms, quote: textOf(reply.words) };
  }
  if (unsafe) return { topic, state: "not safe", at_ms: unsafe.closed_ms, quote: "" };
  const [question] = questions;
  if (question) return { topic, state: "asked", at_ms: question.start_ms, quote: textOf(question.words) };
  const asked = call.prompts.find((prompt) => topic.markers.includes(prompt.marker) && (prompt.asked || prompt.outcome));
  return asked ? { topic, state: "asked", at_ms: asked.at_ms, quote: "" } : { topic, state: "not asked", at_ms: null, quote: "" };
}

/** @param {Prompt} prompt */
function isUnsafe(prompt) {
  return prompt.outcome === "not safe to ask" || prompt.dismissal === "unsafe to ask";
}

/** Whether these words of the caller's say something of the topic, be it that it is not so. @param {Call} call @param {Sighting} sighting @param {Topic} topic */
function tells(call, sighting, topic) {
  if (sighting.party === "handler" || sighting.held || sighting.standing === "draft") return false;
  const { marker, party, utterance } = sighting;
  return topic.markers.includes(marker) && !call.withdrawn.includes(`${marker} ${party} ${utterance}`);
}

/** The caller's next words, if they come soon and before the handler has gone on. @param {Call} call @param {Turn} question */
function replyTo(call, question) {
  const next = call.turns.find((turn) => turn.start_ms > question.start_ms && turn !== question);
  const soon = next && next.start_ms - question.end_ms <= REPLY_MS;
  return soon && next.party !== "handler" ? next : null;
}
