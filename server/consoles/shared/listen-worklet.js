// Runs beside the page, where sound is made: plays what the page hands in, and takes in no sound itself.

import { HOP, Player } from "./sounding.js";

const REPORT_HOPS = 12; // about five times a second

const scope = /** @type {any} */ (globalThis);

class CallPlayer extends scope.AudioWorkletProcessor {
  /** @param {{ processorOptions: { keep_ms: number, live: boolean, speed: number } }} options */
  constructor({ processorOptions }) {
    super();
    this.player = new Player(processorOptions);
    this.hops = 0;
    this.over = false;
    this.port.onmessage = (/** @type {MessageEvent} */ { data }) => this.told(data);
  }

  /** @param {{ at_ms?: number, caller?: Uint8Array, handler?: Uint8Array, speed?: number, over?: boolean }} told */
  told({ at_ms, caller, handler, speed, over = false }) {
    if (at_ms !== undefined && caller && handler) this.player.add(at_ms, caller, handler);
    if (speed !== undefined) this.player.speed = speed;
    this.over = this.over || over;
  }

  /** @param {Float32Array[][]} _inputs @param {Float32Array[][]} outputs */
  process(_inputs, [[left, right]]) {
    for (let from = 0; from + HOP <= left.length; from += HOP) {
      this.player.pull(left.subarray(from, from + HOP), right.subarray(from, from + HOP));
      this.hops += 1;
    }
    if (this.hops >= REPORT_HOPS) {
      this.hops = 0;
      this.port.postMessage(this.player.report());
    }
    return !this.over;
  }
}

scope.registerProcessor("call-player", CallPlayer);
