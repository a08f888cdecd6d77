// The prompts of a call: how each stands, and which one is in front. Pure.

/** @import { Call, Face, Held, JournalEvent, Prompt, Role, Severity } from "./types.js" */

/** @type {Record<Severity, number>} */
export const RANKS = { immediate: 3, high: 2, contextual: 1, none: 0 };

/** How far a prompt has come on somebody's screen; it never goes back. */
const SEEN = ["delivered", "painted", "seen"];

/** @type {Record<string, (prompt: Prompt, event: JournalEvent) => Prompt>} */
const STEPS = {
  PromptConfirmed: (prompt, event) => ({ ...prompt, standing: "settled", quote: event.quote }),
  PromptWithdrawn: (prompt, event) => ({ ...prompt, standing: "withdrawn", heard: event.heard, because: event.because }),
  PromptUpgraded: (prompt, event) => ({ ...prompt, severity: graver(prompt, event.severity), upgraded: event.because, escalated: "" }),
  PromptShared: (prompt) => ({ ...prompt, shared: true }),
  PromptEscalated: (prompt, event) => ({ ...prompt, escalated: event.to, told: event.person ?? null }),
  PromptOwned: (prompt, event) => stepped({ ...prompt, escalated: "" }, event, { owner: event.person }),
  PromptDropped: (prompt, event) => stepped(prompt, event, { owner: null }),
  PromptAsked: (prompt, event) => stepped(prompt, event, { asked: true }),
  PromptAnswered: (prompt, event) => stepped(prompt, event, { outcome: event.outcome, closed_by: event.person, closed_ms: event.at_ms }),
  PromptDismissed: (prompt, event) => stepped(prompt, event, { dismissal: event.reason, closed_by: event.person, closed_ms: event.at_ms }),
  PromptUndone: (prompt) => undone(prompt),
  PromptDelivered: (prompt, event) => ({ ...prompt, seen_by: seen(prompt, event.person, "delivered") }),
  PromptPainted: (prompt, event) => ({ ...prompt, seen_by: seen(prompt, event.person, "painted") }),
  PromptSeen: (prompt, event) => ({ ...prompt, seen_by: seen(prompt, event.person, "seen") }),
};

/** @param {Prompt[]} prompts @param {JournalEvent} event */
export function applyPrompt(prompts, event) {
  if (event.kind === "PromptRaised") return [...prompts, raised(event)];
  const step = STEPS[event.kind];
  if (!step) return prompts;
  return prompts.map((prompt) => (prompt.id === event.prompt ? step(prompt, event) : prompt));
}

/** @param {Prompt} prompt */
export function isOpen(prompt) {
  return prompt.outcome === null && prompt.dismissal === null;
}

/**
 * Handlers are interrupted by immediate prompts, and by what a specialist sends or shares.
 * @param {Prompt} prompt @param {Role} role
 */
export function isFor(prompt, role) {
  return role !== "handler" || prompt.severity === "immediate" || prompt.shared || prompt.by !== null;
}

/**
 * Supervisors act on what nobody else took in time, and on what they took themselves.
 * @param {Prompt} prompt @param {Face} me
 */
export function mayActOn(prompt, me) {
  return me.role !== "supervisor" || prompt.escalated !== "" || prompt.owner === me.id;
}

/**
 * The one prompt before the handler, as the server chose it; it stays until it is closed.
 * @param {Call} call
 */
export function shownToHandler(call) {
  return call.prompts.find((prompt) => prompt.id === call.shown && isOpen(prompt)) ?? null;
}

/**
 * Open prompts in the order in which they are put: what I own stays in front, then the graver
 * class, then the older. What turned out to be heard differently waits behind the rest, and before
 * supervisors what they may only read behind what was brought to them.
 * @param {Call} call @param {Face} me
 */
