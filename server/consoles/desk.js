// The specialist's desk: the board, the call in the middle, and what becomes of its prompts. Supervisors read it.

import { CallGrade } from "./components/call-grade.js";
import { CallHead } from "./components/call-head.js";
import { CallHistory } from "./components/call-history.js";
import { CallList } from "./components/call-list.js";
import { CallNumber } from "./components/call-number.js";
import { CallTimeline } from "./components/call-timeline.js";
import { CallTranscript } from "./components/call-transcript.js";
import { CallWatch } from "./components/call-watch.js";
import { SoundDoubt } from "./components/sound-doubt.js";
import { DiscloseDialog } from "./components/disclose-dialog.js";
import { EvidencePanel } from "./components/evidence-panel.js";
import { GiveDialog } from "./components/give-dialog.js";
import { GradeDialog } from "./components/grade-dialog.js";
import { HelpDialog } from "./components/help-dialog.js";
import { ListenInPanel } from "./components/listen-in.js";
import { PlayBackPanel } from "./components/play-back.js";
import { MarkerRail } from "./components/marker-rail.js";
import { PromptCard } from "./components/prompt-card.js";
import { PromptQueue } from "./components/prompt-queue.js";
import { ReviewList } from "./components/review-list.js";
import { StatusBanners } from "./components/status-banners.js";
import { TransferList } from "./components/transfer-list.js";
import { TopBar } from "./components/top-bar.js";
import { VideoInvite } from "./components/video-invite.js";
import { VideoWaiting } from "./components/video-waiting.js";
import { WatchList } from "./components/watch-list.js";
import { WhisperBox } from "./components/whisper-box.js";
import { WordsDialog } from "./components/words-dialog.js";
import { CallPage } from "./shared/call-page.js";
import { Console } from "./shared/console.js";
import { DESK_KEYS } from "./shared/desk-keys.js";
import { DispatchPage } from "./shared/dispatch-page.js";
import { part, setText, show } from "./shared/dom.js";
import { hasToBeQuiet } from "./shared/evidence.js";
import { Evidence } from "./shared/evidence-page.js";
import { MemoryPage } from "./shared/history.js";
import { keysAreOn, listenForKeys, switchKeys } from "./shared/keys.js";
import { lastStep, mayActOn, myLastStepped } from "./shared/prompts.js";
import { offerTakeOut } from "./shared/take-out-page.js";
import { elsewhere, mayGive, mayTake, selectedLine, shown, staff } from "./shared/view.js";
import { callName, DISMISSALS, OUTCOMES } from "./shared/words.js";

/** @import { Call, Prompt } from "./shared/types.js" */

const top = part("top", TopBar);
const banners = part("banners", StatusBanners);
const [video, rooms] = [part("video", VideoInvite), part("rooms", VideoWaiting)];
const head = part("head", CallHead);
const card = part("card", PromptCard);
const queue = part("queue", PromptQueue);
const calls = part("calls", CallList);
const reviews = part("reviews", ReviewList);
const rail = part("rail", MarkerRail);
const disclose = part("disclose", DiscloseDialog);
const whispers = part("whispers", WhisperBox);
const prompts = part("prompts", HTMLElement);
const [help, give, byHand] = [part("help", HelpDialog), part("give", GiveDialog), part("by-hand", WordsDialog)];

/** @type {import("./components/review-list.js").ToReview[]} */
let toReview = [];
const REVIEWS_EVERY_MS = 30000;
/** Prompts whose form somebody changed: a covert call's questions are put for a yes or a no, others openly. */
const yesNo = new Set();

const desk = new Console({
  draw,
  told: part("told", HTMLElement),
  announcer: part("announcer", HTMLElement),
  title: "Earshot",
  onDone: ({ path }) => path.endsWith("/reviewed") && askForReviews(),
});
disclose.api = desk.api;
const middle = new CallPage({
  desk,
  transcript: part("transcript", CallTranscript),
  timeline: part("timeline", CallTimeline),
  listen: part("listen", ListenInPanel),
  kept: part("kept", PlayBackPanel),
  find: { form: part("search", HTMLFormElement), field: part("find", HTMLInputElement), told: part("found", HTMLElement) },
});
const memory = new MemoryPage({ desk, panel: part("history", CallHistory) });
const evidence = new Evidence({ desk, panel: part("evidence", EvidencePanel), home: prompts });
const dispatch = new DispatchPage({ desk, grade: part("grade", CallGrade), watch: part("watch", CallWatch), dialog: part("lower", GradeDialog) });

