// The pictures and the sound of the call. Sound stays off until somebody turns it on.

import { el, part, show } from "../shared/dom.js";

export class Pictures {
  #others = part("others", HTMLElement);
  #mine = part("mine", HTMLVideoElement);
  #look = part("look", HTMLVideoElement);
  #heard = false;

  /** The camera before the call, for oneself alone. @param {MediaStream} stream */
  mirror(stream) {
    play(this.#look, stream);
  }

  /** @param {MediaStream | null} stream @param {"user" | "environment"} facing */
  own(stream, facing) {
    show(this.#mine, stream !== null);
    this.#mine.classList.toggle("away", facing === "environment");
    this.#look.srcObject = null;
    if (stream) play(this.#mine, stream);
    else this.#mine.srcObject = null;
  }

  /** What comes in, by its place. @param {Map<number, MediaStream>} streams */
  draw(streams) {
    const wanted = new Set([...streams.keys()].map(String));
    for (const node of [...this.#others.children]) {
      if (node instanceof HTMLVideoElement && !wanted.has(node.dataset.slot ?? "")) node.remove();
    }
    for (const [slot, stream] of streams) {
      let node = this.#others.querySelector(`[data-slot="${slot}"]`);
      if (!(node instanceof HTMLVideoElement)) {
        node = el("video", { playsinline: true, "data-slot": String(slot) });
        this.#others.append(node);
      }
      if (!(node instanceof HTMLVideoElement)) continue;
      node.muted = !this.#heard;
      play(node, stream);
    }
  }

  /** Whether the sound is on now. */
  switchSound() {
    this.#heard = !this.#heard;
    this.#mute();
    return this.#heard;
  }

  /** Not a sound from here, at once. */
  silence() {
    this.#heard = false;
    this.#mute();
  }

  clear() {
    this.silence();
    for (const node of [this.#mine, this.#look]) node.srcObject = null;
    this.#others.replaceChildren();
  }

  #mute() {
    for (const node of this.#others.children) {
      if (!(node instanceof HTMLVideoElement)) continue;
      node.muted = !this.#heard;
      if (this.#heard) node.play().catch(() => {});
    }
  }
}

/** @param {HTMLVideoElement} node @param {MediaStream} stream */
function play(node, stream) {
  if (node.srcObject !== stream) node.srcObject = stream;
  node.play().catch(() => {});
}
