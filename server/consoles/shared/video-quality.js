// What is sent over a weak line: less picture, then stills, then sound alone, then words alone.

/** @import { Media } from "./video-media.js" */
/** @typedef {"full" | "stills" | "sound" | "text"} Quality */

const LOOK_MS = 2000;
const LOOKS = 2;
const LOST = 0.15;
const TRY_AGAIN_MS = 10000;
const LONGEST_MS = 120000;
/** After a step up that was borne, the next. */
const GO_ON_MS = 5000;
/** So long a step up is tried: until then a line measures only what it has carried before. */
const TRIAL_MS = 30000;

/** From which rate on each is sent, bits a second; the server never says less than 30,000, so that below it loss decides. @type {[Quality, number][]} */
export const LEVELS = [
  ["full", 110000],
  ["stills", 25000],
  ["sound", 12000],
  ["text", 0],
];

/** @param {Quality} quality */
function stepOf(quality) {
  return LEVELS.findIndex(([one]) => one === quality);
}

/** The worse of the two. @param {Quality} one @param {Quality} other */
export function worse(one, other) {
  return stepOf(one) > stepOf(other) ? one : other;
}

/** What is sent over a line: a step down when it was seen twice to bear no more, a step up to try it. */
export class Way {
  /** @type {Quality} */
  quality = "full";
  #changedAt = 0;
  #rose = false;
  #patience = TRY_AGAIN_MS;
  #low = 0;

  /** On a new connection, which may be by another network: what was borne is borne, more is tried soon. @param {number} now */
  begin(now) {
    [this.#changedAt, this.#rose, this.#patience, this.#low] = [now, false, TRY_AGAIN_MS, 0];
  }

  /** Whether something else goes over it from now on. @param {{ rate: number, lost: number }} line @param {number} now */
  look({ rate, lost }, now) {
    const at = stepOf(this.quality);
    const since = now - this.#changedAt;
    const tried = this.#rose && since < TRIAL_MS;
    const bad = lost > LOST || (!tried && rate < LEVELS[at][1]);
    this.#low = bad && at < LEVELS.length - 1 ? this.#low + 1 : 0;
    // One bad look may be a moment's; a picture that comes and goes is worse than one that breaks up once.
    if (this.#low >= LOOKS) {
      const failed = this.#rose && since < TRIAL_MS + LOOKS * LOOK_MS;
      this.#patience = failed ? Math.min(LONGEST_MS, this.#patience * 2) : TRY_AGAIN_MS;
      this.#become(at + 1, now);
      return true;
    }
    if (bad || at === 0 || since < (this.#rose ? GO_ON_MS : this.#patience)) return false;
    this.#become(at - 1, now);
    return true;
  }

  /** @param {number} at @param {number} now */
  #become(at, now) {
    this.#rose = at < stepOf(this.quality);
    this.quality = LEVELS[at][0];
    [this.#changedAt, this.#low] = [now, 0];
  }
}

/** One for a whole call: a new connection begins with what the last one bore. */
export class Adapting {
  #way = new Way();
  /** @type {Media | null} */
  #media = null;
  #timer = 0;

  /** @param {{ bitrate: number, changed: () => void }} has */
  constructor(has) {
    this.has = has;
  }

  get quality() {
    return this.#way.quality;
  }

  /** @param {Media} media */
  begin(media) {
    this.end();
    this.#media = media;
    this.#way.begin(performance.now());
    this.#apply(media);
    this.#timer = setInterval(() => this.#look(media), LOOK_MS);
  }

  end() {
    clearInterval(this.#timer);
    this.#media = null;
  }

  /** @param {Media} media */
  async #look(media) {
    const line = await measured(media.connection);
    if (line === null || media !== this.#media || !this.#way.look(line, performance.now())) return;
    await this.#apply(media);
    this.has.changed();
  }

  /** @param {Media} media */
  async #apply(media) {
    const quality = this.quality;
    const stills = quality === "stills";
    await media.limit("video", {
      active: quality === "full" || stills,
      maxBitrate: stills ? 24000 : this.has.bitrate,
      maxFramerate: stills ? 0.5 : 30,
      scaleResolutionDownBy: stills ? 2 : 1,
    });
    await media.limit("audio", { active: quality !== "text", maxBitrate: quality === "full" ? 32000 : 14000 });
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
