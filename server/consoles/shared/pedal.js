// One key does everything: a tap moves to the next choice, holding it chooses. Made for a foot pedal.

import { remember, remembered } from "./keys.js";

const STORED = "earshot.pedal";
const HOLD_MS = 700;

export class Pedal {
  #learning = false;
  #pressed = false;
  #armed = false;
  #timer = 0;

  /** @param {{ choices: () => HTMLElement[], onChange: () => void }} has the choices in their order; told when its state changes */
  constructor(has) {
    this.has = has;
    document.addEventListener("keydown", (event) => this.#down(event), { capture: true });
    document.addEventListener("keyup", (event) => this.#up(event), { capture: true });
  }

  get key() {
    return remembered(STORED) ?? "";
  }

  get learning() {
    return this.#learning;
  }

  /** Whether letting go chooses. */
  get armed() {
    return this.#armed;
  }

  /** Learn the key from the next press; or forget it, if there is one. */
  toggle() {
    if (this.key !== "") remember(STORED, "");
    else this.#learning = !this.#learning;
    this.has.onChange();
  }

  /** @param {KeyboardEvent} event */
  #down(event) {
    if (this.#learning) {
      event.preventDefault();
      event.stopPropagation();
      this.#learning = false;
      if (event.key !== "Escape" && event.key !== "Tab") remember(STORED, event.key);
      this.has.onChange();
      return;
    }
    if (!this.#isMine(event)) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.repeat || this.#pressed) return;
    this.#pressed = true;
    this.#timer = setTimeout(() => {
      this.#armed = this.#at() >= 0;
      this.has.onChange();
    }, HOLD_MS);
  }

  /** @param {KeyboardEvent} event */
  #up(event) {
    if (!this.#isMine(event) || !this.#pressed) return;
    event.preventDefault();
    event.stopPropagation();
    clearTimeout(this.#timer);
    const chosen = this.#armed ? this.has.choices()[this.#at()] : undefined;
    [this.#pressed, this.#armed] = [false, false];
    if (chosen) chosen.click();
    else this.#next();
    this.has.onChange();
  }

  #next() {
    const choices = this.has.choices();
    choices[(this.#at() + 1) % Math.max(1, choices.length)]?.focus();
  }

  #at() {
    return this.has.choices().findIndex((choice) => choice === document.activeElement);
  }

  /** @param {KeyboardEvent} event */
  #isMine(event) {
    return this.key !== "" && event.key === this.key && !event.ctrlKey && !event.metaKey && !event.altKey;
  }
}
