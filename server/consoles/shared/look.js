// How the pages look and sound for this person in this browser: colours, and a calm tone or none.

import { remember, remembered } from "./keys.js";

const COLOURS = "earshot.colours";
const TONE = "earshot.tone";

export const LOOKS = [
  { value: "system", label: "As this computer has it" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
  { value: "contrast", label: "High contrast" },
];

export function look() {
  return remembered(COLOURS) ?? "system";
}

/** @param {string} value */
export function chooseLook(value) {
  remember(COLOURS, value);
  applyLook();
}

export function applyLook() {
  document.documentElement.dataset.look = look();
}

export function toneIsOn() {
  return remembered(TONE) === "on";
}

/** @param {boolean} on */
export function switchTone(on) {
  remember(TONE, on ? "on" : "off");
  if (on) playTone();
}

/** @type {AudioContext | null} */
let audio = null;

/** One soft, low note in the headset: enough to be noticed, nothing to startle. */
export function playTone() {
  audio ??= new AudioContext();
  const [note, loudness] = [audio.createOscillator(), audio.createGain()];
  const now = audio.currentTime;
  note.frequency.value = 392;
  loudness.gain.setValueAtTime(0, now);
  loudness.gain.linearRampToValueAtTime(0.08, now + 0.06);
  loudness.gain.exponentialRampToValueAtTime(0.0001, now + 0.7);
  note.connect(loudness).connect(audio.destination);
  note.start(now);
  note.stop(now + 0.75);
}
