// What every console does: holds the model, draws it once a frame, says what was seen, and carries out what people ask.

import { Acts } from "./acts.js";
import { Api, ofCall, ofPrompt, Refused } from "./api.js";
import { setText } from "./dom.js";
import { Feed } from "./feed.js";
import { applyLook, playTone, toneIsOn } from "./look.js";
import { apply, resumeFrom, START, torn } from "./model.js";
import { isFor, lastStep } from "./prompts.js";
import { openCount, toSelect } from "./view.js";
import { inRoom, inTraining, markRoom } from "./where.js";
import { callName, nameOf } from "./words.js";

/** @import { Call, Face, FeedMessage, Marker, Model, Prompt, Session, Severity } from "./types.js" */

// A step meant for one prompt must not fall on the next one that has just taken its place.
const SETTLE_MS = 500;
const TOLD_MS = 8000;
const SEEN_MS = 1000;
const SPEAKING_MS = 4000;
const SPOKEN_AT_MOST = 4;

export class Console {
  /** @type {Model} */
  model = START;
  /** @type {Session | null} */
  session = null;
  /** @type {Marker[]} */
  markers = [];
  /** @type {Record<string, { title: string, severity: Severity }>} */
  legend = {};
  api = new Api();
  #drawing = false;
  #toldUntil = 0;
  #front = { name: "", since: 0, swapped: false };
  /** What I took back, which then comes to the front by my own wish. */
  #wanted = "";
  #painted = new Set();
  #seen = new Set();
  #announced = new Set();
  /** @type {{ sentence: string, at: number }[]} */
  #speaking = [];

  /**
   * @param {{
   *   draw: () => void,
   *   told: HTMLElement,
   *   announcer: HTMLElement,
   *   title: string,
   *   pace_ms?: number,
   *   onHidden?: () => unknown,
   *   onDone?: (act: import("./acts.js").Act, answer: any) => unknown,
   * }} page `draw` shows the model; `told` is where answers to what was asked appear; `announcer` speaks at once;
   *   `pace_ms`: draw no more often, where nobody waits for a prompt; `onHidden`: a call is hidden from this person
   */
  constructor(page) {
    this.page = page;
    this.acts = new Acts({
      api: this.api,
      onChange: () => this.draw(),
      onDone: (act, answer) => page.onDone?.(act, answer),
      onRefused: (refused, path) => {
        const undoing = Object.keys(this.model.taken_back).find((call) => path.startsWith(ofCall(call)) && path.endsWith("/undo"));
        if (undoing) this.take({ type: "not-taken-back", call: undoing });
        this.#refused(refused);
      },
    });
    this.feed = new Feed({
      url: `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${inRoom("/feed")}`,
      resume: () => resumeFrom(this.model),
      signedOut: () => this.api.session().then(() => false, (refused) => refused.status === 401),
      onMessage: (message) => this.take(message),
      onState: (state) => this.take({ type: "connection", state }),
      onSignedOut: () => this.leave(),
    });
    document.addEventListener("visibilitychange", () => this.draw());
    applyLook();
    markRoom();
  }

  /** Sign in by the session that the browser has, and follow the feed. */
  async start() {
    try {
      this.session = await this.api.session();
    } catch (fault) {
      if (!(fault instanceof Refused)) throw fault;
      if (fault.status === 401) this.leave();
      else this.tell(fault.message);
      return;
    }
    const { person, force } = this.session;
    document.body.dataset.role = person.role;
    this.take({ type: "hello", now: new Date().toISOString(), person, force });
    this.feed.join();
    setInterval(() => this.draw(), 1000);
    this.markers = await this.api.markers().catch(() => []);
    this.legend = Object.fromEntries(this.markers.map(({ id, title, severity }) => [id, { title, severity }]));
    this.draw();
  }

  /** The session is over. A frame cannot sign in by itself: the page in it says so. */
  leave() {
    location.assign(inTraining ? "/training" : window.top === window ? "/sign-in" : location.href);
  }

  get now_ms() {
    return Date.now() + this.model.skew_ms;
  }

  /** @returns {Face} */
  get me() {
    if (this.model.me === null) throw new Error("nobody is signed in yet");
    return this.model.me;
  }

  /** @param {string | null} id */
  name(id) {
    return nameOf(this.model.people, id, this.model.me);
  }

  /** @param {FeedMessage} message */
  take(message) {
    this.model = apply(this.model, { ...message, at: Date.now() });
    if (message.type === "refused") this.tell(message.message);
    if (message.type === "live") this.#open();
    const broken = torn(this.model);
    if (broken) {
      this.model = apply(this.model, { type: "reset", call: broken.id });
      this.feed.rejoin();
    }
    if (message.type === "hidden" && this.model.me) this.#hide();
    this.draw();
  }

