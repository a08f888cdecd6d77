// Playing a call's two sides: a ring of sound in media time, played as it is, or faster without a higher voice.

export const RATE_HZ = 8000;
export const PER_MS = RATE_HZ / 1000;
/** What is played at a time, in samples: sixteen milliseconds. */
export const HOP = 128;
const WINDOW = 2 * HOP;
/** How far a faster player looks about for the place that goes on most smoothly, in samples. */
const SEARCH = 64;
const AIM_MS = 120; // held back when playing begins, against a line that stutters
const MOST_MS = 360; // further behind than this, somebody who listens live goes on nearer to now
const LATE_MS = 220; // from here on it is played a little faster, until it is near enough again
const HURRY = 1.1;
const SPARE_MS = 20000;
const SILENCE = 0xff;

/** G.711 µ-law to a level between -1 and 1. */
const LEVELS = Float32Array.from({ length: 256 }, (_, code) => {
  const bits = ~code & 0xff;
  const size = ((((bits & 0x0f) << 3) + 0x84) << ((bits >> 4) & 0x07)) - 0x84;
  return (bits & 0x80 ? -size : size) / 32768;
});

/** Rises over one hop and falls over the next, so that what overlaps adds up to what was said. */
const FADE = Float32Array.from({ length: WINDOW }, (_, place) => 0.5 - 0.5 * Math.cos((Math.PI * place) / HOP));

class Side {
  /** @param {number} capacity in samples */
  constructor(capacity) {
    this.ring = new Uint8Array(capacity).fill(SILENCE);
    this.tail = new Float32Array(HOP);
    this.peak = 0;
  }

  /** @param {number} sample */
  at(sample) {
    return LEVELS[this.ring[sample % this.ring.length]];
  }

  /** @param {number} sample @param {Uint8Array} sound */
  keep(sample, sound) {
    const place = sample % this.ring.length;
    const first = sound.subarray(0, this.ring.length - place);
    this.ring.set(first, place);
    this.ring.set(sound.subarray(first.length), 0);
  }

  /** @param {number} from @param {number} to */
  silence(from, to) {
    for (let sample = from; sample < to; sample += 1) this.ring[sample % this.ring.length] = SILENCE;
  }

  /** Play the stretch that begins here over the end of the one before. @param {number} from @param {Float32Array} out */
  play(from, out) {
    for (let place = 0; place < HOP; place += 1) {
      out[place] = this.tail[place] + FADE[place] * this.at(from + place);
      this.tail[place] = FADE[HOP + place] * this.at(from + HOP + place);
      this.peak = Math.max(this.peak, Math.abs(out[place]));
    }
  }

  /** Let what was playing fade out. @param {Float32Array} out */
  fade(out) {
    out.set(this.tail);
    this.tail.fill(0);
  }
}

export class Player {
  #end = -1; // one after the last sample that came; negative before the first
  #at = 0; // where the stretch that was last played begins
  #nominal = 0; // where it would begin if only the speed counted
  #waits = true;
  #hurries = false;
  #skipped = 0;

  /** @param {{ keep_ms: number, live: boolean, speed?: number }} how */
  constructor({ keep_ms, live, speed = 1 }) {
    const capacity = (keep_ms + SPARE_MS) * PER_MS;
    this.caller = new Side(capacity);
    this.handler = new Side(capacity);
    this.live = live;
    this.speed = speed;
  }

  /**
   * Take a stretch of both sides. What was left out before it is silence.
   * @param {number} at_ms @param {Uint8Array} caller @param {Uint8Array} handler
   */
  add(at_ms, caller, handler) {
    const capacity = this.caller.ring.length;
    const begin = at_ms * PER_MS;
    if (this.#end < 0) this.#begin(begin);
    for (const side of [this.caller, this.handler]) side.silence(Math.max(this.#end, begin - capacity), begin);
    this.caller.keep(begin, caller);
    this.handler.keep(begin, handler);
    this.#end = Math.max(this.#end, begin + caller.length);
    const oldest = this.#end - capacity + WINDOW;
    if (this.#at < oldest) this.#skipTo(oldest);
  }

  /** Play one hop. @param {Float32Array} left @param {Float32Array} right */
  pull(left, right) {
    this.#keepUp();
    const next = this.#ready() ? this.#next() : null;
    if (next === null) {
      this.caller.fade(left);
      this.handler.fade(right);
      return;
    }
    this.#at = next;
    this.caller.play(next, left);
    this.handler.play(next, right);
  }

  /** How it stands, with how loud each side has been since the last time of asking. */
  report() {
    const levels = { caller: this.caller.peak, handler: this.handler.peak };
    this.caller.peak = 0;
    this.handler.peak = 0;
    return {
      at_ms: Math.round((this.#at + HOP) / PER_MS),
      end_ms: Math.max(0, Math.round(this.#end / PER_MS)),
      live: this.live,
      speed: this.speed,
      waits: this.#waits,
      skipped_ms: Math.round(this.#skipped / PER_MS),
      levels,
    };
  }

  /** @param {number} sample */
  #begin(sample) {
    this.#end = sample;
    this.#at = sample - HOP;
    this.#nominal = this.#at;
  }

  /** @param {number} sample */
  #skipTo(sample) {
    this.#skipped += Math.max(0, sample - this.#at - HOP);
    this.#at = sample - HOP;
    this.#nominal = this.#at;
  }

  get #ahead() {
    return this.#end - this.#at - HOP;
  }

  /** Who listens live stays near to now; who has caught up with it listens live from then on. */
  #keepUp() {
    if (this.#end < 0) return;
    if (this.live && this.#ahead > MOST_MS * PER_MS) this.#skipTo(this.#end - AIM_MS * PER_MS);
    this.#hurries = this.live && this.#ahead > (this.#hurries ? AIM_MS : LATE_MS) * PER_MS;
    if (!this.live && this.speed > 1 && this.#ahead <= AIM_MS * PER_MS) {
      this.live = true;
      this.speed = 1;
      this.#nominal = this.#at;
    }
  }

  #ready() {
    const wanted = this.#waits ? AIM_MS * PER_MS : WINDOW + (this.speed > 1 ? HOP * this.speed + SEARCH : 0);
    this.#waits = this.#end < 0 || this.#ahead < wanted;
    return !this.#waits;
  }

  #next() {
    const onward = this.#at + HOP;
    const pace = this.#hurries ? HURRY : this.speed;
    if (pace === 1) {
      this.#nominal = onward;
      return onward;
    }
    this.#nominal += Math.round(HOP * pace);
    return this.#likest(onward, this.#nominal);
  }

  /** The place near `wanted` whose sound is most like what would come at `onward`. @param {number} onward @param {number} wanted */
  #likest(onward, wanted) {
    let best = wanted;
    let likeness = -Infinity;
    for (let place = wanted - SEARCH; place <= wanted + SEARCH; place += 2) {
      const found = this.#likeness(onward, place);
      if (found > likeness) [best, likeness] = [place, found];
    }
    return best;
  }

  /** @param {number} one @param {number} other */
  #likeness(one, other) {
    let [both, size] = [0, 1e-9];
    for (let place = 0; place < HOP; place += 1) {
      const here = this.caller.at(one + place) + this.handler.at(one + place);
      const there = this.caller.at(other + place) + this.handler.at(other + place);
      both += here * there;
      size += there * there;
    }
    return both / Math.sqrt(size);
  }
}
