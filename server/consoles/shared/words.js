// How the console names things. Plain words; the readers are call handlers and specialists.

export const PARTIES = { caller: "Caller", handler: "Handler", other: "Other voice" };
export const PARTIES_IN_TEXT = { caller: "the caller", handler: "the handler", other: "the other voice" };
export const ROLES = { handler: "Handler", specialist: "Specialist", supervisor: "Supervisor" };
export const CLASSES = { immediate: "Immediate", high: "High", contextual: "Context", none: "No marker" };

export const OUTCOMES = [
  { value: "yes", label: "Said yes", key: "1" },
  { value: "no", label: "Said no", key: "2" },
  { value: "not heard", label: "Not heard", key: "3" },
  { value: "acted", label: "Acted on", key: "4" },
  { value: "not safe to ask", label: "Not safe to ask", key: "5" },
];
export const DISMISSALS = [
  { value: "already known", label: "Already known", key: "k" },
  { value: "misheard", label: "Misheard", key: "m" },
  { value: "not relevant", label: "Not relevant", key: "r" },
  { value: "unsafe to ask", label: "Unsafe to ask", key: "s" },
  { value: "no reason given", label: "No reason", key: "x" },
];

/** mm:ss, or h:mm:ss after the first hour. */
export function clock(ms) {
  const whole = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes, seconds] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const tail = `${String(minutes).padStart(2, "0")}:${String(seconds).padStart(2, "0")}`;
  return hours > 0 ? `${hours}:${tail}` : tail;
}

export function seconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`;
}

export function wallClock(ms) {
  return new Date(ms).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

export function nameOf(people, id, me) {
  if (!id) return "";
  if (me && id === me.id) return "you";
  return people[id]?.name ?? id;
}

/** A short name for a call, the same on every screen: provider ids are too long to say aloud. */
export function callName(id) {
  return id.length > 10 ? `Call ${id.slice(-4).toUpperCase()}` : `Call ${id}`;
}

export function outcomeLabel(value) {
  return OUTCOMES.find((outcome) => outcome.value === value)?.label ?? value;
}

export function dismissalLabel(value) {
  return DISMISSALS.find((dismissal) => dismissal.value === value)?.label ?? value;
}
