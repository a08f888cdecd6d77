// The page behind a link: who will see me, camera and microphone, waiting, the call. One thing at a time.

import { dress, part, setText, show } from "../shared/dom.js";
import { VideoLink } from "../shared/video-link.js";
import { cameras, canUseDevices, devices, letGo, NoDevice, place, turned } from "./devices.js";
import { giveWayTo, leaveByKeys, tellLeft } from "./leaving.js";
import { Pictures } from "./pictures.js";
import { Talk } from "./talk.js";
import { offerLanguages, Words } from "./words.js";

/**
 * @typedef {{
 *   kind: "video" | "text" | "location", guest: boolean, talks: boolean, recorded: boolean, opened: boolean,
 *   language: string, languages: Record<string, string>, leave_to: string, name: string,
 * }} Facts
 */
/** @typedef {"both" | "sound" | "text"} Mode */

const ADDRESS = location.pathname.replace(/\/$/, "");
const STEPS = ["start", "devices", "call", "over"];

const words = new Words();
/** @type {Facts | null} */
let facts = null;
/** @type {MediaStream | null} */
let stream = null;
/** @type {VideoLink | null} */
let link = null;
/** @type {"user" | "environment"} */
let facing = "user";
let over = false;
/** What the camera said, where it was asked for in vain. @type {"denied" | "none" | ""} */
let denied = "";

const pictures = new Pictures();
const talk = new Talk({ words, say: (text) => link?.say(text) ?? false });
const [camera, microphone, flip] = ["camera", "microphone", "flip"].map((id) => part(id, HTMLButtonElement));
const [someone, sound, placeButton] = ["someone", "sound", "place"].map((id) => part(id, HTMLButtonElement));
const [status, startTold, devicesTold, placeTold] = ["status", "start-told", "devices-told", "place-told"].map((id) => part(id, HTMLElement));

/** @param {string} name */
function toStep(name) {
  for (const step of STEPS) show(part(step, HTMLElement), step === name);
  part(`${name}-title`, HTMLElement).focus();
}

/** What the page was doing, for when it is loaded again: kept with the page itself, and gone with it. @param {Mode} mode */
function note(mode) {
  history.replaceState({ mode }, "");
}

/** @param {string} path @param {RequestInit} [how] @returns {Promise<any>} */
async function asked(path, how = {}) {
  const response = await fetch(`${ADDRESS}${path}`, { ...how, headers: { "Content-Type": "application/json" } });
  if (!response.ok) throw new Error(String(response.status));
  return response.json();
}

// Before the call

async function start() {
  facts = await asked("/start");
  if (!facts) return;
  await words.load(facts.language);
  offerLanguages(facts.languages, facts.language, (code) => words.load(code).then(redraw, () => {}));
  redraw();
  if (facts.opened) await comeBack();
  else toStep("start");
}

/** What is said beyond the words of the file, which a change of language changes too. */
function redraw() {
  if (!facts) return;
  words.put(part("start-who", HTMLElement), facts.guest ? "start_guest" : `start_${facts.kind}`);
  show(part("start-recorded", HTMLElement), facts.recorded);
  const cannot = facts.kind === "video" && facts.talks && !canUseDevices();
  show(part("in-app", HTMLElement), cannot);
  show(part("start-typing", HTMLElement), cannot);
  // The first opening binds the link to this window: not one that cannot be used.
  show(part("continue", HTMLElement), !cannot);
}

/** The page was loaded again: on as it was, without the questions. */
async function comeBack() {
  await open();
  const mode = /** @type {Mode | undefined} */ (history.state?.mode);
  if (mode === "text" || !wantsDevices()) return join("text");
  toStep("devices");
  if (mode) await allow(mode === "both").then((allowed) => allowed && join(mode));
}

async function open() {
  facts = await asked("/open", { method: "POST", body: "{}" });
}

function wantsDevices() {
  return facts?.kind === "video" && facts.talks && canUseDevices();
}

/** @param {boolean} typing */
async function goOn(typing) {
  setText(startTold, "");
  try {
    await open();
  } catch (fault) {
    if (fault instanceof TypeError) words.put(startTold, "failed");
    else location.reload();
    return;
  }
  if (typing || !wantsDevices()) join("text");
  else toStep("devices");
}

