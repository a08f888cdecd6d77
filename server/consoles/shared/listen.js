// Listening in: a live call in both ears, the caller left, the handler right. Sound comes; none is taken or sent.

import { PER_MS, RATE_HZ } from "./sounding.js";
import { inRoom } from "./where.js";

/**
 * @typedef {"off" | "joining" | "waiting" | "playing" | "lost" | "over" | "refused"} Status
 */

/**
 * How listening stands.
 * @typedef {object} Heard
 * @property {Status} status
 * @property {string | null} call
 * @property {boolean} live whether it is what is being said now
 * @property {number} speed
 * @property {number} at_ms what is being heard, in media time
 * @property {number} behind_ms how long ago it was said
 * @property {number} skipped_ms left out so far, because this browser or its line was too slow
 * @property {{ caller: number, handler: number }} levels how loud each side is, 0 to 1
 * @property {string} code why it was refused or ended, for programs
 * @property {string} why and for people
 */

/** @type {Heard} */
export const OFF = Object.freeze({
  status: "off",
  call: null,
  live: true,
  speed: 1,
  at_ms: 0,
  behind_ms: 0,
  skipped_ms: 0,
  levels: Object.freeze({ caller: 0, handler: 0 }),
  code: "",
  why: "",
});

export const SPEEDS = [1, 1.5];

const HEAD_BYTES = 12;
const PAUSES_MS = [300, 700, 1500, 3000, 6000];
const CALL_OVER = 1000;
const FINAL = new Set([CALL_OVER, 4002, 4004, 4005]);

export class ListenIn {
  /** @type {Heard} */
  state = OFF;
  /** @type {AudioContext | null} */
  #context = null;
  /** @type {AudioWorkletNode | null} */
  #player = null;
  /** @type {WebSocket | null} */
  #socket = null;
  #tries = 0;
  #ticket = 0; // counts what was asked: what an earlier request brings is let go
  #end_ms = 0;
  #server_skipped_ms = 0;
  #least_ms = Infinity; // the least that the page's clock was ahead of media time: how late sound can come at best
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retry;

  /** @param {(state: Heard) => void} onState is told whenever something changes, and some five times a second */
  constructor(onState) {
    this.onState = onState;
  }

  /** What is being said now. Called in answer to a click or a key, as browsers ask. @param {string} call */
  playLive(call) {
    return this.#play(call, null, 1);
  }

  /**
   * From a word that was said, and on until it has caught up with now.
   * @param {string} call @param {number} at_ms @param {number} [speed] 1 or 1.5
   */
  playFrom(call, at_ms, speed = 1) {
    return this.#play(call, Math.max(0, Math.floor(at_ms)), speed);
  }

  /** Of what was said before; what is being said now has the speed it has. @param {number} speed */
  setSpeed(speed) {
    if (this.state.live || !this.#player) return;
    this.#player.port.postMessage({ speed });
    this.#set({ speed });
  }

  stop() {
    this.#leave();
    void this.#context?.suspend();
    this.#set({ ...OFF });
  }

  /** @param {string} call @param {number | null} from_ms @param {number} speed */
  async #play(call, from_ms, speed) {
    this.#leave();
    const ticket = this.#ticket;
    this.#tries = 0;
    this.#server_skipped_ms = 0;
    this.#set({ ...OFF, status: "joining", call, live: from_ms === null, speed, at_ms: from_ms ?? 0 });
    try {
      await this.#ready();
    } catch {
      if (ticket === this.#ticket) this.#end("refused", "no-sound", "This browser cannot play the call.");
      return;
    }
    if (ticket === this.#ticket) this.#join(from_ms);
  }

  async #ready() {
    if (!this.#context) {
      const context = new AudioContext({ sampleRate: RATE_HZ, latencyHint: "interactive" });
      await context.audioWorklet.addModule(new URL("./listen-worklet.js", import.meta.url));
      this.#context = context;
    }
    await this.#context.resume();
  }

  /** @param {number | null} from_ms */
  #join(from_ms) {
    const { call } = this.state;
    if (call === null) return;
    const from = from_ms === null ? "" : `?from_ms=${from_ms}`;
    const url = new URL(inRoom(`/api/calls/${encodeURIComponent(call)}/listen${from}`), location.href);
    url.protocol = url.protocol.replace("http", "ws");
    const socket = new WebSocket(url);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    this.#least_ms = Infinity;
    socket.addEventListener("message", ({ data }) => {
      if (socket !== this.#socket) return;
      if (typeof data === "string") this.#told(JSON.parse(data));
      else this.#heard(data);
    });
    socket.addEventListener("close", ({ code, reason }) => {
      if (socket === this.#socket) this.#closed(code, reason);
    });
  }

  /** @param {{ type: string, from_ms: number, to_ms?: number, keep_ms?: number }} message */
  #told({ type, from_ms, to_ms = 0, keep_ms = 0 }) {
    if (type === "skipped") this.#server_skipped_ms += to_ms - from_ms;
    if (type !== "listening" || !this.#context) return;
    this.#tries = 0;
    this.#end_ms = from_ms;
    this.#player?.port.postMessage({ over: true });
    this.#player?.disconnect();
    const { live, speed } = this.state;
    this.#player = new AudioWorkletNode(this.#context, "call-player", {
      numberOfInputs: 0,
      outputChannelCount: [2],
      processorOptions: { keep_ms, live, speed },
    });
    this.#player.port.onmessage = ({ data }) => this.#reported(data);
    this.#player.connect(this.#context.destination);
    this.#set({ status: "waiting" });
  }

