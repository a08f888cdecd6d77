// <play-pictures>: the cameras of a kept video call, in step with its sound: at each moment what was seen then.

import { el, keyed, setText, show } from "../shared/dom.js";
import { PARTIES } from "../shared/words.js";

/** @typedef {{ party: "caller" | "handler" | "other", from_ms: number, to_ms: number, url: string }} Kept */
/** @typedef {{ at_ms: number, key: boolean, data: Uint8Array }} Picture */

const STRETCH_MS = 5000;
const AHEAD_MS = 2500;
const HEAD_BYTES = 9;
/** Decoded and not shown yet; a browser runs out of memory by pictures that nobody lets go. */
const DECODED_MOST = 12;
/** A picture older than this is of a camera that was off. */
const STALE_MS = 6000;

export class PlayPictures extends HTMLElement {
  /** @type {Map<string, Camera>} */
  #cameras = new Map();
  #drawing = 0;
  /** @type {() => number} */
  #now = () => 0;

  /** @param {{ videos: Kept[], now: () => number }} given `now`: where in the call the sound is, in milliseconds */
  begin({ videos, now }) {
    this.end();
    if (typeof VideoDecoder !== "function") {
      this.replaceChildren(el("p", { class: "play-note" }, "This browser plays the sound only. A newer one also shows the pictures."));
      show(this, videos.length > 0);
      return;
    }
    this.#now = now;
    keyed(this, videos, ({ url }) => url, (video) => this.#tile(video), () => {});
    show(this, videos.length > 0);
    this.#drawing = requestAnimationFrame(() => this.#draw());
  }

  end() {
    cancelAnimationFrame(this.#drawing);
    for (const camera of this.#cameras.values()) camera.close();
    this.#cameras.clear();
    this.replaceChildren();
    show(this, false);
  }

  disconnectedCallback() {
    this.end();
  }

  /** @param {Kept} video */
  #tile(video) {
    const name = PARTIES[video.party] ?? "Guest";
    const canvas = el("canvas", { width: "320", height: "240", role: "img", "aria-label": `What the camera of the ${name.toLowerCase()} showed` });
    this.#cameras.set(video.url, new Camera(video, /** @type {HTMLCanvasElement} */ (canvas)));
    return el("figure", { class: `play-camera play-${video.party}` }, canvas, el("figcaption", {}, name));
  }

  #draw() {
    const at_ms = this.#now();
    for (const node of this.children) {
      const camera = [...this.#cameras.values()].find(({ canvas }) => node.contains(canvas));
      if (!camera) continue;
      show(/** @type {HTMLElement} */ (node), camera.follow(at_ms));
      const caption = node.querySelector("figcaption");
      if (caption) setText(caption, `${PARTIES[camera.video.party] ?? "Guest"}${camera.isDark ? ": no picture" : ""}`);
    }
    this.#drawing = requestAnimationFrame(() => this.#draw());
  }
}

/** One camera's pictures: had stretch by stretch, decoded a little ahead, shown when their moment has come. */
class Camera {
  isDark = true;
  /** @type {Picture[]} */
  #encoded = [];
  /** @type {VideoFrame[]} */
  #decoded = [];
  #had_ms = -1; // up to where pictures were had; -1: none
  #at_ms = -1;
  #asking = false;
  #generation = 0;
  /** @type {VideoDecoder | null} */
  #decoder = null;

  /** @param {Kept} video @param {HTMLCanvasElement} canvas */
  constructor(video, canvas) {
    this.video = video;
    this.canvas = canvas;
  }

  /** Show what was seen at this moment; whether this camera was in the call then. @param {number} at_ms */
  follow(at_ms) {
    const there = at_ms >= this.video.from_ms - 500 && at_ms <= this.video.to_ms + 500;
    if (!there) return false;
    const reach_ms = this.#had_ms + (this.#asking ? STRETCH_MS : 0);
    if (this.#had_ms < 0 || at_ms < this.#at_ms - 50 || at_ms > Math.max(reach_ms, this.video.from_ms)) this.#restart(at_ms);
    this.#at_ms = at_ms;
    if (this.#had_ms - at_ms < AHEAD_MS) this.#fetch();
    this.#decode(at_ms);
    this.#show(at_ms);
    return true;
  }

  close() {
    this.#generation += 1;
    for (const frame of this.#decoded.splice(0)) frame.close();
    this.#encoded = [];
    if (this.#decoder?.state !== "closed") this.#decoder?.close();
    this.#decoder = null;
    this.#asking = false;
  }

  /** @param {number} at_ms */
  #restart(at_ms) {
    this.close();
    this.#had_ms = Math.max(this.video.from_ms, Math.floor(at_ms));
    const generation = this.#generation;
    this.#decoder = new VideoDecoder({
      output: (frame) => (generation === this.#generation ? this.#decoded.push(frame) : frame.close()),
      error: () => {},
    });
    this.#decoder.configure({ codec: "vp8", optimizeForLatency: true });
    this.#fetch(true);
  }

  /** @param {boolean} [fresh] */
  async #fetch(fresh = false) {
    if (this.#asking || this.#had_ms > this.video.to_ms) return;
    this.#asking = true;
    const generation = this.#generation;
    const to_ms = this.#had_ms + STRETCH_MS;
    const answer = await fetch(`${this.video.url}?from_ms=${this.#had_ms}&to_ms=${to_ms}${fresh ? "&fresh=1" : ""}`).catch(() => null);
    const data = answer?.ok ? await answer.arrayBuffer().catch(() => null) : null;
    if (generation !== this.#generation) return;
    this.#asking = false;
    if (data === null) return;
    this.#encoded.push(...pictures(data));
    this.#had_ms = to_ms;
  }

  /** What is behind has to be decoded at once, since the later pictures rest on it. @param {number} at_ms */
  #decode(at_ms) {
    const decoder = this.#decoder;
    while (decoder?.state === "configured" && this.#encoded.length > 0) {
      const next = this.#encoded[0];
      const behind = next.at_ms <= at_ms;
      if (!behind && this.#decoded.length + decoder.decodeQueueSize >= DECODED_MOST) return;
      if (behind && decoder.decodeQueueSize > 200) return;
      this.#encoded.shift();
      decoder.decode(new EncodedVideoChunk({ type: next.key ? "key" : "delta", timestamp: next.at_ms * 1000, data: next.data }));
    }
  }

  /** @param {number} at_ms */
  #show(at_ms) {
    /** @type {VideoFrame | null} */
    let latest = null;
    while (this.#decoded.length > 0 && this.#decoded[0].timestamp <= at_ms * 1000) {
      latest?.close();
      latest = this.#decoded.shift() ?? null;
    }
    if (latest) {
      this.#paint(latest);
      latest.close();
    }
    const shown_ms = Number(this.canvas.dataset.at ?? -Infinity);
    this.isDark = at_ms - shown_ms > STALE_MS || shown_ms > at_ms;
    this.canvas.classList.toggle("is-dark", this.isDark);
  }

  /** @param {VideoFrame} frame */
  #paint(frame) {
    const { canvas } = this;
    if (canvas.width !== frame.displayWidth) canvas.width = frame.displayWidth;
    if (canvas.height !== frame.displayHeight) canvas.height = frame.displayHeight;
    canvas.getContext("2d")?.drawImage(frame, 0, 0);
    canvas.dataset.at = String(frame.timestamp / 1000);
  }
}

/** As the server packs them. @param {ArrayBuffer} data @returns {Picture[]} */
function pictures(data) {
  const view = new DataView(data);
  const found = [];
  for (let at = 0; at + HEAD_BYTES <= data.byteLength; ) {
    const size = view.getUint32(at + 5, true);
    found.push({ at_ms: view.getUint32(at, true), key: view.getUint8(at + 4) === 1, data: new Uint8Array(data, at + HEAD_BYTES, size) });
    at += HEAD_BYTES + size;
  }
  return found;
}

customElements.define("play-pictures", PlayPictures);
