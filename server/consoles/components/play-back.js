// <play-back>: hear a call that has ended, from its beginning or from a word, with the words as they are said.

import { newAct, ofCall, Refused } from "../shared/api.js";
import { el, setText, show } from "../shared/dom.js";
import { PARTIES } from "../shared/words.js";
import { PlayPictures } from "./play-pictures.js";

/** @import { Api } from "../shared/api.js" */
/** @import { Call, Turn, Word } from "../shared/types.js" */

const SPEEDS = [1, 1.5];
/** A player that was left alone for longer has to ask again. */
const GIVEN_MS = 25 * 60 * 1000;

/** `show` says which call; `toggle` and `playFrom` are for keys and for words that are clicked. Nothing plays by itself. */
export class PlayBackPanel extends HTMLElement {
  /** @type {Api | null} */
  api = null;
  /** @type {Call | null} */
  #call = null;
  #asked = ""; // for which call it was asked whether anything is kept
  #kept = false;
  /** Whether the answer is there. */
  #answered = Promise.resolve();
  #given_at = -Infinity;
  /** Leave to play that is being asked for: once, however often it is clicked. @type {Promise<boolean> | null} */
  #coming = null;
  #play = el("button", { type: "button", class: "play-toggle", "aria-keyshortcuts": "p" }, "Play the recording");
  #faster = el("button", { type: "button", class: "play-speed", "aria-pressed": "false" }, "1.5×");
  /** No download: a recording leaves by disclosure, with two people and a record of it. */
  #audio = el("audio", { controls: true, controlslist: "nodownload noplaybackrate noremoteplayback", disableremoteplayback: true, preload: "none", hidden: true });
  #pictures = new PlayPictures();
  #status = el("p", { class: "play-status", role: "status" });
  // Not read out: a screen reader would talk over the recording. The transcript beside it can be read.
  #words = el("p", { class: "play-words", "aria-hidden": "true", hidden: true });