function draw() {
  const { model, me, legend, now_ms } = desk;
  const { call, front, waiting, closed } = shown(model);
  top.show({ model, unrecorded: desk.acts.unrecorded });
  banners.show({ connection: model.connection, call, session: desk.session, me });
  calls.show({ model, now_ms });
  reviews.show({ queue: toReview, selected: model.selected });
  head.show({ model, call, now_ms });
  part("number", CallNumber).show({ call, line: selectedLine(model) });
  video.show({ call: call?.id ?? null, me, allowed: call !== null });
  middle.draw(call);
  show(part("disclose-open", HTMLElement), call !== null && call.ended_ms !== null && (desk.session?.rights.includes("export") ?? false));
  part("sound", SoundDoubt).show({ call, hearable: call !== null && middle.hearable(call) });
  drawPrompt(call, front);
  evidence.draw(call);
  memory.draw(call);
  dispatch.draw(call);
  part("owed", WatchList).show({ model });
  part("transfers", TransferList).show({ model });
  whispers.show({ call, me, people: model.people });
  queue.show({ waiting, closed, me, people: model.people });
  rail.show({ call, legend, me, people: model.people });
  const other = elsewhere(model);
  show(part("elsewhere", HTMLElement), other !== null);
  if (other) setText(part("elsewhere-text", HTMLElement), `${callName(other.call)} has an open prompt: ${other.prompt.title}.`);
}

/** @param {Call | null} call @param {Prompt | null} prompt */
function drawPrompt(call, prompt) {
  // The focus does not fall out of the page when the last prompt goes.
  if (!prompt && card.contains(document.activeElement)) prompts.focus();
  show(card, prompt !== null);
  show(part("no-prompt", HTMLElement), prompt === null);
  setText(part("no-prompt", HTMLElement), noPromptText(call));
  if (call && prompt) {
    const undoable = lastStep(prompt)?.person === desk.me.id;
    card.show({ prompt, me: desk.me, people: desk.model.people, yesNo: hasToBeQuiet(call) !== yesNo.has(`${call.id} ${prompt.id}`), undoable, hearable: middle.hearable(call) });
  }
  desk.fronted(call, prompt);
}

/** @param {Call | null} call */
function noPromptText(call) {
  if (!call) return "Prompts of the chosen call appear here.";
  const deaf = Object.keys(call.deaf).length > 0 || call.line_lost_ms !== null;
  return deaf ? "No open prompts, but not everything is being heard." : "No open prompts.";
}

// What people ask for

/** @param {string} name @param {object} [body] @param {Prompt | null} [prompt] */
function step(name, body = {}, prompt = shown(desk.model).front) {
  const { call } = shown(desk.model);
  if (name === "evidence") evidence.toggle();
  else if (name === "hear") middle.hearAgain();
  else if (call && prompt && name === "form") toggleForm(`${call.id} ${prompt.id}`);
  else if (call && prompt && mayActOn(prompt, desk.me)) desk.step(name, call, prompt, body);
}

/** @param {string} name */
function toggleForm(name) {
  if (!yesNo.delete(name)) yesNo.add(name);
  desk.draw();
}

function undo() {
  const { call } = shown(desk.model);
  const last = call && myLastStepped(call, desk.me);
  if (call && last) desk.step("undo", call, last);
}

function goElsewhere() {
  const other = elsewhere(desk.model);
  if (other) desk.choose(other.call);
}

/** @param {number} by */
function move(by) {
  const order = calls.order(desk.model);
  const next = order[order.indexOf(desk.model.selected ?? "") + by];
  if (next) desk.choose(next);
}

function takeCall(line = selectedLine(desk.model)) {
  if (line && mayTake(line, desk.me)) desk.onCall(line.call, "take");
}

function openGive() {
  const line = selectedLine(desk.model);
  if (!line || !mayGive(line, desk.me)) return;
  give.open({ call: line.call, name: callName(line.call), staff: staff(desk.model), holder: line.specialist });
}

/** Whose call it is, where a supervisor gives it away for them. @param {string} call */
function holderOf(call) {
  const holder = desk.model.lines[call]?.specialist;
  return desk.me.role === "supervisor" && holder ? { holder } : {};
}

