// The call itself: who is there, camera, microphone, typed words, where one is, and going out of sight.

import { part, show } from "../shared/dom.js";
import { VideoLink } from "../shared/video-link.js";
import { cameras, devices, letGo, NoDevice, place, turned } from "./devices.js";
import { tellOver } from "./leaving.js";
import { Pictures } from "./pictures.js";
import { toStep } from "./steps.js";
import { Talk } from "./talk.js";

/** @typedef {"both" | "sound" | "text"} Mode */
/** @import { Facts } from "./visit.js" */
/** @import { Words } from "./words.js" */

const REPLACED = 4009;
/** @type {Record<string, string>} */
const STATUS = { connecting: "connecting", connected: "connected", reconnecting: "reconnecting" };
/** @type {Record<string, string>} */
const WEAK = { stills: "weak_stills", sound: "weak_sound", text: "weak_text" };
/** What is not talked over by who comes and goes. */
const STAYS = new Set(["denied", "busy", "none", "no_camera"]);

const [camera, microphone, flip] = ["camera", "microphone", "flip"].map((id) => part(id, HTMLButtonElement));
const [someone, sound, placeButton] = ["someone", "sound", "place"].map((id) => part(id, HTMLButtonElement));
const [title, status, placeTold] = ["call-title", "status", "place-told"].map((id) => part(id, HTMLElement));

export class Call {
  /** @type {MediaStream | null} */
  stream = null;
  /** What the camera said, where it was asked for in vain. @type {"denied" | "none" | ""} */
  denied = "";
  /** @type {"user" | "environment"} */
  facing = "user";
  over = false;
  pictures = new Pictures();
  /** @type {VideoLink | null} */
  #link = null;
  /** What the line of this phone bears. */
  #quality = "full";
  /** @type {Facts} */
  #facts;

