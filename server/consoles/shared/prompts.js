// The prompts of a call: how each stands, and which one is in front. Pure.

const RANKS = { immediate: 3, high: 2, contextual: 1, none: 0 };

const STEPS = {
  PromptConfirmed: (prompt, event) => ({ ...prompt, standing: "settled", quote: event.quote }),
  PromptWithdrawn: (prompt, event) => ({ ...prompt, standing: "withdrawn", heard: event.heard, because: event.because }),
  PromptOwned: (prompt, event) => stepped(prompt, event, { owner: event.person }),
  PromptAnswered: (prompt, event) => stepped(prompt, event, { outcome: event.outcome, closed_by: event.person }),
  PromptDismissed: (prompt, event) => stepped(prompt, event, { dismissal: event.reason, closed_by: event.person }),
  PromptUndone: (prompt) => undone(prompt),
  PromptDelivered: (prompt, event) => ({ ...prompt, seen_by: seen(prompt.seen_by, event.person, "delivered") }),
  PromptPainted: (prompt, event) => ({ ...prompt, seen_by: seen(prompt.seen_by, event.person, "painted") }),
};

export function applyPrompt(prompts, event) {
  if (event.kind === "PromptRaised") return [...prompts, raised(event)];
  const step = STEPS[event.kind];
  if (!step) return prompts;
  return prompts.map((prompt) => (prompt.id === event.prompt ? step(prompt, event) : prompt));
}

export function isOpen(prompt) {
  return prompt.outcome === null && prompt.dismissal === null;
}

/** Handlers are interrupted by immediate prompts alone; the rest is the specialist's to weigh. */
export function isFor(prompt, role) {
  return role !== "handler" || prompt.severity === "immediate";
}

/**
 * Open prompts in the order in which they are put: what I own stays in front, then the graver
 * class, then the older. What turned out to be heard differently waits behind the rest.
 */
export function openPrompts(call, me) {
  const mine = (prompt) => (prompt.owner === me.id ? 1 : 0);
  const sure = (prompt) => (prompt.standing === "withdrawn" ? 0 : 1);
  return call.prompts
    .filter((prompt) => isOpen(prompt) && isFor(prompt, me.role))
    .sort(
      (one, other) =>
        mine(other) - mine(one) ||
        sure(other) - sure(one) ||
        RANKS[other.severity] - RANKS[one.severity] ||
        one.seq - other.seq,
    );
}

/** Answered and put aside, the latest first. */
export function closedPrompts(call, me) {
  return call.prompts
    .filter((prompt) => !isOpen(prompt) && isFor(prompt, me.role))
    .sort((one, other) => lastStep(other).seq - lastStep(one).seq);
}

export function lastStep(prompt) {
  return prompt.steps[prompt.steps.length - 1] ?? null;
}

/** The prompt with the latest step that I took and that can be taken back. */
export function myLastStepped(call, me) {
  return call.prompts
    .filter((prompt) => lastStep(prompt)?.person === me.id)
    .reduce((last, prompt) => (last && lastStep(last).seq > lastStep(prompt).seq ? last : prompt), null);
}

function raised(event) {
  return {
    ...event.prompt,
    seq: event.seq,
    heard: "",
    because: "",
    owner: null,
    outcome: null,
    dismissal: null,
    closed_by: null,
    seen_by: {},
    steps: [],
  };
}

function stepped(prompt, event, change) {
  const { owner, outcome, dismissal, closed_by } = prompt;
  const step = { seq: event.seq, person: event.person, before: { owner, outcome, dismissal, closed_by } };
  return { ...prompt, ...change, steps: [...prompt.steps, step] };
}

function undone(prompt) {
  const step = lastStep(prompt);
  return step ? { ...prompt, ...step.before, steps: prompt.steps.slice(0, -1) } : prompt;
}

function seen(people, person, how) {
  return { ...people, [person]: people[person] === "painted" ? "painted" : how };
}
