// The live feed: joins, rejoins with growing pauses, and resumes each call where it broke off.

const SILENT_MS = 12000; // the server ticks every five seconds; two missed ticks and a little is a dead line
const FIRST_PAUSE_MS = 300;
const LONGEST_PAUSE_MS = 8000;
const SIGNED_OUT = 4001;

/** @import { FeedMessage } from "./types.js" */

/**
 * The pause before the next try: doubling, and spread so that a whole room does not come back at once.
 * @param {number} tries
 */
export function pauseMs(tries, random = Math.random) {
  const full = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** tries);
  return Math.round(full / 2 + (full / 2) * random());
}

export class Feed {
  /** @type {WebSocket | null} */
  #socket = null;
  #tries = 0;
  #watchdog = 0;
  #retry = 0;

  /**
   * `resume` gives what is held; `signedOut` asks whether the session is over; the rest hear what happens.
   * @param {{
   *   url: string,
   *   resume: () => Record<string, number>,
   *   signedOut: () => Promise<boolean>,
   *   onMessage: (message: FeedMessage) => void,
   *   onState: (state: string) => void,
   *   onSignedOut: () => void,
   * }} has
   */
  constructor(has) {
    this.has = has;
  }

  join() {
    clearTimeout(this.#retry);
    const socket = new WebSocket(this.has.url);
    this.#socket = socket;
    this.#listenFor(SILENT_MS);
    socket.addEventListener("open", () => socket.send(JSON.stringify({ resume: this.has.resume() })));
    socket.addEventListener("message", ({ data }) => {
      if (socket === this.#socket) this.#heard(JSON.parse(data));
    });
    socket.addEventListener("close", ({ code }) => {
      if (socket === this.#socket) this.#lost(code);
    });
  }

  /** @param {unknown} message */
  send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  /** Leave this socket for a new one at once, as when an entry is missing. */
  rejoin() {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    this.#lost(0);
  }

  /** @param {FeedMessage} message */
  #heard(message) {
    this.#listenFor(SILENT_MS);
    if (message.type === "live") this.#tries = 0;
    this.has.onMessage(message);
  }

  /** @param {number} ms */
  #listenFor(ms) {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => this.rejoin(), ms);
  }

  /** @param {number} code */
  #lost(code) {
    clearTimeout(this.#watchdog);
    clearTimeout(this.#retry);
    this.has.onState("lost");
    if (code === SIGNED_OUT) {
      this.has.onSignedOut();
      return;
    }
    // Asked beside the next try, which must not wait for an answer that may be long in coming.
    this.has.signedOut().then((over) => over && this.has.onSignedOut());
    this.#retry = setTimeout(() => {
      this.has.onState("reconnecting");
      this.join();
    }, pauseMs(this.#tries));
    this.#tries += 1;
  }
}
