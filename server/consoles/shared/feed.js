// The live feed: joins, rejoins with growing pauses, and resumes each call where it broke off.

const SILENT_MS = 12000; // the server ticks every five seconds; two missed ticks and a little is a dead line
const FIRST_PAUSE_MS = 300;
const LONGEST_PAUSE_MS = 8000;
const SIGNED_OUT = 4001;

/** The pause before the next try: doubling, and spread so that a whole room does not come back at once. */
export function pauseMs(tries, random = Math.random) {
  const full = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** tries);
  return Math.round(full / 2 + (full / 2) * random());
}

export class Feed {
  #socket = null;
  #tries = 0;
  #watchdog = null;
  #retry = null;

  /** `resume` gives what is held; `signedOut` asks whether there is still a session; the rest hear what happens. */
  constructor({ url, resume, signedOut, onMessage, onState, onSignedOut }) {
    Object.assign(this, { url, resume, signedOut, onMessage, onState, onSignedOut });
  }

  join() {
    clearTimeout(this.#retry);
    const socket = new WebSocket(this.url);
    this.#socket = socket;
    this.#listenFor(SILENT_MS);
    socket.addEventListener("open", () => socket.send(JSON.stringify({ resume: this.resume() })));
    socket.addEventListener("message", ({ data }) => {
      if (socket === this.#socket) this.#heard(JSON.parse(data));
    });
    socket.addEventListener("close", ({ code }) => {
      if (socket === this.#socket) this.#lost(code);
    });
  }

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

  #heard(message) {
    this.#listenFor(SILENT_MS);
    if (message.type === "live") this.#tries = 0;
    this.onMessage(message);
  }

  #listenFor(ms) {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => this.rejoin(), ms);
  }

  #lost(code) {
    clearTimeout(this.#watchdog);
    clearTimeout(this.#retry);
    this.onState("lost");
    if (code === SIGNED_OUT) {
      this.onSignedOut();
      return;
    }
    // Asked beside the next try, which must not wait for an answer that may be long in coming.
    this.signedOut().then((over) => over && this.onSignedOut());
    this.#retry = setTimeout(() => {
      this.onState("reconnecting");
      this.join();
    }, pauseMs(this.#tries));
    this.#tries += 1;
  }
}
