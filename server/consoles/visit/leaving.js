// Leaving at once: the button, or Shift three times. The page gives way to an ordinary site, and Back does not bring it again.

const PRESSES = 3;
const WITHIN_MS = 5000;

/** Call `leave` when Shift was pressed three times with nothing between. @param {() => void} leave */
export function leaveByKeys(leave) {
  /** @type {number[]} */
  let pressed = [];
  let alone = false;
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Shift") {
      alone = false;
      pressed = [];
    } else if (!event.repeat) alone = true;
  });
  document.addEventListener("keyup", (event) => {
    if (event.key !== "Shift" || !alone) return;
    alone = false;
    const now = performance.now();
    pressed = [...pressed.filter((at) => now - at < WITHIN_MS), now];
    if (pressed.length >= PRESSES) leave();
  });
}

/** Tell the server, whatever becomes of the page. @param {string} address @param {boolean} quick */
export function tellLeft(address, quick) {
  tell(`${address}/leave`, { quick });
}

/** Shown out: the browser is to forget that it was here, if it may not come back. @param {string} address */
export function tellOver(address) {
  tell(`${address}/over`, {});
}

/** @param {string} door @param {object} what */
function tell(door, what) {
  const body = JSON.stringify(what);
  fetch(door, { method: "POST", body, headers: { "Content-Type": "application/json" }, keepalive: true }).catch(() => {});
}

/** @param {string} site */
export function giveWayTo(site) {
  document.documentElement.hidden = true;
  document.title = "";
  location.replace(site);
}
