// A page's end of a video call: signalling, media, coming back under the same place, and what a weak line bears.

import { Media } from "./video-media.js";
import { Adapting, worse } from "./video-quality.js";
import { OVER, Signal, randomName } from "./video-signal.js";

/** @import { Message } from "./video-signal.js" */
/** @import { Kind } from "./video-media.js" */
/** @import { Quality } from "./video-quality.js" */
/** @typedef {"on" | "off" | "denied" | "none"} Switched */
/** @typedef {"connecting" | "connected" | "reconnecting" | "over"} Status */

const AGAIN_MS = 1000; // between two offers, when connections do not come about

/**
 * Those in the call. A victim who is away is not, where there is one by another link: it is the same person.
 * @template {{ seat: string, here: string, slot?: number | null }} P
 * @param {P[]} participants
 */
export function seated(participants) {
  const came = participants.some(({ seat, here }) => seat === "victim" && here === "here");
  return participants.filter(({ seat, here }) => here === "here" || (here !== "left" && !(came && seat === "victim")));
}

export class VideoLink extends EventTarget {
  /** @type {Message | null} */
  welcome = null;
  /** @type {Message | null} */
  room = null;
  /** @type {Status} */
  status = "connecting";
  /** @type {Media | null} */
  #media = null;
  /** @type {Adapting | null} */
  #adapting = null;
  #mediaUp = false;
  #attempt = 0;
  #again = 0;
  /** @type {Map<Kind, MediaStreamTrack>} */
  #tracks = new Map();
  /** @type {Map<Kind, Switched>} */
  #switched = new Map([["video", "none"], ["audio", "none"]]);
  #sentState = "";
  /** What the server sends here, as it finds that the line carries it. @type {Quality} */
  #takes = "full";

  /** @param {{ url: string, talks: boolean }} has `talks`: whether this page may ever send sound or pictures */
  constructor(has) {
    super();
    this.has = has;
    this.signal = new Signal({
      url: has.url,
      heard: (message) => this.#heard(message),
      lost: () => this.#lost(),
      ended: (code, why) => this.#ended(code, why),
    });
  }

  open() {
    this.signal.begin();
  }

