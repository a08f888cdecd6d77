// One step of the page at a time; the focus goes to its heading, so that it is read out.

import { part, show } from "../shared/dom.js";

const STEPS = ["start", "devices", "call", "over"];

/** @param {string} name */
export function toStep(name) {
  for (const step of STEPS) show(part(step, HTMLElement), step === name);
  part(`${name}-title`, HTMLElement).focus();
}
