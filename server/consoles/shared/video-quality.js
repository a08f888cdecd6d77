// What is sent when the line is weak: less picture, then stills, then sound alone, then words alone.

/** @import { Media } from "./video-media.js" */
/** @typedef {"full" | "stills" | "sound" | "text"} Quality */

const LOOK_MS = 2000;
const TRY_AGAIN_MS = 10000;
const LONGEST_MS = 120000;
const LOST = 0.15;
const LOOKS = 3;

/** From which rate on each is tried, bits a second; below, the next is. @type {[Quality, number][]} */
export const LEVELS = [
  ["full", 110000],
  ["stills", 45000],
  ["sound", 18000],
  ["text", 0],
];

/**
 * What a line of this rate bears. Going up waits until it was tried; going down does not.
 * @param {Quality} now @param {{ rate: number, lost: number }} line @param {boolean} mayRise
 */
export function level(now, line, mayRise) {
  const at = LEVELS.findIndex(([quality]) => quality === now);
  const bears = LEVELS.findIndex(([, rate]) => line.rate >= rate);
  const wanted = line.lost > LOST ? Math.max(bears, Math.min(at + 1, LEVELS.length - 1)) : bears;
  if (wanted > at) return LEVELS[wanted][0];
  return mayRise && line.lost <= LOST ? LEVELS[Math.max(0, at - 1)][0] : now;
}

export class Adapting {
  /** @type {Quality} */
  quality = "full";
  #timer = 0;
  #changedAt = 0;
  #patience = TRY_AGAIN_MS;
  #low = 0;

  /** @param {{ media: Media, bitrate: number, changed: (quality: Quality) => void }} has */
  constructor(has) {
    this.has = has;
  }

  begin() {
    this.#changedAt = performance.now();
    this.#apply();
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }

  end() {
    clearInterval(this.#timer);
  }

  async #look() {
    const line = await measured(this.has.media.connection);
    if (line === null) return;
    const since = performance.now() - this.#changedAt;
    // A line that bears little measures little: the next step up has to be tried to be known.
    const next = level(this.quality, line, this.quality !== "full" && since > this.#patience);
    const fell = LEVELS.findIndex(([one]) => one === next) > LEVELS.findIndex(([one]) => one === this.quality);
    this.#low = fell ? this.#low + 1 : 0;
    // One bad look may be a moment's; a picture that comes and goes is worse than one that breaks up once.
    if (next === this.quality || (fell && this.#low < LOOKS)) return;
    this.#low = 0;
    this.#patience = fell && since < TRY_AGAIN_MS ? Math.min(LONGEST_MS, this.#patience * 2) : TRY_AGAIN_MS;
    this.quality = next;
    this.#changedAt = performance.now();
    await this.#apply();
    this.has.changed(next);
  }

  async #apply() {
    const { media, bitrate } = this.has;
    const stills = this.quality === "stills";
    await media.limit("video", {
      active: this.quality === "full" || stills,
      maxBitrate: stills ? 40000 : bitrate,
      maxFramerate: stills ? 0.5 : 30,
      scaleResolutionDownBy: stills ? 2 : 1,
    });
    await media.limit("audio", { active: this.quality !== "text", maxBitrate: this.quality === "full" ? 32000 : 14000 });
  }
}

/** @param {RTCPeerConnection} connection @returns {Promise<{ rate: number, lost: number } | null>} */
async function measured(connection) {
  let rate = 0;
  let lost = 0;
  for (const report of (await connection.getStats()).values()) {
    if (report.type === "candidate-pair" && report.nominated) rate = Math.max(rate, report.availableOutgoingBitrate ?? 0);
    if (report.type === "remote-inbound-rtp") lost = Math.max(lost, report.fractionLost ?? 0);
  }
  return rate > 0 ? { rate, lost } : null;
}