  /** @param {ArrayBuffer} piece */
  #heard(piece) {
    const head = new DataView(piece, 0, HEAD_BYTES);
    const [at_ms, ms, live_ms] = [0, 4, 8].map((place) => head.getUint32(place, true));
    const sound = new Uint8Array(piece, HEAD_BYTES);
    const half = ms * PER_MS;
    this.#least_ms = Math.min(this.#least_ms, performance.now() - live_ms);
    this.#end_ms = at_ms + ms;
    const [caller, handler] = [sound.slice(0, half), sound.slice(half, 2 * half)];
    this.#player?.port.postMessage({ at_ms, caller, handler }, [caller.buffer, handler.buffer]);
  }

  /** @param {{ at_ms: number, live: boolean, speed: number, waits: boolean, skipped_ms: number, levels: { caller: number, handler: number } }} report */
  #reported({ at_ms, live, speed, waits, skipped_ms, levels }) {
    if (!this.#socket || !this.#context) return;
    const out_ms = ((this.#context.outputLatency || 0) + (this.#context.baseLatency || 0)) * 1000;
    const now_ms = performance.now() - this.#least_ms;
    const behind_ms = Number.isFinite(now_ms) ? Math.max(0, Math.round(now_ms - at_ms + out_ms)) : 0;
    const skipped = this.#server_skipped_ms + skipped_ms;
    const status = waits ? "waiting" : "playing";
    this.#set({ status, at_ms, live, speed, behind_ms, skipped_ms: skipped, levels });
  }

  /** @param {number} code @param {string} reason */
  #closed(code, reason) {
    this.#socket = null;
    const [name, sentence = ""] = reason.split(/: (.*)/s);
    if (code === CALL_OVER) this.#end("over", "call-over", "The call has ended.");
    else if (FINAL.has(code)) this.#end("refused", name || "refused", sentence || "You can no longer hear this call.");
    else if (this.#tries >= PAUSES_MS.length) this.#end("refused", "unreachable", sentence || "The server cannot be reached.");
    else this.#again();
  }

  /** The line was lost: go on where it broke off, or with what is being said by then. */
  #again() {
    this.#set({ status: "lost", levels: OFF.levels });
    const from_ms = this.state.live ? null : this.#end_ms;
    this.#retry = setTimeout(() => this.#join(from_ms), PAUSES_MS[this.#tries]);
    this.#tries += 1;
  }

  /** @param {Status} status @param {string} code @param {string} why */
  #end(status, code, why) {
    this.#leave();
    this.#set({ status, code, why, levels: OFF.levels, behind_ms: 0 });
  }

  #leave() {
    this.#ticket += 1;
    clearTimeout(this.#retry);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    this.#player?.port.postMessage({ over: true });
    this.#player?.disconnect();
    this.#player = null;
  }

  /** @param {Partial<Heard>} change */
  #set(change) {
    this.state = { ...this.state, ...change };
    this.onState(this.state);
  }
}
