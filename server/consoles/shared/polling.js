// Asking again and again for what is new, and saying since when there has been no answer.

import { Refused } from "./api.js";

const EVERY_MS = 3000;

export class Polling {
  /**
   * @param {{
   *   ask: () => Promise<unknown>,
   *   onState: (lostSince: Date | null) => void,
   *   onOver: (refused: Refused) => void,
   * }} page `ask` fetches and shows; `onOver`: it will never be answered again
   */
  constructor(page) {
    this.page = page;
    /** @type {Date | null} */
    this.since = null;
  }

  start() {
    void this.#round();
  }

  /** Ask now, as after doing something. */
  async now() {
    try {
      await this.page.ask();
      this.#state(null);
      return true;
    } catch (fault) {
      if (!(fault instanceof Refused)) throw fault;
      if ([401, 403, 404, 410].includes(fault.status)) {
        this.page.onOver(fault);
        return false;
      }
      this.#state(this.since ?? new Date());
      return true;
    }
  }

  async #round() {
    if (await this.now()) setTimeout(() => void this.#round(), EVERY_MS);
  }

  /** @param {Date | null} since */
  #state(since) {
    this.since = since;
    this.page.onState(since);
  }
}
