// The socket of one participant of a video call: kept alive, noticed when it is dead, and opened again.

const PING_MS = 2000;
const SILENT_MS = 4500; // two pings and a little: no browser tells a page that its network went
const ANSWER_MS = 1500; // for a connection that may have died with the old network
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 1000; // no browser tells of a tunnel's end: a try may not be far
const HELD_BACK = 200;

export const OVER = 4000;
const REFUSED = 4004;
const SUPERSEDED = 4009;
const REMOVED = 4010;
const LEFT = 1000;
/** Closed for good: nobody is let in again by trying. */
const FINAL = new Set([OVER, REFUSED, SUPERSEDED, REMOVED]);

/** @typedef {{ type: string, [key: string]: any }} Message */

export class Signal {
  /** @type {WebSocket | null} */
  #socket = null;
  #page = randomName();
  #tries = 0;
  #retry = 0;
  #pinging = 0;
  #watchdog = 0;
  #heardAt = 0;
  #closed = false;
  #pings = 0;
  /** What has to arrive, however often the connection goes meanwhile. @type {Map<string, Message>} */
  #owed = new Map();

  /**
   * @param {{
   *   url: string,
   *   heard: (message: Message) => void,
   *   lost: () => void,
   *   ended: (code: number, why: string) => void,
   * }} has
   */
  constructor(has) {
    this.has = has;
    this.hurry = () => this.#hurry();
  }

  get open() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  begin() {
    addEventListener("online", this.hurry);
    document.addEventListener("visibilitychange", this.hurry);
    this.#connect();
  }

  /** @param {Message} message */
  send(message) {
    if (!this.open) return false;
    this.#socket?.send(JSON.stringify(message));
    return true;
  }

  /** Send now and after every loss, until the server says that it is on record. @param {Message & { id: string }} message */
  owe(message) {
    if (this.#owed.size < HELD_BACK) this.#owed.set(message.id, message);
    return this.send(message);
  }

  close() {
    this.#closed = true;
    this.#quiet();
    removeEventListener("online", this.hurry);
    document.removeEventListener("visibilitychange", this.hurry);
    this.#socket?.close(LEFT);
  }

  /** The network is back, or the page is: try at once, and see whether the old connection still lives. */
  #hurry() {
    if (this.#closed || document.visibilityState === "hidden") return;
    // A page that slept has timers that are late: the clock knows better.
    if (this.open && Date.now() - this.#heardAt >= SILENT_MS) this.#giveUp();
    if (this.open) {
      this.#ping();
      this.#listenFor(ANSWER_MS);
    } else if (this.#retry || this.#socket?.readyState === WebSocket.CONNECTING) {
      this.#connectAnew();
    }
  }

  /** A try that began without a network can hang long after there is one again. */
  #connectAnew() {
    const begun = this.#socket;
    clearTimeout(this.#retry);
    this.#tries = 0;
    this.#connect();
    begun?.close();
  }

  #connect() {
    this.#retry = 0;
    const socket = new WebSocket(this.has.url);
    this.#socket = socket;
    this.#heardAt = Date.now();
    this.#listenFor(SILENT_MS);
    socket.addEventListener("open", () => socket.send(JSON.stringify({ type: "hello", page: this.#page })));
    socket.addEventListener("message", ({ data }) => {
      if (socket === this.#socket) this.#heard(JSON.parse(data));
    });
    socket.addEventListener("close", ({ code, reason }) => {
      if (socket === this.#socket) this.#lost(code, reason);
    });
  }

  /** @param {Message} message */
  #heard(message) {
    this.#heardAt = Date.now();
    this.#listenFor(SILENT_MS);
    if (message.type === "pong") return;
    if (message.type === "done") this.#owed.delete(message.id);
    if (message.type === "welcome") this.#welcomed();
    this.has.heard(message);
  }

  #welcomed() {
    this.#tries = 0;
    clearInterval(this.#pinging);
    this.#pinging = setInterval(() => this.#ping(), PING_MS);
    for (const message of this.#owed.values()) this.send(message);
  }

  #ping() {
    this.#pings += 1;
    this.send({ type: "ping", n: this.#pings });
  }

  /** @param {number} ms */
  #listenFor(ms) {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => this.#giveUp(), ms);
  }

  #giveUp() {
    const socket = this.#socket;
    this.#lost(0, "silent");
    socket?.close();
  }

  #quiet() {
    clearTimeout(this.#watchdog);
    clearTimeout(this.#retry);
    clearInterval(this.#pinging);
  }

  /** @param {number} code @param {string} why */
  #lost(code, why) {
    this.#quiet();
    this.#socket = null;
    if (this.#closed) return;
    if (FINAL.has(code)) {
      this.close();
      this.has.ended(code, why);
      return;
    }
    this.has.lost();
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#tries);
    this.#tries += 1;
    this.#retry = setTimeout(() => this.#connect(), pause / 2 + (pause / 2) * Math.random());
  }
}

export function randomName() {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
