// Single keys that act, unless something is being typed, a dialog is open or they are switched off.

const STORED = "earshot.keys";

export function keysAreOn() {
  return remembered(STORED) !== "off";
}

/** @param {boolean} on */
export function switchKeys(on) {
  remember(STORED, on ? "on" : "off");
}

/** What this browser remembers; a frame may be kept from remembering. @param {string} name */
export function remembered(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

/** @param {string} name @param {string} value */
export function remember(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // A frame without storage forgets on reload; nothing else depends on it.
  }
}

/**
 * Call the action of each plain key press. Held keys, and keys with a modifier, do nothing.
 * @param {Record<string, () => void>} actions
 * @param {{ silent: () => boolean }} when
 */
export function listenForKeys(actions, { silent }) {
  document.addEventListener("keydown", (event) => {
    if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || silent() || dialogIsOpen() || isTyped(event)) return;
    const key = event.key.toLowerCase();
    if (key !== "?" && !keysAreOn()) return;
    const action = actions[key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}

/** Keys that are pressed in a dialog mean nothing behind it. */
function dialogIsOpen() {
  return document.querySelector("dialog[open]") !== null;
}

/** Whether the key goes into a field. @param {Event} event */
export function isTyped({ target }) {
  return target instanceof HTMLElement && target.matches("input:not([type=checkbox], [type=radio]), textarea, select");
}
