// Single keys that act, unless something is being typed, a dialog is open or they are switched off.

const STORED = "earshot.keys";

export function keysAreOn() {
  return localStorage.getItem(STORED) !== "off";
}

export function switchKeys(on) {
  localStorage.setItem(STORED, on ? "on" : "off");
}

/** Call the action of each plain key press. Held keys, and keys with a modifier, do nothing. */
export function listenForKeys(actions, { silent }) {
  document.addEventListener("keydown", (event) => {
    if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || silent()) return;
    if (event.target instanceof HTMLElement && event.target.matches("input, textarea, select")) return;
    const key = event.key.toLowerCase();
    if (key !== "?" && !keysAreOn()) return;
    const action = actions[key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