/** Ask for camera and microphone; whether they may be used. @param {boolean} withCamera */
async function allow(withCamera) {
  letGo(stream);
  show(devicesTold, false);
  try {
    stream = await devices({ camera: withCamera, facing });
  } catch (fault) {
    if (!(fault instanceof NoDevice)) throw fault;
    denied = fault.why === "denied" ? "denied" : "none";
    words.put(devicesTold, fault.why);
    show(devicesTold, true);
    words.put(part("allow-both", HTMLElement), "try_again");
    return false;
  }
  denied = "";
  show(part("mirror", HTMLElement), withCamera);
  if (withCamera) pictures.mirror(stream);
  show(part("go-in", HTMLElement), true);
  show(part("allow-both", HTMLElement), false);
  part("go-in", HTMLButtonElement).focus();
  return true;
}

// The call

/** @param {Mode} mode */
function join(mode) {
  if (!facts || link) return;
  note(mode);
  show(part("mirror", HTMLElement), false);
  toStep("call");
  words.put(part("call-title", HTMLElement), "waiting_heading");
  words.put(status, "connecting");
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  link = new VideoLink({ url: `${scheme}://${location.host}${ADDRESS}/signal`, talks: mode !== "text" && facts.talks });
  follow(link);
  if (stream && mode !== "text") link.use(stream);
  if (denied) link.note("video", denied);
  link.open();
  showControls(mode);
}

/** @param {Mode} mode */
async function showControls(mode) {
  if (!facts) return;
  const sends = mode !== "text";
  show(someone, !facts.guest);
  show(part("someone-hint", HTMLElement), !facts.guest);
  show(placeButton, !facts.guest);
  show(microphone, sends);
  show(camera, sends);
  show(sound, facts.kind === "video");
  drawDevices();
  show(part("talk", HTMLElement), facts.kind !== "location");
  show(flip, sends && stream !== null && (await cameras()) > 1);
}

/** @param {VideoLink} now */
function follow(now) {
  now.addEventListener("status", (event) => {
    if (over || !(event instanceof CustomEvent)) return;
    const word = { connecting: "connecting", connected: "connected", reconnecting: "reconnecting" }[String(event.detail.status)];
    if (word) words.put(status, word);
  });
  now.addEventListener("room", (event) => event instanceof CustomEvent && drawRoom(event.detail));
  now.addEventListener("slot", () => pictures.draw(now.streams));
  now.addEventListener("chat", (event) => {
    if (event instanceof CustomEvent) talk.add(event.detail);
  });
  now.addEventListener("quality", (event) => {
    if (event instanceof CustomEvent && event.detail.quality !== "full") words.put(status, weak(event.detail.quality));
  });
  now.addEventListener("over", () => finish("over_text"));
  now.addEventListener("refused", (event) => finish(event instanceof CustomEvent && event.detail.code === 4009 ? "replaced" : "unavailable"));
}

/** @param {string} quality */
function weak(quality) {
  return { stills: "weak_stills", sound: "weak_sound", text: "weak_text" }[quality] ?? "connected";
}

/** @param {{ state: string, participants: { seat: string, here: string, talks: boolean, slot: number | null }[] }} room */
function drawRoom(room) {
  if (over) return;
  const here = room.participants.some(({ seat, here: how }) => seat === (facts?.guest ? "victim" : "specialist") && how === "here");
  const came = here && room.state === "talking";
  const heading = came ? "call_heading" : "waiting_heading";
  if (part("call-title", HTMLElement).dataset.word !== heading) {
    words.put(part("call-title", HTMLElement), heading);
    words.put(status, came ? "joined" : "waiting");
  }
  show(part("pictures", HTMLElement), facts?.kind === "video");
}

/** @param {string} why */
function finish(why) {
  if (over) return;
  over = true;
  letGo(stream);
  pictures.clear();
  words.put(part("over-text", HTMLElement), why);
  show(part("ordinary", HTMLElement), false);
  show(part("main", HTMLElement), true);
  toStep("over");
}

