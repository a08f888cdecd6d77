// The lines of text between specialist and handler: sent, read, answered. Pure.

/** @import { Call, JournalEvent, Whisper } from "./types.js" */

/** @type {Record<string, (whispers: Whisper[], event: JournalEvent) => Whisper[]>} */
const EVENTS = {
  WhisperSent: (whispers, { whisper, text, person, prompt, at_ms }) => [
    ...whispers,
    { id: whisper, text, from: person, prompt: prompt ?? null, at_ms, read_by: null, reply: null },
  ],
  WhisperRead: (whispers, { whisper, person }) => changed(whispers, whisper, { read_by: person }),
  WhisperAnswered: (whispers, { whisper, reply, person }) =>
    changed(whispers, whisper, { reply, read_by: person }),
};

/** @param {Whisper[]} whispers @param {JournalEvent} event */
export function applyWhisper(whispers, event) {
  const change = EVENTS[event.kind];
  return change ? change(whispers, event) : whispers;
}

/**
 * The one that the handler has yet to answer: the oldest, so that none is passed over.
 * @param {Call} call
 */
export function whisperToAnswer(call) {
  return call.whispers.find((whisper) => whisper.reply === null) ?? null;
}

/** @param {Whisper[]} whispers @param {string} id @param {Partial<Whisper>} change */
function changed(whispers, id, change) {
  return whispers.map((whisper) => (whisper.id === id ? { ...whisper, ...change } : whisper));
}
