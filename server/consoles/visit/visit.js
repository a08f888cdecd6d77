// The page behind a link: who will see me, camera and microphone, then the call. One thing at a time.

import { part, setText, show } from "../shared/dom.js";
import { Call } from "./call.js";
import { canUseDevices, devices, letGo, NoDevice } from "./devices.js";
import { giveWayTo, leaveByKeys, tellLeft } from "./leaving.js";
import { toStep } from "./steps.js";
import { offerLanguages, Words } from "./words.js";

/** @import { Mode } from "./call.js" */
/**
 * @typedef {{
 *   kind: "video" | "text" | "location", guest: boolean, talks: boolean, recorded: boolean, opened: boolean,
 *   language: string, languages: Record<string, string>, leave_to: string, name: string,
 * }} Facts
 */

const ADDRESS = location.pathname.replace(/\/$/, "");
const ORDINARY_SITE = "https://www.bbc.co.uk/weather";

const words = new Words();
/** @type {Facts | null} */
let facts = null;
/** @type {Call | null} */
let call = null;
const [startTold, devicesTold] = ["start-told", "devices-told"].map((id) => part(id, HTMLElement));

/** @param {string} path @param {RequestInit} [how] @returns {Promise<Facts>} */
async function asked(path, how = {}) {
  const response = await fetch(`${ADDRESS}${path}`, { ...how, headers: { "Content-Type": "application/json" } });
  if (!response.ok) throw new Error(String(response.status));
  return response.json();
}

async function start() {
  facts = await asked("/start");
  call = new Call({ words, facts, address: ADDRESS });
  const language = history.state?.language ?? facts.language;
  await words.load(language);
  offerLanguages(facts.languages, language, (code) => speak(code).catch(() => {}));
  drawStart(facts);
  if (facts.opened) await comeBack();
  else toStep("start");
}

/** @param {Facts} now */
function drawStart(now) {
  words.put(part("start-who", HTMLElement), now.guest ? "start_guest" : `start_${now.kind}`);
  show(part("start-recorded", HTMLElement), now.recorded);
  const cannot = now.kind === "video" && now.talks && !canUseDevices();
  show(part("in-app", HTMLElement), cannot);
  show(part("start-typing", HTMLElement), cannot);
  // The first opening binds the link to this window: not one that cannot be used.
  show(part("continue", HTMLElement), !cannot);
}

/** From now on, and when the page is loaded again. @param {string} language */
async function speak(language) {
  await words.load(language);
  remember({ language });
}

/** For when the page is loaded again: kept with the page itself, and gone with it. @param {{ mode?: Mode, language?: string }} what */
function remember(what) {
  history.replaceState({ ...history.state, ...what }, "");
}

/** The page was loaded again: on as it was, without the questions. */
async function comeBack() {
  await open();
  const mode = /** @type {Mode | undefined} */ (history.state?.mode);
  if (mode === "text" || !wantsDevices()) return join("text");
  toStep("devices");
  if (mode && (await allow(mode === "both"))) join(mode);
}

async function open() {
  await asked("/open", { method: "POST", body: "{}" });
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
  if (!call) return false;
  letGo(call.stream);
  show(devicesTold, false);
  try {
    call.stream = await devices({ camera: withCamera });
  } catch (fault) {
    if (!(fault instanceof NoDevice)) throw fault;
    call.denied = fault.why === "denied" ? "denied" : "none";
    words.put(devicesTold, fault.why);
    show(devicesTold, true);
    words.put(part("allow-both", HTMLElement), "try_again");
    return false;
  }
  call.denied = "";
  show(part("mirror", HTMLElement), withCamera);
  if (withCamera) call.pictures.mirror(call.stream);
  show(part("go-in", HTMLElement), true);
  show(part("allow-both", HTMLElement), false);
  part("go-in", HTMLButtonElement).focus();
  return true;
}

/** @param {Mode} mode */
function join(mode) {
  remember({ mode });
  if (mode === "text" && call) {
    letGo(call.stream);
    call.stream = null;
  }
  call?.join(mode);
}

function leave() {
  call?.leave("quick exit");
  tellLeft(ADDRESS, true);
  giveWayTo(facts?.leave_to ?? ORDINARY_SITE);
}

leaveByKeys(leave);
/** @type {Record<string, () => unknown>} */
const PRESSED = {
  leave,
  continue: () => goOn(false),
  "start-typing": () => goOn(true),
  "allow-both": () => allow(true),
  "allow-sound": () => allow(false),
  "type-only": () => join("text"),
  "go-in": () => join(call?.stream?.getVideoTracks().length ? "both" : "sound"),
};
for (const [id, does] of Object.entries(PRESSED)) part(id, HTMLButtonElement).addEventListener("click", () => does());

start().catch(() => {
  toStep("start");
  words.put(startTold, "failed");
});
