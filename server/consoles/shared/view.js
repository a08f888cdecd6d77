// What the page shows of the model: which calls, which prompt in front, what calls for attention. Pure.

import { closedPrompts, isFor, isOpen, openPrompts } from "./prompts.js";

const RANKS = { immediate: 3, high: 2, contextual: 1, none: 0 };

/** The list: live calls first, mine before others', then the latest arrival. */
export function listed(model) {
  const mine = (line) => (line.handler === model.me?.id || line.specialist === model.me?.id ? 1 : 0);
  const live = (line) => (line.ended_at === null ? 1 : 0);
  return Object.values(model.lines).sort(
    (one, other) =>
      live(other) - live(one) ||
      mine(other) - mine(one) ||
      Date.parse(other.arrived_at) - Date.parse(one.arrived_at) ||
      one.call.localeCompare(other.call),
  );
}

/** The call to show when nobody has chosen: the one held, while it lasts, else my newest live call. */
export function toSelect(model) {
  if (model.selected !== null) return model.selected;
  return listed(model).find((line) => line.call in model.calls)?.call ?? null;
}

/** The selected call with its prompts in their order. */
export function shown(model) {
  const call = model.calls[model.selected];
  if (!call || !model.me) return { call: null, front: null, waiting: [], closed: [] };
  const [front = null, ...waiting] = openPrompts(call, model.me);
  return { call, front, waiting, closed: closedPrompts(call, model.me) };
}

/** Another call with an open prompt that nobody owns, the gravest first. */
export function elsewhere(model) {
  const waiting = Object.values(model.calls)
    .filter((call) => call.id !== model.selected)
    .flatMap((call) => call.prompts.map((prompt) => ({ call: call.id, prompt })))
    .filter(({ prompt }) => isOpen(prompt) && prompt.owner === null && isFor(prompt, model.me.role));
  return waiting.reduce(
    (gravest, next) => (gravest && RANKS[gravest.prompt.severity] >= RANKS[next.prompt.severity] ? gravest : next),
    null,
  );
}

export function openCount(model) {
  if (!model.me) return 0;
  return Object.values(model.calls)
    .flatMap((call) => call.prompts)
    .filter((prompt) => isOpen(prompt) && isFor(prompt, model.me.role)).length;
}