function drawDevices() {
  const has = (/** @type {string} */ kind) => stream?.getTracks().some((track) => track.kind === kind && track.enabled) ?? false;
  words.put(camera, has("video") ? "camera_off" : "camera_on");
  words.put(microphone, has("audio") ? "microphone_off" : "microphone_on");
  pictures.own(has("video") ? stream : null, facing);
}

async function switchCamera() {
  if (!link) return;
  const on = stream?.getVideoTracks().length;
  if (on) {
    letGo(stream, "video");
    link.stop("video");
  } else await add(true);
  drawDevices();
}

/** Ask for what is not on yet. @param {boolean} withCamera */
async function add(withCamera) {
  try {
    const found = await devices({ camera: withCamera, facing });
    const muted = withCamera && stream !== null && !stream.getAudioTracks().some((track) => track.enabled);
    letGo(stream);
    stream = found;
    for (const track of stream.getAudioTracks()) track.enabled = !muted;
    link?.use(stream);
  } catch (fault) {
    if (!(fault instanceof NoDevice)) throw fault;
    words.put(status, fault.why);
    link?.note(withCamera ? "video" : "audio", fault.why === "denied" ? "denied" : "none");
  }
}

async function switchMicrophone() {
  const track = stream?.getAudioTracks()[0];
  if (track) link?.mute(track.enabled);
  else await add(false);
  drawDevices();
}

async function flipCamera() {
  if (!stream || !link) return;
  const was = facing;
  facing = facing === "user" ? "environment" : "user";
  try {
    await turned(stream, facing);
  } catch (fault) {
    if (!(fault instanceof NoDevice)) throw fault;
    // Turning back is not certain either: without a camera the button says so.
    facing = was;
    await turned(stream, was).catch(() => {});
  }
  link.use(stream);
  drawDevices();
}

async function sharePlace() {
  words.put(placeTold, "sharing_place");
  show(placeTold, true);
  try {
    const { latitude, longitude, accuracy } = await place();
    link?.place({ latitude, longitude, accuracy });
    words.put(placeTold, "shared_place");
  } catch {
    words.put(placeTold, "place_failed");
  }
}

// Out of sight

/** Somebody is there: an ordinary page, no sound, and a sign to the other side. The microphone goes on as it was. */
function hide() {
  link?.duress();
  pictures.silence();
  words.put(sound, "sound_on");
  show(part("top", HTMLElement), false);
  show(part("main", HTMLElement), false);
  show(part("ordinary", HTMLElement), true);
  document.title = words.of("ordinary_heading");
  scrollTo(0, 0);
  part("ordinary-title", HTMLElement).focus();
}

function unhide() {
  show(part("ordinary", HTMLElement), false);
  show(part("top", HTMLElement), true);
  show(part("main", HTMLElement), true);
  document.title = words.of("title");
  part("call-title", HTMLElement).focus();
}

function leave() {
  over = true;
  letGo(stream);
  pictures.clear();
  link?.leave("quick exit");
  tellLeft(ADDRESS, true);
  giveWayTo(facts?.leave_to ?? "https://www.bbc.co.uk/weather");
}

leaveByKeys(leave);
/** @type {Record<string, () => unknown>} */
const PRESSED = {
  leave,
  continue: () => goOn(false),
  "start-typing": () => goOn(true),
  "allow-both": () => allow(true),
  "allow-sound": () => allow(false),
  "type-only": () => {
    letGo(stream);
    stream = null;
    join("text");
  },
  "go-in": () => join(stream?.getVideoTracks().length ? "both" : "sound"),
  sound: () => words.put(sound, pictures.switchSound() ? "sound_off" : "sound_on"),
  someone: hide,
  back: unhide,
  camera: switchCamera,
  microphone: switchMicrophone,
  flip: flipCamera,
  place: sharePlace,
};
for (const [id, does] of Object.entries(PRESSED)) part(id, HTMLButtonElement).addEventListener("click", () => does());

start().catch(() => {
  toStep("start");
  words.put(startTold, "failed");
});
dress(document.body, { "data-ready": true });