  /** What somebody may no longer know of leaves their screen at once, whatever its pace. */
  #hide() {
    this.#drawNow();
    this.page.onHidden?.();
  }

  draw() {
    if (this.#drawing) return;
    this.#drawing = true;
    // A hidden page draws too, only later: frames stand still there, and prompts must not count as painted.
    const frame = document.hidden ? setTimeout : requestAnimationFrame;
    const begin = () => frame(() => {
      this.#drawing = false;
      if (this.model.me) this.#drawNow();
    });
    if (this.page.pace_ms) setTimeout(begin, this.page.pace_ms);
    else begin();
  }

  #drawNow() {
    this.model = apply(this.model, { type: "select", call: toSelect(this.model) });
    const count = openCount(this.model);
    const title = `${count > 0 ? `(${count}) ` : ""}${this.page.title}`;
    if (document.title !== title) document.title = title;
    this.page.draw();
    this.#announce();
    if (this.now_ms > this.#toldUntil) setText(this.page.told, "");
  }

  /** The prompt that stands in front now. Painted is on the glass: two frames after it was put into a visible page. @param {Call | null} call @param {Prompt | null} prompt */
  fronted(call, prompt) {
    const name = call && prompt ? nameIn(call, prompt) : "";
    if (name !== this.#front.name) {
      const swapped = this.#front.name !== "" && name !== this.#wanted;
      this.#front = { name, since: performance.now(), swapped };
    }
    if (!call || !prompt || document.hidden) return;
    const which = { call: call.id, prompt: prompt.id };
    if (!this.#painted.has(name)) {
      this.#painted.add(name);
      requestAnimationFrame(() => requestAnimationFrame(() => this.feed.send({ painted: which })));
    }
    if (!this.#seen.has(name) && performance.now() - this.#front.since >= SEEN_MS) {
      this.#seen.add(name);
      this.feed.send({ seen: which });
    }
  }

  #announce() {
    const { model } = this;
    for (const call of Object.values(model.calls)) {
      for (const prompt of call.prompts) {
        const name = nameIn(call, prompt);
        if (this.#announced.has(name) || !isFor(prompt, this.me.role)) continue;
        this.#announced.add(name);
        if (model.connection.state !== "live" || prompt.severity !== "immediate") continue;
        this.announce(`Immediate prompt on ${callName(call.id)}. Ask: ${prompt.ask}`);
      }
    }
  }

  /** Speak at once. It breaks off what is being spoken, which therefore is said again after it. @param {string} sentence */
  announce(sentence) {
    const at = Date.now();
    const brokenOff = this.#speaking.filter((said) => at - said.at < SPEAKING_MS);
    this.#speaking = [{ sentence, at }, ...brokenOff].slice(0, SPOKEN_AT_MOST);
    setText(this.page.announcer, this.#speaking.map((said) => said.sentence).join(" "));
    if (toneIsOn()) playTone();
  }

  /** @param {string} sentence */
  tell(sentence) {
    setText(this.page.told, sentence);
    this.#toldUntil = this.now_ms + TOLD_MS;
  }

  /** @param {string} path @param {object} [body] */
  act(path, body) {
    this.acts.add(path, body);
  }

  /** @param {string} call @param {string} what @param {object} [body] */
  onCall(call, what, body) {
    this.act(`${ofCall(call)}/${what}`, body);
  }

  /** A step on a prompt, unless the prompt has only just taken another's place. @param {string} step @param {Call} call @param {Prompt} prompt @param {object} [body] */
  step(step, call, prompt, body = {}) {
    const isFront = this.#front.name === nameIn(call, prompt);
    if (isFront && this.#front.swapped && performance.now() - this.#front.since < SETTLE_MS) {
      this.tell("The prompt has just changed. Press again if you mean this one.");
      return;
    }
    const taken = lastStep(prompt)?.seq;
    if (step === "undo" && taken === undefined) return;
    this.act(`${ofPrompt(call.id, prompt.id)}/${step}`, step === "undo" ? { step: taken } : body);
    this.#wanted = step === "undo" ? nameIn(call, prompt) : "";
    if (step === "undo") this.take({ type: "take-back", call: call.id, prompt: prompt.id, seq: taken });
  }

  /** @param {string} call */
  choose(call) {
    this.model = apply(this.model, { type: "select", call });
    this.#open();
    this.draw();
  }

  /** Follow the words of the chosen call, which a supervisor may without having been given it. */
  #open() {
    const call = this.model.selected;
    if (call === null || call in this.model.calls || this.me.role !== "supervisor") return;
    this.feed.send({ open: { call } });
  }

  async signOut() {
    try {
      await this.api.signOut();
      this.leave();
    } catch (fault) {
      if (!(fault instanceof Refused)) throw fault;
      this.#refused(fault);
    }
  }

  /** @param {Refused} refused */
  #refused(refused) {
    if (refused.status === 401) this.leave();
    else this.tell(refused.who ? `${this.name(refused.who)} was first.` : refused.message);
  }
}

/** @param {Call} call @param {Prompt} prompt */
function nameIn(call, prompt) {
  return `${call.id} ${prompt.id}`;
}
