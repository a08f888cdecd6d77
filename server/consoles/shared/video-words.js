// What the consoles say about links and video calls, and the shapes that the server gives.

import { el } from "./dom.js";

/** @typedef {{ speaks: "stop" | "against" | "not known" | "for", text: string, quote: string }} Fact */
/** @typedef {{ link: string, room: string, kind: string, guest: boolean, by: string, to: string, name: string, made_at: string, until: string, state: string, instead: string, tried_elsewhere: number }} Invitation */
/** @typedef {{ phone_safe: string, others: string, alone: string, word: string, until: string, by: string }} Safety */
/** @typedef {{ safety: Safety | null, facts: Fact[], links: Invitation[], number: string, video: boolean, languages: { code: string, name: string, verified: boolean }[], sends: boolean, records: boolean, minutes: number }} Picture */
/** @typedef {"on" | "off" | "denied" | "none"} Switched */
/** @typedef {{ id: string, seat: string, name: string, talks: boolean, here: "here" | "reconnecting" | "left", camera: Switched, microphone: Switched, quality: string, takes: string, recorded?: boolean, slot?: number | null, why?: string }} Participant */
/** @typedef {{ call: string, from_call: string | null, case: string, state: string, since: string, victim: string, participants: Participant[] }} RoomLine */

export const SHOWN_LATER_MS = 2000;
/** States of links that somebody may still open or hold. */
export const LOOKS_ALIVE = new Set(["being sent", "sent", "delivered", "failed", "opened"]);

/** @type {Record<string, { label: string, badge: string }>} */
const SPEAKS = {
  stop: { label: "Stop", badge: "immediate" },
  against: { label: "Against", badge: "high" },
  "not known": { label: "Not known", badge: "none" },
  for: { label: "For", badge: "contextual" },
};

/** @param {Fact} fact */
export function factLine({ speaks, text, quote }) {
  const { label, badge } = SPEAKS[speaks];
  const sign = el("span", { class: `badge badge-${badge}` }, el("span", { class: `shape shape-${badge}`, "aria-hidden": "true" }), label);
  return el("li", { class: `fact fact-${badge}` }, sign, el("span", {}, text, quote ? el("q", {}, quote) : null));
}

/** @type {Record<string, string>} */
const SENT = {
  full: "Your line is good again.",
  stills: "Your line is weak: they see stills of you and hear you.",
  sound: "Your line is weak: they hear you and do not see you.",
  text: "Your line is very weak: they do not hear you. Type to them.",
};
/** @type {Record<string, string>} */
const TAKEN = {
  stills: "Your line is weak: you see stills of them.",
  sound: "Your line is weak: you hear them and do not see them.",
  text: "Your line is very weak: you do not hear them. Ask them to type.",
};

/** What one is told of one's own line, by what goes over it each way. @param {{ sends: string, takes: string }} line */
export function ownLine({ sends, takes }) {
  const sent = takes === "full" || sends !== "full" ? SENT[sends] : "";
  return [sent, TAKEN[takes]].filter(Boolean).join(" ");
}

/** @type {Record<string, string>} */
const STATES = {
  "being sent": "is being sent",
  sent: "was sent",
  delivered: "was delivered",
  failed: "was not delivered",
  opened: "was opened",
  expired: "was not opened in time",
  revoked: "was taken back",
  left: "they left",
  "quick exit": "they left by quick exit: do not ring or text now",
  "call over": "the call is over",
  "not sent": "could not be sent",
};
/** @type {Record<string, string>} */
const KINDS = { video: "Video link", text: "Text-only link", location: "Location link" };

/** @param {Invitation} link */
export function linkText(link) {
  const what = link.guest ? `Link for ${link.name || "a guest"}` : KINDS[link.kind] ?? "Link";
  const tried = link.tried_elsewhere > 0 ? ` Somebody tried it from another phone or browser${link.tried_elsewhere > 1 ? ` ${link.tried_elsewhere} times` : ""}.` : "";
  return `${what} to ${link.to}: ${STATES[link.state] ?? link.state}.${link.instead ? ` ${link.instead}` : ""}${tried}`;
}

/**
 * One question with its answers.
 * @param {string} name @param {string} question @param {[string, string][]} answers
 */
export function radios(name, question, answers) {
  const inputs = answers.map(([value]) => el("input", { type: "radio", name, value, id: `video-${name}-${value.replaceAll(" ", "-")}` }));
  const options = answers.map(([, label], at) => el("label", { class: "radio" }, inputs[at], label));
  return {
    node: el("fieldset", { class: "question" }, el("legend", {}, question), el("div", { class: "radios" }, ...options)),
    get value() {
      return inputs.find((input) => input.checked)?.value ?? "";
    },
    /** @param {string} value */
    choose(value) {
      for (const input of inputs) input.checked = input.value === value;
    },
  };
}