export function openPrompts(call, me) {
  /** @param {Prompt} prompt */
  const mine = (prompt) => (prompt.owner === me.id ? 1 : 0);
  /** @param {Prompt} prompt */
  const sure = (prompt) => (prompt.standing === "withdrawn" ? 0 : 1);
  return call.prompts
    .filter((prompt) => isOpen(prompt) && isFor(prompt, me.role))
    .sort(
      (one, other) =>
        mine(other) - mine(one) ||
        Number(mayActOn(other, me)) - Number(mayActOn(one, me)) ||
        sure(other) - sure(one) ||
        RANKS[other.severity] - RANKS[one.severity] ||
        one.seq - other.seq,
    );
}

/**
 * Answered and put aside, the latest first.
 * @param {Call} call @param {Face} me
 */
export function closedPrompts(call, me) {
  return call.prompts
    .filter((prompt) => !isOpen(prompt) && isFor(prompt, me.role))
    .sort((one, other) => (lastStep(other)?.seq ?? 0) - (lastStep(one)?.seq ?? 0));
}

/** @param {Prompt} prompt */
export function lastStep(prompt) {
  return prompt.steps[prompt.steps.length - 1] ?? null;
}

/**
 * The prompt with the latest step that I took and that can be taken back.
 * @param {Call} call @param {Face} me
 */
export function myLastStepped(call, me) {
  const mine = call.prompts.filter((prompt) => lastStep(prompt)?.person === me.id);
  return mine.reduce(
    (last, prompt) => (last && (lastStep(last)?.seq ?? 0) > (lastStep(prompt)?.seq ?? 0) ? last : prompt),
    /** @type {Prompt | null} */ (null),
  );
}

/** @param {JournalEvent} event @returns {Prompt} */
function raised(event) {
  return {
    by: null,
    order: 0,
    ...event.prompt,
    seq: event.seq,
    raised_at: event.recorded_at,
    heard: "",
    because: "",
    owner: null,
    asked: false,
    outcome: null,
    dismissal: null,
    closed_by: null,
    closed_ms: null,
    upgraded: "",
    shared: false,
    escalated: "",
    told: null,
    seen_by: {},
    steps: [],
  };
}

/** @param {Prompt} prompt @param {JournalEvent} event @param {Partial<Held>} change @returns {Prompt} */
function stepped(prompt, event, change) {
  const { owner, asked, outcome, dismissal, closed_by, closed_ms } = prompt;
  const before = { owner, asked, outcome, dismissal, closed_by, closed_ms };
  const step = { seq: event.seq, person: event.person, before };
  return { ...prompt, ...change, steps: [...prompt.steps, step] };
}

/** @param {Prompt} prompt */
function undone(prompt) {
  const step = lastStep(prompt);
  return step ? { ...prompt, ...step.before, steps: prompt.steps.slice(0, -1) } : prompt;
}

/**
 * The call with what I took back as it will stand: whoever takes an answer back can give another at once.
 * @param {Call} call @param {{ prompt: string, steps: number[] } | undefined} mine @param {Face} me
 * @returns {Call}
 */
export function takenBack(call, mine, me) {
  const prompt = mine && call.prompts.find(({ id }) => id === mine.prompt);
  if (!prompt || !mine.steps.includes(lastStep(prompt)?.seq ?? 0)) return call;
  let standing = prompt;
  while (mine.steps.includes(lastStep(standing)?.seq ?? 0)) standing = undone(standing);
  const prompts = call.prompts.map((one) => (one === prompt ? standing : one));
  return { ...call, prompts, shown: me.role === "handler" && !isOpen(prompt) ? prompt.id : call.shown };
}

/** @param {Prompt} prompt @param {string} person @param {"delivered" | "painted" | "seen"} how */
function seen({ seen_by }, person, how) {
  const furthest = SEEN.indexOf(seen_by[person] ?? "") > SEEN.indexOf(how) ? seen_by[person] : how;
  return { ...seen_by, [person]: furthest ?? how };
}

/** A danger is never lowered by what comes later. @param {{ severity: Severity }} before @param {Severity} severity */
export function graver(before, severity) {
  return RANKS[severity] > RANKS[before.severity] ? severity : before.severity;
}