  connectedCallback() {
    if (this.firstElementChild) return;
    const note = el("p", { class: "play-note" }, "That you play it is recorded.");
    this.append(el("div", { class: "play-keys" }, this.#play, this.#faster, this.#audio), this.#pictures, this.#status, this.#words, note);
    this.#play.addEventListener("click", () => this.toggle());
    this.#faster.addEventListener("click", () => this.#speed());
    for (const name of ["play", "pause", "ended", "seeked", "timeupdate"]) this.#audio.addEventListener(name, () => this.#draw());
    this.#audio.addEventListener("error", () => this.#failed());
  }

  disconnectedCallback() {
    this.#stop();
  }

  /** Whether the call in front can be heard. */
  get kept() {
    return this.#kept;
  }

  /** Where in the call it is, in milliseconds. */
  get at_ms() {
    return Math.round(this.#audio.currentTime * 1000);
  }

  /** The call in front once it is over and this person may hear it; `null` otherwise. @param {{ call: Call | null }} context */
  show({ call }) {
    const id = call?.id ?? "";
    this.#call = call;
    if (id === this.#asked) return;
    this.#stop();
    this.#asked = id;
    this.#kept = false;
    show(this, false);
    if (call) this.#answered = this.#ask(call.id);
  }

  toggle() {
    if (!this.#audio.paused) this.#audio.pause();
    else if (this.#audio.src === "") void this.playFrom(0);
    else void this.playFrom(this.#audio.ended ? 0 : this.at_ms);
  }

  /** From this moment of the call. @param {number} at_ms */
  async playFrom(at_ms) {
    const call = this.#call;
    if (!call || !this.api) return;
    try {
      if (!(await this.#ready(this.api, call.id, at_ms))) return;
      this.#audio.currentTime = at_ms / 1000;
      await this.#audio.play();
    } catch (fault) {
      if (fault instanceof DOMException && fault.name === "AbortError") return;
      setText(this.#status, fault instanceof Refused ? fault.message : "This browser cannot play the call.");
    }
    this.#draw();
  }

  /** Whether the call can be heard now. @param {Api} api @param {string} call @param {number} at_ms */
  async #ready(api, call, at_ms) {
    const coming = (this.#coming ??= this.#prepare(api, call, at_ms));
    try {
      return (await coming) && call === this.#asked;
    } finally {
      if (this.#coming === coming) this.#coming = null;
    }
  }

  /** @param {Api} api @param {string} call @param {number} at_ms */
  async #prepare(api, call, at_ms) {
    if (!(await this.#isKept(call))) return false;
    setText(this.#status, "");
    if (performance.now() - this.#given_at > GIVEN_MS) await this.#begin(api, call, at_ms);
    return true;
  }

  /** Leave to play, which puts it on record. @param {Api} api @param {string} call @param {number} at_ms */
  async #begin(api, call, at_ms) {
    const given = await api.act(`${ofCall(call)}/recording/play`, { from_ms: Math.floor(at_ms) }, newAct());
    if (call !== this.#asked) return; // another call is in front by now
    this.#given_at = performance.now();
    this.#audio.src = given.url;
    this.#audio.preload = "metadata";
    this.#audio.playbackRate = this.#audio.defaultPlaybackRate;
    show(this.#audio, true);
    this.#pictures.begin({ videos: given.videos, now: () => this.at_ms });
    if (!given.whole) setText(this.#status, "The recording is shorter than the record of it says. Tell whoever runs the server.");
    if (this.#audio.readyState < HTMLMediaElement.HAVE_METADATA) await loaded(this.#audio);
  }

  /** A word may be clicked before it is known, or before what was kept last is safe. @param {string} call */
  async #isKept(call) {
    await this.#answered;
    if (!this.#kept && call === this.#asked) await (this.#answered = this.#ask(call));
    return this.#kept && call === this.#asked;
  }

  /** @param {string} call */
  async #ask(call) {
    const answer = await this.api?.get(`${ofCall(call)}/recording`).catch(() => null);
    if (call !== this.#asked || !answer) return;
    this.#kept = answer.length_ms > 0;
    show(this, this.#kept);
    this.dispatchEvent(new CustomEvent("kept-changed", { bubbles: true }));
  }

  #speed() {
    const audio = this.#audio;
    const speed = SPEEDS[(SPEEDS.indexOf(audio.defaultPlaybackRate) + 1) % SPEEDS.length];
    audio.defaultPlaybackRate = audio.playbackRate = speed;
    this.#faster.setAttribute("aria-pressed", String(speed > 1));
  }

  #stop() {
    this.#audio.pause();
    this.#audio.removeAttribute("src");
    this.#audio.load();
    this.#pictures.end();
    this.#given_at = -Infinity;
    this.#coming = null;
    show(this.#audio, false);
    setText(this.#status, "");
    this.#draw();
  }

  #failed() {
    if (!this.#audio.hasAttribute("src")) return;
    this.#given_at = -Infinity;
    setText(this.#status, "The recording stopped: it cannot be read, or this was too long ago. Press play again.");
  }

  #draw() {
    setText(this.#play, this.#audio.paused ? "Play the recording" : "Pause");
    const turn = this.#call && !this.#audio.paused ? turnSaid(this.#call.turns, this.at_ms) : null;
    show(this.#words, !this.#audio.paused);
    if (!turn) {
      setText(this.#words, "");
      return;
    }
    const said = turn.words.map((word) => el("span", { class: isNow(word, this.at_ms) ? "play-now" : null }, `${word.text} `));
    this.#words.replaceChildren(el("b", {}, `${PARTIES[turn.party]}: `), ...said);
  }
}

/** @param {HTMLMediaElement} media */
function loaded(media) {
  return new Promise((done, fail) => {
    media.addEventListener("loadedmetadata", done, { once: true });
    media.addEventListener("error", () => fail(new Error("not loaded")), { once: true });
    media.load();
  });
}

/** What is being said now, or was said last. @param {Turn[]} turns @param {number} at_ms */
function turnSaid(turns, at_ms) {
  const begun = turns.filter(({ words }) => words.length > 0 && words[0].start_ms <= at_ms);
  return begun.reduce((/** @type {Turn | null} */ last, turn) => (last && last.words[0].start_ms > turn.words[0].start_ms ? last : turn), null);
}

/** @param {Word} word @param {number} at_ms */
function isNow({ start_ms, end_ms }, at_ms) {
  return start_ms <= at_ms && at_ms < end_ms;
}

customElements.define("play-back", PlayBackPanel);
