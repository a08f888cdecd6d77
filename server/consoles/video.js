// A video call in the console: the specialist talks, the handler and a supervisor watch. Captions and prompts beside it.

import { CallTranscript } from "./components/call-transcript.js";
import { PromptCard } from "./components/prompt-card.js";
import { PromptQueue } from "./components/prompt-queue.js";
import { StatusBanners } from "./components/status-banners.js";
import { TopBar } from "./components/top-bar.js";
import { VideoInvite } from "./components/video-invite.js";
import { nameText, VideoTiles, whoText } from "./components/video-tiles.js";
import { ofCall } from "./shared/api.js";
import { Console } from "./shared/console.js";
import { DeviceCheck } from "./shared/device-check.js";
import { part, setText, show } from "./shared/dom.js";
import { hasToBeQuiet } from "./shared/evidence.js";
import { lastStep } from "./shared/prompts.js";
import { VideoLink } from "./shared/video-link.js";
import { ownLine } from "./shared/video-words.js";
import { shown } from "./shared/view.js";
import { callName } from "./shared/words.js";

/** @import { Participant, Picture, RoomLine } from "./shared/video-words.js" */

const ROOM = decodeURIComponent(location.pathname.split("/")[2] ?? "");
const [top, banners, invite] = [part("top", TopBar), part("banners", StatusBanners), part("invite", VideoInvite)];
const [card, queue, transcript] = [part("card", PromptCard), part("queue", PromptQueue), part("transcript", CallTranscript)];
const tiles = part("tiles", VideoTiles);
const [state, duress, places, told] = ["state", "duress", "places", "told"].map((id) => part(id, HTMLElement));
const [microphone, camera, hear] = ["microphone", "camera", "hear"].map((id) => part(id, HTMLButtonElement));
const check = new DeviceCheck();

/** @type {VideoLink | null} */
let link = null;
/** @type {{ state: string, recorded: boolean, participants: Participant[] }} */
let room = { state: "waiting", recorded: false, participants: [] };
/** Prompts whose form somebody changed. */
const yesNo = new Set();
let heard = true;
let over = "";

const desk = new Console({
  draw,
  told,
  announcer: part("announcer", HTMLElement),
  title: "Video call",
  onDone: ({ path }) => path.endsWith("/still") && desk.tell("The still is kept."),
});

function talks() {
  return desk.me.role === "specialist";
}

function draw() {
  const { model, me } = desk;
  const { call, front, waiting, closed } = shown(model);
  top.show({ model, unrecorded: desk.acts.unrecorded });
  banners.show({ connection: model.connection, call, session: desk.session, me });
  invite.show({ call: ROOM, me, allowed: link !== null && talks() && !over, guest: true });
  transcript.show({ call, legend: desk.legend, empty: "Nothing has been said yet." });
  show(card, front !== null);
  show(part("no-prompt", HTMLElement), front === null);
  if (call && front) {
    const undoable = lastStep(front)?.person === me.id;
    card.show({ prompt: front, me, people: model.people, yesNo: hasToBeQuiet(call) !== yesNo.has(front.id), undoable, hearable: false });
  }
  desk.fronted(call, front);
  queue.show({ waiting, closed, me, people: model.people });
  drawRoom();
}

function drawRoom() {
  if (!link) return;
  tiles.show({ participants: room.participants, streams: link.streams, heard });
  const victims = room.participants.filter(({ seat }) => seat === "victim");
  const victim = victims.find(({ here }) => here === "here") ?? victims.at(-1);
  setText(state, over || stateText(victim));
  state.classList.toggle("is-away", over !== "" || victim?.here !== "here");
  const mark = part("recorded", HTMLElement);
  setText(mark, over ? "" : recordedText());
  mark.classList.toggle("is-on", room.recorded);
  const others = room.participants.filter(({ here, seat }) => here !== "left" && seat !== "victim");
  setText(part("room-facts", HTMLElement), others.map(nameText).join(" · "));
}

/** Each is recorded by their own word: whoever leads the call has to know of whom nothing is kept. */
function recordedText() {
  if (!room.recorded) return "Not recording";
  const talking = room.participants.filter(({ talks, here }) => talks && here !== "left");
  const named = (/** @type {boolean} */ kept) => talking.filter(({ recorded }) => recorded === kept).map(whoText).join(", ");
  const others = named(false);
  return others ? `Recording: ${named(true)}. Not recorded: ${others}` : `Recording: ${named(true)}`;
}