  /** What is received now, by slot. @returns {Map<number, MediaStream>} */
  get streams() {
    const shown = seated(this.room?.participants ?? []).map(({ slot }) => slot);
    return new Map([...(this.#media?.streams ?? [])].filter(([slot]) => shown.includes(slot)));
  }

  /** The connection's measures, for whoever draws them. */
  stats() {
    return this.#media?.connection.getStats() ?? Promise.resolve(null);
  }

  /** Send what this stream has; what it lacks stays as it was. @param {MediaStream} stream */
  use(stream) {
    for (const track of stream.getTracks()) this.#carry(track.kind === "video" ? "video" : "audio", track);
  }

  /** Send no more of a kind. @param {Kind} kind */
  stop(kind) {
    this.#tracks.delete(kind);
    this.#media?.carry(kind, null);
    this.note(kind, "off");
  }

  /** The microphone keeps its place and says nothing. @param {boolean} quiet */
  mute(quiet) {
    const track = this.#tracks.get("audio");
    if (track) track.enabled = !quiet;
    this.note("audio", quiet || !track ? "off" : "on");
  }

  /** How a camera or microphone stands, as when it was denied. @param {Kind} kind @param {Switched} how */
  note(kind, how) {
    this.#switched.set(kind, how);
    this.#sayState();
  }

  /** Whether there was a connection to say it by; if not, it was not taken. @param {string} text */
  say(text) {
    return this.welcome !== null && this.signal.open && this.signal.owe({ type: "chat", id: randomName(), text });
  }

  /** Said as soon as there is a connection. */
  duress() {
    this.signal.owe({ type: "duress", id: randomName() });
  }

  /** @param {{ latitude: number, longitude: number, accuracy: number }} position */
  place({ latitude, longitude, accuracy }) {
    this.signal.owe({ type: "location", id: randomName(), latitude, longitude, accuracy_m: accuracy });
  }

  /** @param {"left" | "quick exit"} why */
  leave(why = "left") {
    this.signal.send({ type: "leave", why });
    this.#end();
  }

  /** @param {Kind} kind @param {MediaStreamTrack} track */
  #carry(kind, track) {
    if (!this.has.talks) return;
    this.#tracks.set(kind, track);
    this.#media?.carry(kind, track);
    this.note(kind, track.enabled ? "on" : "off");
  }

  /** @param {Message} message */
  #heard(message) {
    switch (message.type) {
      case "welcome":
        this.#welcomed(message);
        break;
      case "room":
        this.#roomChanged(message);
        this.#tell("room", message);
        this.#tell("slot", {});
        break;
      case "answer":
        if (message.attempt === this.#attempt) this.#media?.answered(message.sdp).catch(() => this.#offerAgain());
        break;
      case "location":
        this.#tell("place", message);
        break;
      case "error":
        this.#wrong(message);
        break;
      case "over":
        this.#tell("over", { why: message.why });
        break;
      default:
        this.#tell(message.type, message);
    }
  }

  /** @param {Message} message */
  #roomChanged(message) {
    this.room = message;
    const me = message.participants.find((/** @type {{ id: string }} */ one) => one.id === this.welcome?.participant);
    const takes = me?.takes || this.#takes;
    if (takes === this.#takes) return;
    this.#takes = takes;
    this.#lineChanged();
  }

  /** @param {Message} message */
  #welcomed(message) {
    this.welcome = message;
    this.#sentState = "";
    this.#tell("welcome", message);
    this.#sayState();
    if (message.kind === "video") this.#offer();
    this.#stand();
  }

  async #offer() {
    const welcome = this.welcome;
    if (!welcome || !this.signal.open) return;
    this.#letGo();
    this.#attempt += 1;
    const media = new Media({
      iceServers: welcome.ice_servers,
      relayOnly: welcome.relay_only,
      slots: welcome.slots,
      talks: this.has.talks && welcome.talks,
      up: () => this.#up(media),
      down: () => this.#down(media),
      tracks: () => this.#tell("slot", {}),
    });
    this.#media = media;
    for (const [kind, track] of this.#tracks) await media.carry(kind, track);
    const sdp = await media.offer();
    if (media === this.#media) this.signal.send({ type: "offer", sdp, attempt: this.#attempt });
  }

  #offerAgain() {
    clearTimeout(this.#again);
    this.#again = setTimeout(() => this.#offer(), AGAIN_MS);
  }

  /** @param {Media} media */
  #up(media) {
    if (media !== this.#media) return;
    this.#mediaUp = true;
    if (this.has.talks && this.welcome?.talks) {
      this.#adapting ??= new Adapting({ bitrate: this.welcome.bitrate, changed: () => this.#lineChanged() });
      this.#adapting.begin(media);
    }
    this.#stand();
  }

  #lineChanged() {
    const [sends, takes] = [this.#adapting?.quality ?? "full", this.#takes];
    this.#sayState();
    this.#tell("quality", { quality: worse(sends, takes), sends, takes });
  }

  /** @param {Media} media */
  #down(media) {
    if (media !== this.#media) return;
    this.#letGo();
    this.#stand();
    this.#offerAgain();
  }

  #letGo() {
    clearTimeout(this.#again);
    this.#adapting?.end();
    this.#media?.close();
    this.#media = null;
    this.#mediaUp = false;
  }

  #lost() {
    this.#letGo();
    this.welcome = null;
    this.#stand();
  }

  /** @param {number} code @param {string} why */
  #ended(code, why) {
    this.#end();
    if (code !== OVER) this.#tell("refused", { code, why });
    else this.#tell("over", { why });
  }

  #end() {
    this.signal.close();
    this.#letGo();
    this.welcome = null;
    this.#become("over");
  }

  /** @param {Message} message */
  #wrong(message) {
    this.#tell("wrong", { ...message.error, to: message.to });
    if (message.to === "offer") {
      this.#letGo();
      this.#offerAgain();
    }
  }

  #sayState() {
    if (!this.welcome) return;
    const [camera, microphone] = [this.#switched.get("video"), this.#switched.get("audio")];
    const state = { type: "state", camera, microphone, quality: this.#adapting?.quality ?? "" };
    const said = JSON.stringify(state);
    if (said !== this.#sentState && this.signal.send(state)) this.#sentState = said;
  }

  #stand() {
    const whole = this.welcome !== null && (this.welcome.kind !== "video" || this.#mediaUp);
    if (whole) this.#become("connected");
    else this.#become(this.status === "connected" || this.status === "reconnecting" ? "reconnecting" : "connecting");
  }

  /** @param {Status} status */
  #become(status) {
    if (status === this.status || this.status === "over") return;
    this.status = status;
    this.#tell("status", { status });
  }

  /** @param {string} name @param {unknown} detail */
  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
