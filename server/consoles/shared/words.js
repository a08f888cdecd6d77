// How the console names things. Plain words; the readers are call handlers and specialists.

/** @import { Call, Face, Party, Prompt, Role, Severity } from "./types.js" */

/** @type {Record<Party, string>} */
export const PARTIES = { caller: "Caller", handler: "Handler", other: "Other voice" };
/** @type {Record<Party, string>} */
export const PARTIES_IN_TEXT = { caller: "the caller", handler: "the handler", other: "the other voice" };
/** @type {Record<Role, string>} */
export const ROLES = { handler: "Handler", specialist: "Specialist", supervisor: "Supervisor" };
/** @type {Record<Severity, string>} */
export const CLASSES = { immediate: "Immediate", high: "High", contextual: "Context", none: "No marker" };

export const OUTCOMES = [
  { value: "yes", label: "Said yes", key: "1" },
  { value: "no", label: "Said no", key: "2" },
  { value: "not heard", label: "Not heard", key: "3" },
  { value: "not safe to ask", label: "Not safe to ask", key: "4" },
  { value: "acted", label: "Acted on", key: "5" },
];
export const DISMISSALS = [
  { value: "no reason given", label: "No reason", key: "x" },
  { value: "already known", label: "Already known", key: "k" },
  { value: "misheard", label: "Misheard", key: "m" },
  { value: "not relevant", label: "Not relevant", key: "r" },
  { value: "unsafe to ask", label: "Unsafe to ask", key: "s" },
];
export const REPLIES = [
  { value: "will ask", label: "Will ask", key: "6" },
  { value: "yes", label: "Yes", key: "7" },
  { value: "no", label: "No", key: "8" },
  { value: "not safe to ask", label: "Not safe", key: "9" },
  { value: "not heard", label: "Not heard", key: "0" },
];
export const NEEDS = [
  { value: "child", label: "child" },
  { value: "honour_based_abuse", label: "honour-based abuse" },
];

/** @type {Record<string, string>} */
const ESCALATED = {
  specialist: "Nobody has taken it: brought to the specialist again",
  "specialist and supervisor": "Nobody has taken it: brought to specialist and supervisor",
  "duty supervisor": "Nobody has taken it: brought to the duty supervisor",
};

/** The same in a few words, after what it is. @type {Record<string, string>} */
export const BROUGHT = {
  "specialist and supervisor": "brought to you and the specialist",
  "duty supervisor": "brought to the duty supervisor",
};

/** mm:ss, or h:mm:ss after the first hour. @param {number} ms */
export function clock(ms) {
  const whole = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes, seconds] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const tail = `${String(minutes).padStart(2, "0")}:${String(seconds).padStart(2, "0")}`;
  return hours > 0 ? `${hours}:${tail}` : tail;
}

/** @param {number} ms */
export function seconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** @param {number | null} ms */
export function wallClock(ms) {
  if (ms === null) return "";
  return new Date(ms).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

/** @param {number} count @param {string} one @param {string} [many] */
export function counted(count, one, many = `${one}s`) {
  return `${count} ${count === 1 ? one : many}`;
}

/** @param {Record<string, Face>} people @param {string | null} id @param {Face | null} [me] */
export function nameOf(people, id, me) {
  if (!id) return "";
  if (me && id === me.id) return "you";
  return people[id]?.name ?? id;
}

/** A short name for a call, the same on every screen: provider ids are too long to say aloud. @param {string} id */
export function callName(id) {
  return id.length > 10 ? `Call ${id.slice(-4).toUpperCase()}` : `Call ${id}`;
}

/** @param {string | null} value */
export function outcomeLabel(value) {
  return OUTCOMES.find((outcome) => outcome.value === value)?.label ?? value ?? "";
}

/** @param {string | null} value */
export function dismissalLabel(value) {
  return DISMISSALS.find((dismissal) => dismissal.value === value)?.label ?? value ?? "";
}

/** How a prompt that is done was done. @param {Prompt} prompt */
export function doneText(prompt) {
  return prompt.outcome ? outcomeLabel(prompt.outcome) : `Put aside: ${dismissalLabel(prompt.dismissal)}`;
}

/** @param {string} skill */
export function skillText(skill) {
  return skill.replaceAll("_", " ").replace(":", " ");
}

/** @param {Prompt} prompt */
export function escalatedText(prompt) {
  if (!prompt.escalated || prompt.owner !== null) return "";
  if (prompt.escalated === "duty supervisor" && prompt.told === null) return "Nobody has taken it, and no supervisor is on duty";
  return ESCALATED[prompt.escalated] ?? "";
}

/** @param {Prompt} prompt */
export function standingText(prompt) {
  if (prompt.standing === "withdrawn" && prompt.because) return prompt.because;
  if (prompt.by !== null) return "Raised by hand";
  if (prompt.standing === "draft") return "Heard in a draft: the words may still change";
  if (prompt.standing === "settled") return "Confirmed by the settled words";
  return `Heard differently${prompt.heard ? `: “${prompt.heard}”` : ""}`;
}

/** Which call about the same people a line in a list is. @param {import("./types.js").Line} line */
export function lineNumberText({ tonight = 0, earlier_calls: earlier = 0 }) {
  if (tonight > 0) return `Call ${tonight + 1} tonight`;
  return earlier > 0 ? counted(earlier, "earlier call") : "";
}

/** What no call says alone and the linked ones say together. @param {import("./types.js").Line} line */
export function togetherText({ together = [] }) {
  return together.length > 0 ? `Linked calls together: ${together.join("; ")}` : "";
}

/** Which call this is about the same people, as far as it is known. @param {Call | null} call */
export function callNumberText(call) {
  if (!call?.history || call.history.earlier_calls < 1) return "";
  const { earlier_calls, within_7_days, tonight } = call.history;
  const recent = within_7_days > 0 ? `, ${within_7_days} in the last 7 days` : "";
  const number = tonight > 0 ? `Call ${tonight + 1} tonight · ` : "";
  return `${number}${counted(earlier_calls, "earlier call")} about the same people${recent}`;
}