/** @param {Participant | undefined} victim */
function stateText(victim) {
  if (link?.status === "reconnecting") return "Your connection was lost. Trying again…";
  if (!victim) return "They are not here yet.";
  if (victim.here === "reconnecting") return "Their connection was lost. The call waits for them.";
  if (victim.here === "here") return nameText(victim);
  const why = desk.model.calls[ROOM]?.left?.[victim.id];
  return why === "quick exit" ? "They left by quick exit. Do not ring or text now; keep to what was agreed." : "They have left.";
}

// Before

async function begin() {
  const { rooms } = await desk.api.get("/api/video").catch(() => ({ rooms: [] }));
  const line = /** @type {RoomLine | undefined} */ (rooms.find((/** @type {RoomLine} */ one) => one.call === ROOM));
  if (line?.from_call) {
    setText(part("room-title", HTMLElement), `Video call, from ${callName(line.from_call)}`);
    remind(line.from_call);
  }
  show(part("check-devices", HTMLElement), talks());
  show(part("join-muted", HTMLElement), talks());
  setText(part("check-text", HTMLElement), checkText(line));
  setText(part("join", HTMLElement), talks() ? "Join" : "Watch");
  const ready = line !== undefined && (!talks() || (await check.begin(true)));
  for (const id of ["join", "join-muted"]) part(id, HTMLButtonElement).disabled = line === undefined;
  // From the queue one click is enough; who has no camera and microphone ready stays here, and reads why.
  if (ready && location.hash === "#join") await join(true);
}

/** @param {RoomLine | undefined} line */
function checkText(line) {
  if (!line) return "This video call is not open. It opens when somebody comes in by the link.";
  return talks() ? "They cannot see or hear you until you join." : "You see and hear the call. Nobody sees or hears you.";
}

/** What was agreed on the call that it came from. @param {string} call */
async function remind(call) {
  /** @type {Picture | null} */
  const picture = await desk.api.get(`${ofCall(call)}/video`).catch(() => null);
  const word = picture?.safety?.word;
  setText(part("word", HTMLElement), word ? `Agreed word for “somebody has come in”: “${word}”` : "No word has been agreed for “somebody has come in”.");
}

/** @param {boolean} withCamera */
async function join(withCamera) {
  if (link) return;
  if (talks()) {
    if ((!withCamera || check.stream === null) && !(await check.begin(withCamera))) return;
    check.end(true);
  }
  history.replaceState(null, "", "#join"); // loaded again, the page is back in the call
  show(part("check", HTMLElement), false);
  show(part("stage", HTMLElement), true);
  show(part("say", HTMLFormElement), talks());
  for (const node of [microphone, camera, part("end", HTMLElement), part("still", HTMLElement)]) show(node, talks());
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  link = new VideoLink({ url: `${scheme}://${location.host}/api/video/${encodeURIComponent(ROOM)}/signal`, talks: talks() });
  follow(link);
  if (check.stream) link.use(check.stream);
  link.open();
  tiles.showOwn(check.stream);
  drawDevices();
  part("room", HTMLElement).focus();
  desk.choose(ROOM);
}

// During

/** @param {VideoLink} now */
function follow(now) {
  now.addEventListener("room", (event) => {
    if (!(event instanceof CustomEvent)) return;
    room = event.detail;
    desk.draw();
  });
  for (const name of ["slot", "status"]) now.addEventListener(name, () => desk.draw());
  now.addEventListener("quality", (event) => event instanceof CustomEvent && desk.tell(ownLine(event.detail)));
  now.addEventListener("duress", () => alarm());
  now.addEventListener("place", (event) => event instanceof CustomEvent && showPlace(event.detail));
  now.addEventListener("over", () => finish("The call is over."));
  now.addEventListener("refused", (event) => event instanceof CustomEvent && finish(refusalText(event.detail)));
}

/** @param {{ code: number, why: string }} refusal */
function refusalText({ code, why }) {
  if (code === 4009) return "This call is open in another window of yours. Go on there.";
  return why.includes(": ") ? why.slice(why.indexOf(": ") + 2) : "You are no longer in this call.";
}

function alarm() {
  const text = "Someone is there. They pressed “someone is here”: their screen shows an ordinary page and your voice is off for them. Say nothing that matters. Their microphone may still be on: listen.";
  setText(duress, text);
  show(duress, true);
  desk.announce(text);
}

