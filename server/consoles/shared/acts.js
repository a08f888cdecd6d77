// What people do, sent in order: an act that the server did not answer is sent again under its own id, and done once.

import { newAct, Refused } from "./api.js";

/** @import { Api } from "./api.js" */

/** @typedef {{ path: string, body: object, id: string, tries: number }} Act */

/** So many acts wait for a server that does not answer; a further one is refused, and said to be. */
const WAITING_LIMIT = 50;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8000;

export class Acts {
  /** @type {Act[]} */
  #waiting = [];
  #sending = false;

  /** @param {{ api: Api, onChange: () => void, onDone: (act: Act, answer: any) => void, onRefused: (refused: Refused, path: string) => void }} has */
  constructor(has) {
    this.has = has;
  }

  /** Acts that have been tried and are not known to be on record. */
  get unrecorded() {
    return this.#waiting.filter((act) => act.tries > 0).length;
  }

  /** @param {string} path @param {object} [body] */
  add(path, body = {}) {
    if (this.#waiting.length >= WAITING_LIMIT) {
      this.has.onRefused(new Refused(0, { code: "too-many", message: "Too much is waiting to be recorded. This was not kept." }), path);
      return;
    }
    this.#waiting.push({ path, body, id: newAct(), tries: 0 });
    this.#send();
  }

  async #send() {
    if (this.#sending) return;
    this.#sending = true;
    for (let act = this.#waiting[0]; act; act = this.#waiting[0]) await this.#try(act);
    this.#sending = false;
  }

  /** @param {Act} act */
  async #try(act) {
    try {
      const answer = await this.has.api.act(act.path, act.body, act.id);
      this.#waiting.shift();
      this.has.onDone(act, answer);
    } catch (fault) {
      if (!(fault instanceof Refused)) throw fault;
      if (fault.status === 0 || fault.status >= 500) {
        act.tries += 1;
        this.has.onChange();
        await pause(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (act.tries - 1)));
        return;
      }
      this.#waiting.shift();
      this.has.onRefused(fault, act.path);
    }
    this.has.onChange();
  }
}

/** @param {number} ms */
function pause(ms) {
  return new Promise((done) => setTimeout(done, ms));
}