  /** @param {{ words: Words, facts: Facts, address: string }} has */
  constructor(has) {
    this.has = has;
    this.#facts = has.facts;
    this.words = has.words;
    this.talk = new Talk({ words: has.words, say: (text) => this.#link?.say(text) ?? false });
    /** @type {[string, () => unknown][]} */
    const pressed = [
      ["sound", () => this.words.put(sound, this.pictures.switchSound() ? "sound_off" : "sound_on")],
      ["someone", () => this.#hide()],
      ["back", () => this.#unhide()],
      ["camera", () => this.#switchCamera()],
      ["microphone", () => this.#switchMicrophone()],
      ["flip", () => this.#flip()],
      ["place", () => this.#sharePlace()],
    ];
    for (const [id, does] of pressed) part(id, HTMLButtonElement).addEventListener("click", () => does());
  }

  /** @param {Mode} mode */
  join(mode) {
    if (this.#link) return;
    toStep("call");
    this.words.put(title, "waiting_heading");
    this.words.put(status, "connecting");
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const link = new VideoLink({ url: `${scheme}://${location.host}${this.has.address}/signal`, talks: this.#facts.kind === "video" && this.#facts.talks });
    this.#link = link;
    this.#follow(link);
    if (this.stream && mode !== "text") link.use(this.stream);
    if (this.denied) link.note("video", this.denied);
    link.open();
    this.#showControls();
  }

  /** @param {"quick exit" | "left"} why */
  leave(why) {
    this.over = true;
    letGo(this.stream);
    this.pictures.clear();
    this.#link?.leave(why);
  }

  async #showControls() {
    const { guest, kind, talks } = this.#facts;
    const sends = kind === "video" && talks;
    for (const node of [someone, part("someone-hint", HTMLElement), placeButton]) show(node, !guest);
    for (const node of [microphone, camera]) show(node, sends);
    show(sound, kind === "video");
    show(part("talk", HTMLElement), kind !== "location");
    this.#drawDevices();
    show(flip, sends && this.stream !== null && (await cameras()) > 1);
  }

  /** @param {VideoLink} link */
  #follow(link) {
    const on = (/** @type {string} */ name, /** @type {(detail: any) => void} */ does) =>
      link.addEventListener(name, (event) => !this.over && event instanceof CustomEvent && does(event.detail));
    on("status", (detail) => {
      if (detail.status in STATUS) this.words.put(status, STATUS[detail.status]);
      if (link.room) this.#drawRoom(/** @type {any} */ (link.room));
    });
    on("room", (room) => this.#drawRoom(room));
    on("slot", () => this.pictures.draw(link.streams));
    on("chat", (chat) => this.talk.add(chat));
    on("welcome", () => this.talk.send());
    on("quality", ({ quality }) => {
      this.#quality = quality;
      if (link.room) this.#drawRoom(/** @type {any} */ (link.room));
    });
    on("over", () => this.#finish("over_text"));
    on("refused", ({ code }) => this.#finish(code === REPLACED ? "replaced" : "unavailable"));
  }

  /** @param {{ state: string, recorded: boolean, participants: { id: string, seat: string, here: string, quality: string, recorded: boolean }[] }} room */
  #drawRoom({ state, participants, recorded }) {
    const mark = part("recorded", HTMLElement);
    const mine = participants.some(({ id, recorded: kept }) => kept && id === this.#link?.welcome?.participant);
    mark.classList.toggle("is-on", recorded);
    this.words.put(mark, mine ? "recorded" : recorded ? "others_recorded" : "not_recorded");
    const other = this.#facts.guest ? "victim" : "specialist";
    const here = participants.find(({ seat, here: how }) => seat === other && how === "here");
    const was = title.dataset.word;
    const now = here && state === "talking" ? "call_heading" : "waiting_heading";
    show(part("pictures", HTMLElement), this.#facts.kind === "video");
    this.words.put(title, now);
    // Whose own connection is not there is told that first, whoever else comes and goes.
    if (this.#link?.status !== "connected") return;
    if (was === now && STAYS.has(status.dataset.word ?? "")) return;
    const alone = was === "call_heading" || state === "talking" ? "alone_again" : "waiting";
    const together = here && here.quality in WEAK ? "weak_theirs" : "joined";
    this.words.put(status, WEAK[this.#quality] ?? (here ? together : alone));
  }

  /** @param {string} why */
  #finish(why) {
    this.over = true;
    letGo(this.stream);
    this.pictures.clear();
    tellOver(this.has.address);
    this.words.put(part("over-text", HTMLElement), why);
    this.#unhide();
    toStep("over");
  }

  #has(/** @type {string} */ kind) {
    return this.stream?.getTracks().some((track) => track.kind === kind && track.enabled) ?? false;
  }

  #drawDevices() {
    this.words.put(camera, this.#has("video") ? "camera_off" : "camera_on");
    this.words.put(microphone, this.#has("audio") ? "microphone_off" : "microphone_on");
    this.pictures.own(this.#has("video") ? this.stream : null, this.facing);
  }

  async #switchCamera() {
    if (this.stream?.getVideoTracks().length) {
      letGo(this.stream, "video");
      this.#link?.stop("video");
    } else await this.#add(true);
    this.#drawDevices();
  }

  async #switchMicrophone() {
    const track = this.stream?.getAudioTracks()[0];
    if (track) this.#link?.mute(track.enabled);
    else await this.#add(false);
    this.#drawDevices();
  }

  /** Ask for what is not on yet. @param {boolean} withCamera */
  async #add(withCamera) {
    const quiet = withCamera && !this.#has("audio");
    try {
      const found = await devices({ camera: withCamera, facing: this.facing });
      letGo(this.stream);
      this.stream = found;
      this.#link?.use(found);
      if (quiet) this.#link?.mute(true);
    } catch (fault) {
      if (!(fault instanceof NoDevice)) throw fault;
      this.words.put(status, fault.why);
      this.#link?.note(withCamera ? "video" : "audio", fault.why === "denied" ? "denied" : "none");
    }
  }

  async #flip() {
    if (!this.stream) return;
    const was = this.facing;
    this.facing = was === "user" ? "environment" : "user";
    try {
      await turned(this.stream, this.facing);
    } catch (fault) {
      if (!(fault instanceof NoDevice)) throw fault;
      // Turning back is not certain either: without a camera the button says so.
      this.facing = was;
      await turned(this.stream, was).catch(() => this.#link?.stop("video"));
    }
    this.#link?.use(this.stream);
    this.#drawDevices();
  }

  async #sharePlace() {
    this.words.put(placeTold, "sharing_place");
    show(placeTold, true);
    try {
      const { latitude, longitude, accuracy } = await place();
      this.#link?.place({ latitude, longitude, accuracy });
      this.words.put(placeTold, "shared_place");
    } catch {
      this.words.put(placeTold, "place_failed");
    }
  }

  /** Somebody is there: an ordinary page, no sound, and a sign to the other side. The microphone goes on as it was. */
  #hide() {
    this.#link?.duress();
    this.pictures.silence();
    this.words.put(sound, "sound_on");
    this.#ordinary(true, "ordinary_heading");
    scrollTo(0, 0);
    part("ordinary-title", HTMLElement).focus();
  }

  #unhide() {
    this.#ordinary(false, "title");
    title.focus();
  }

  /** @param {boolean} on @param {string} name */
  #ordinary(on, name) {
    show(part("ordinary", HTMLElement), on);
    for (const id of ["top", "main"]) show(part(id, HTMLElement), !on);
    document.title = this.words.of(name);
  }
}