/** @param {{ latitude: number, longitude: number, accuracy_m: number }} place */
function showPlace({ latitude, longitude, accuracy_m }) {
  setText(places, `Where they were when they pressed: ${latitude.toFixed(5)}, ${longitude.toFixed(5)} (within ${Math.round(accuracy_m)} m).`);
  show(places, true);
}

function drawDevices() {
  const on = (/** @type {string} */ kind) => check.stream?.getTracks().some((track) => track.kind === kind && track.enabled) ?? false;
  setText(microphone, on("audio") ? "Mute me" : "Unmute me");
  microphone.setAttribute("aria-pressed", String(!on("audio")));
  setText(camera, on("video") ? "Camera off" : "Camera on");
  camera.setAttribute("aria-pressed", String(!on("video")));
}

function switchMicrophone() {
  const track = check.stream?.getAudioTracks()[0];
  if (track) link?.mute(track.enabled);
  drawDevices();
}

async function switchCamera() {
  const track = check.stream?.getVideoTracks()[0];
  if (track) {
    track.stop();
    check.stream?.removeTrack(track);
    link?.stop("video");
  } else {
    const quiet = check.stream?.getAudioTracks()[0]?.enabled === false;
    if (await check.begin(true)) {
      check.end(true);
      if (check.stream) link?.use(check.stream);
      link?.mute(quiet);
    }
  }
  tiles.showOwn(check.stream);
  drawDevices();
}

/** @param {string} text */
function finish(text) {
  over = text;
  check.end();
  tiles.showOwn(null);
  show(part("say", HTMLFormElement), false);
  for (const node of [microphone, camera, hear, part("end", HTMLElement), part("still", HTMLElement)]) show(node, false);
  setText(part("leave", HTMLElement), "Back");
  desk.draw();
}

function leave() {
  if (!over) link?.leave("left");
  check.end();
  location.assign("/console");
}

function switchSound() {
  heard = !heard;
  setText(hear, heard ? "Sound off" : "Sound on");
  hear.setAttribute("aria-pressed", String(!heard));
  desk.draw();
}

/** One picture of theirs, kept as evidence. */
function keepStill() {
  const victim = room.participants.find(({ seat, here }) => seat === "victim" && here === "here");
  if (victim) desk.act(`/api/video/${encodeURIComponent(ROOM)}/still`, { participant: victim.id });
  else desk.tell("They are not here: there is no picture to keep.");
}

/** @param {{ step: string, body?: object, prompt?: import("./shared/types.js").Prompt }} asked */
function step({ step: name, body, prompt: which }) {
  const { call, front } = shown(desk.model);
  const prompt = which ?? front;
  if (!call || !prompt || desk.me.role === "supervisor") return;
  if (name === "form") {
    if (!yesNo.delete(prompt.id)) yesNo.add(prompt.id);
    desk.draw();
  } else desk.step(name, call, prompt, body);
}

/** @type {Record<string, () => unknown>} */
const PRESSED = {
  join: () => join(true),
  "join-muted": () => join(false),
  microphone: switchMicrophone,
  camera: switchCamera,
  hear: switchSound,
  leave,
  still: keepStill,
  end: () => part("sure", HTMLDialogElement).showModal(),
};
for (const [id, does] of Object.entries(PRESSED)) part(id, HTMLButtonElement).addEventListener("click", () => does());
part("sure", HTMLDialogElement).addEventListener("close", ({ target }) => {
  if (target instanceof HTMLDialogElement && target.returnValue === "end") desk.act(`/api/video/${encodeURIComponent(ROOM)}/end`);
});
part("say", HTMLFormElement).addEventListener("submit", (event) => {
  event.preventDefault();
  const field = part("words", HTMLInputElement);
  const text = field.value.trim();
  if (!text) return;
  if (link?.say(text)) field.value = "";
  else desk.tell("Not sent: there is no connection. Try again in a moment.");
});
/** @type {Record<string, (detail: any) => void>} */
const ASKED = {
  step,
  jump: ({ party, utterance }) => transcript.jump(party, utterance),
  duty: () => desk.act("/api/duty", { on_duty: !desk.me.on_duty }),
  break: () => desk.act("/api/break", { on_break: !desk.me.on_break }),
  "sign-out": () => desk.signOut(),
};
for (const [name, does] of Object.entries(ASKED)) {
  document.addEventListener(name, (event) => event instanceof CustomEvent && does(event.detail));
}

desk.start().then(async () => {
  invite.api = desk.api;
  desk.choose(ROOM);
  await begin();
});
