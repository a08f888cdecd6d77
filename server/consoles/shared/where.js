// Which room a page is in: the control room, or the training room, whose calls nobody made.

const TRAINING = "/training/room";

/** Whether this page is a desk of the training room. */
export const inTraining = location.pathname.startsWith(`${TRAINING}/`);

/** Where in this room an address of the server is: the pages are the same, and what they ask is not. @param {string} path */
export function inRoom(path) {
  return inTraining && (path.startsWith("/api/") || path === "/feed") ? `${TRAINING}${path}` : path;
}

/** Say on every desk of the training room that it is one. */
export function markRoom() {
  if (!inTraining) return;
  document.body.dataset.room = "training";
  const bar = document.createElement("p");
  bar.className = "training-bar";
  const back = document.createElement("a");
  back.href = "/training";
  back.textContent = "Back to the session";
  bar.append("Training room: nobody real is on this call. ", back);
  document.querySelector("header")?.prepend(bar);
}