function openHelp() {
  help.open({ keysOn: keysAreOn(), markers: desk.markers, groups: DESK_KEYS });
}

async function askForReviews() {
  toReview = await desk.api.get("/api/review").then(({ calls: waiting }) => waiting, () => toReview);
  desk.draw();
}

/** @param {string} what @param {object} [body] */
function onSelected(what, body) {
  if (desk.model.selected) desk.onCall(desk.model.selected, what, body);
}

/** @type {Record<string, (detail: any) => void>} */
const ASKED = {
  choose: ({ call }) => desk.choose(call),
  take: (detail) => {
    if (!detail) return takeCall();
    takeCall(desk.model.lines[detail.call]);
    desk.choose(detail.call);
  },
  give: openGive,
  given: ({ call, to, note }) => desk.onCall(call, "hand-over", { to, note, ...holderOf(call) }),
  release: () => onSelected("release", { note: "", ...holderOf(desk.model.selected ?? "") }),
  need: ({ need }) => onSelected("needs", { need }),
  review: ({ call }) => {
    if (desk.me.role === "specialist" && !(call in desk.model.calls)) desk.onCall(call, "review");
    desk.choose(call);
  },
  reviewed: () => onSelected("reviewed", { note: "" }),
  step: ({ step: name, body, prompt }) => step(name, body, prompt),
  evidence: ({ marker }) => (marker ? evidence.open(marker) : evidence.close()),
  jump: ({ party, utterance }) => middle.jump(party, utterance),
  judge: (body) => onSelected("judgements", body),
  moment: ({ at_ms, heard }) => middle.goTo(at_ms, heard),
  words: (picked) => desk.me.role === "specialist" && byHand.open(picked, desk.markers),
  "by-hand": ({ what, body }) => onSelected(what, body),
  whisper: ({ text }) => onSelected("whispers", { text }),
  memory: ({ what, body }) => desk.model.selected && desk.onCall(desk.model.selected, what, body),
  keys: ({ on }) => switchKeys(on),
  narrowed: () => desk.draw(),
  "kept-changed": () => desk.draw(),
  acknowledge: ({ call, named }) => desk.onCall(call, "transfer/acknowledge", { named }),
  announce: ({ sentence }) => desk.announce(sentence),
  duty: () => desk.act("/api/duty", { on_duty: !desk.me.on_duty }),
  break: () => desk.act("/api/break", { on_break: !desk.me.on_break }),
  help: openHelp,
  "sign-out": () => desk.signOut(),
};
for (const [name, does] of Object.entries(ASKED)) {
  document.addEventListener(name, (event) => event instanceof CustomEvent && does(event.detail));
}
part("go", HTMLButtonElement).addEventListener("click", goElsewhere);
part("disclose-open", HTMLButtonElement).addEventListener("click", () => {
  const line = selectedLine(desk.model);
  if (line && desk.session) disclose.open({ call: line.call, name: callName(line.call), session: desk.session });
});

listenForKeys(
  {
    ...Object.fromEntries(OUTCOMES.map(({ key, value }) => [key, () => step("answer", { outcome: value })])),
    ...Object.fromEntries(DISMISSALS.map(({ key, value }) => [key, () => step("dismiss", { reason: value })])),
    t: () => step("own"),
    a: () => step("asked"),
    h: () => step("share"),
    y: () => step("form"),
    e: () => evidence.toggle(),
    f: () => part("history", CallHistory).confirmFirst(),
    u: undo,
    g: goElsewhere,
    j: () => middle.toEvidence(),
    p: () => middle.toggleSound(),
    i: () => middle.hearAgain(),
    w: () => whispers.enter(),
    l: () => middle.enter(),
    c: () => takeCall(),
    n: openGive,
    "/": () => middle.find(),
    "[": () => move(-1),
    "]": () => move(1),
    "?": openHelp,
  },
  { silent: () => help.isOpen || give.isOpen || byHand.isOpen || disclose.isOpen || video.isOpen || dispatch.isOpen },
);

const wanted = new URLSearchParams(location.search).get("call");
desk.start().then(() => {
  offerTakeOut(desk);
  video.api = desk.api;
  rooms.begin(desk.api);
  if (wanted) desk.choose(wanted);
  dispatch.start();
  askForReviews();
  setInterval(askForReviews, REVIEWS_EVERY_MS);
});
