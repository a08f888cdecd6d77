// The handler's panel: one prompt at a time, the checklist, and nothing that gets in the way of the call.

import { CallGrade } from "./components/call-grade.js";
import { CallHead } from "./components/call-head.js";
import { CallHistory } from "./components/call-history.js";
import { CallList } from "./components/call-list.js";
import { CallNumber } from "./components/call-number.js";
import { CallTranscript } from "./components/call-transcript.js";
import { CallWatch } from "./components/call-watch.js";
import { CheckList } from "./components/check-list.js";
import { SoundDoubt } from "./components/sound-doubt.js";
import { EvidencePanel } from "./components/evidence-panel.js";
import { GradeDialog } from "./components/grade-dialog.js";
import { HandlerPrompt } from "./components/handler-prompt.js";
import { HelpDialog } from "./components/help-dialog.js";
import { StatusBanners } from "./components/status-banners.js";
import { TopBar } from "./components/top-bar.js";
import { VideoInvite } from "./components/video-invite.js";
import { VideoWaiting } from "./components/video-waiting.js";
import { WhisperCard } from "./components/whisper-card.js";
import { Console } from "./shared/console.js";
import { copyText } from "./shared/copying.js";
import { DispatchPage } from "./shared/dispatch-page.js";
import { el, part, setText, show } from "./shared/dom.js";
import { hasToBeQuiet } from "./shared/evidence.js";
import { Evidence } from "./shared/evidence-page.js";
import { MemoryPage } from "./shared/history.js";
import { keysAreOn, listenForKeys, switchKeys } from "./shared/keys.js";
import { Pedal } from "./shared/pedal.js";
import { lastStep, myLastStepped } from "./shared/prompts.js";
import { summary } from "./shared/summary.js";
import { elsewhere, selectedLine, shown } from "./shared/view.js";
import { whisperToAnswer } from "./shared/whispers.js";
import { callName, DISMISSALS, doneText, NEEDS, OUTCOMES, REPLIES } from "./shared/words.js";

/** @import { Call, Prompt } from "./shared/types.js" */

const ADDRESS = "taking the address";

const [video, rooms] = [part("video", VideoInvite), part("rooms", VideoWaiting)];
const [top, banners, head, card] = [part("top", TopBar), part("banners", StatusBanners), part("head", CallHead), part("card", HandlerPrompt)];
const [whisperCard, checks, calls, help] = [part("whisper", WhisperCard), part("checks", CheckList), part("calls", CallList), part("help", HelpDialog)];
const transcript = part("transcript", CallTranscript);
const needs = part("needs", HTMLSelectElement);
const prompts = part("prompts", HTMLElement);
const [yesNoButton, addressButton, pedalButton] = ["yes-no", "address", "pedal"].map((id) => part(id, HTMLButtonElement));

/** Calls that are asked in yes-or-no form, as somebody chose; one of a covert or whispering caller is by itself. @type {Map<string, boolean>} */
const yesNo = new Map();
const read = new Set();
/** The checklist in the force's own words. @type {import("./shared/checklist.js").Wordings} */
let wordings = {};

const desk = new Console({ draw, told: part("told", HTMLElement), announcer: part("announcer", HTMLElement), title: "Earshot" });
const memory = new MemoryPage({ desk, panel: part("history", CallHistory) });
const evidence = new Evidence({ desk, panel: part("evidence", EvidencePanel), home: prompts });
const dispatch = new DispatchPage({ desk, grade: part("grade", CallGrade), watch: part("watch", CallWatch), dialog: part("lower", GradeDialog) });
const pedal = new Pedal({ choices: pedalChoices, onChange: drawPedal });

function draw() {
  const { model } = desk;
  const { call, front, waiting } = shown(model);
  const { me } = desk;
  top.show({ model, unrecorded: desk.acts.unrecorded });
  banners.show({ connection: model.connection, call, session: desk.session, me });
  head.show({ model, call, now_ms: desk.now_ms });
  video.show({ call: call?.id ?? null, me, allowed: call !== null });
  part("sound", SoundDoubt).show({ call, hearable: false });
  drawPrompt(call, front, waiting.length);
  drawDone(call);
  evidence.draw(call);
  memory.draw(call);
  dispatch.draw(call);
  const line = selectedLine(model);
  part("number", CallNumber).show({ call, line });
  transcript.show({ call, legend: desk.legend, empty: call ? "Nothing has been said yet." : line ? "You have not been given this call, so its words are not shown." : "" });
  checks.show({ call, yesNo: isYesNo(call), wordings });
  calls.show({ model, now_ms: desk.now_ms });
  show(part("calls-nav", HTMLElement), Object.keys(model.lines).some((id) => id !== model.selected) || !call);
  const other = elsewhere(model);
  show(part("elsewhere", HTMLElement), other !== null);
  if (other) setText(part("elsewhere-text", HTMLElement), `${callName(other.call)} has an open prompt: ${other.prompt.title}.`);
  for (const id of ["yes-no", "address", "copy", "words-toggle"]) part(id, HTMLButtonElement).disabled = call === null;
  needs.disabled = call === null;
  yesNoButton?.setAttribute("aria-pressed", String(isYesNo(call)));
  addressButton?.setAttribute("aria-pressed", String(call?.quiet.includes(ADDRESS) ?? false));
}

/** @param {Call | null} call @param {Prompt | null} prompt @param {number} waiting */
function drawPrompt(call, prompt, waiting) {
  const whisper = call && call.ended_ms === null ? whisperToAnswer(call) : null;
  if (call && whisper && whisper.read_by === null && !document.hidden && !read.has(whisper.id)) {
    read.add(whisper.id);
    desk.onCall(call.id, `whispers/${encodeURIComponent(whisper.id)}/read`);
  }
  whisperCard.show({ whisper, me: desk.me, people: desk.model.people });
  // The focus does not fall out of the page when the last prompt goes.
  if (!prompt && card.contains(document.activeElement)) prompts.focus();
  show(card, prompt !== null);
  if (prompt) card.show({ prompt, me: desk.me, people: desk.model.people, yesNo: isYesNo(call) });
  show(part("no-prompt", HTMLElement), prompt === null);
  setText(part("no-prompt", HTMLElement), noPromptText(call, waiting));
  desk.fronted(call, prompt);
}

/** @param {Call | null} call @param {number} waiting */
function noPromptText(call, waiting) {
  if (!call) return "Prompts of your call appear here by themselves.";
  const deaf = Object.keys(call.deaf).length > 0 || call.line_lost_ms !== null;
  if (deaf) return "No prompt, but not everything is being heard.";
  return waiting > 0 ? "A prompt is held until it does not interrupt." : "No prompt. Listening.";
}

/** What I did last, for as long as it can be taken back. @param {Call | null} call */
function drawDone(call) {
  const last = call && myLastStepped(call, desk.me);
  const done = last && (last.outcome !== null || last.dismissal !== null);
  show(part("done", HTMLElement), Boolean(done));
  if (last && done) setText(part("done-text", HTMLElement), `${last.title}: ${doneText(last).toLowerCase()}`);
}

/** @returns {HTMLElement[]} */
function pedalChoices() {
  if (!whisperCard.hidden) return whisperCard.choices;
  return part("done", HTMLElement).hidden ? card.choices : [...card.choices, part("undo", HTMLButtonElement)];
}

function drawPedal() {
  pedalButton?.setAttribute("aria-pressed", String(pedal.key !== ""));
  const name = pedal.key === " " ? "Space" : pedal.key;
  const on = `Pedal is ${name}: tap to move, hold to choose.`;
  const text = pedal.learning ? "Press the pedal now. Esc: none." : pedal.armed ? "Let go to choose." : pedal.key ? on : "";
  setText(part("pedal-text", HTMLElement), text);
}

/** @param {Call | null} call */
function isYesNo(call) {
  if (!call) return false;
  return yesNo.get(call.id) ?? hasToBeQuiet(call);
}

// What people ask for

/** @param {string} name @param {object} [body] @param {Prompt | null} [prompt] */
function step(name, body = {}, prompt = shown(desk.model).front) {
  const { call } = shown(desk.model);
  if (name === "evidence") evidence.toggle();
  else if (call && prompt) desk.step(name, call, prompt, body);
}

function undo() {
  const { call } = shown(desk.model);
  const last = call && myLastStepped(call, desk.me);
  if (call && last && lastStep(last)) desk.step("undo", call, last);
}

/** @param {string} value */
function reply(value) {
  const { call } = shown(desk.model);
  const whisper = call && whisperToAnswer(call);
  if (call && whisper) desk.onCall(call.id, `whispers/${encodeURIComponent(whisper.id)}/reply`, { reply: value });
}

function toggleYesNo() {
  const { call } = shown(desk.model);
  if (call) yesNo.set(call.id, !isYesNo(call));
  desk.draw();
}

function toggleAddress() {
  const { call } = shown(desk.model);
  if (call) desk.onCall(call.id, "quiet", { why: ADDRESS, on: !call.quiet.includes(ADDRESS) });
}

async function copy() {
  const { call } = shown(desk.model);
  if (!call) return;
  const copied = await copyText(summary(call, desk.legend, wordings));
  desk.tell(copied ? "Copied." : "This browser did not let the text be copied.");
}

function toggleWords() {
  const open = document.body.classList.toggle("with-words");
  part("words-toggle", HTMLButtonElement).setAttribute("aria-expanded", String(open));
}

function goElsewhere() {
  const other = elsewhere(desk.model);
  if (other) desk.choose(other.call);
}

function takeCall() {
  const line = desk.model.lines[desk.model.selected ?? ""];
  if (line) desk.onCall(line.call, "take");
}

function openHelp() {
  help.open({
    keysOn: keysAreOn(),
    markers: desk.markers,
    groups: [
      { title: "The prompt", keys: [["A", "Asked"], ...OUTCOMES.map(keyRow), ...DISMISSALS.map(({ key, label }) => keyRow({ key, label: `Put aside: ${label.toLowerCase()}` })), ["U", "Undo my last step"], ["E", "Evidence, word for word"], ["F", "Right: what was heard first of names, numbers and places"]] },
      { title: "A whisper", keys: REPLIES.map(keyRow) },
      { title: "The call", keys: [["Y", "Questions in yes / no form"], ["D", "Taking the address: hold prompts back"], ["C", "Copy as text"], ["L", "Show the words"], ["G", "Go to the call with the gravest prompt"], ["?", "This help"]] },
    ],
  });
}

/** @param {{ key: string, label: string }} row @returns {[string, string]} */
function keyRow({ key, label }) {
  return [key.toUpperCase(), label];
}

/** @type {Record<string, (detail: any) => void>} */
const ASKED = {
  choose: ({ call }) => desk.choose(call),
  take: (detail) => (detail ? (desk.onCall(detail.call, "take"), desk.choose(detail.call)) : takeCall()),
  step: ({ step: name, body, prompt }) => step(name, body, prompt),
  reply: ({ reply: value }) => reply(value),
  evidence: ({ marker }) => (marker ? evidence.open(marker) : evidence.close()),
  memory: ({ what, body }) => desk.model.selected && desk.onCall(desk.model.selected, what, body),
  keys: ({ on }) => switchKeys(on),
  empty: () => prompts.focus(),
  narrowed: () => desk.draw(),
  help: openHelp,
  "sign-out": () => desk.signOut(),
};
for (const [name, does] of Object.entries(ASKED)) {
  document.addEventListener(name, (event) => does(event instanceof CustomEvent ? event.detail : null));
}
yesNoButton?.addEventListener("click", toggleYesNo);
addressButton?.addEventListener("click", toggleAddress);
pedalButton?.addEventListener("click", () => pedal.toggle());
needs.append(el("option", { value: "" }, "Needs…"), ...NEEDS.map(({ value, label }) => el("option", { value }, `Needs: ${label}`)));
needs.addEventListener("change", () => {
  if (needs.value && desk.model.selected) desk.onCall(desk.model.selected, "needs", { need: needs.value });
  needs.value = "";
});
part("copy", HTMLButtonElement).addEventListener("click", copy);
part("words-toggle", HTMLButtonElement).addEventListener("click", toggleWords);
part("undo", HTMLButtonElement).addEventListener("click", undo);
part("go", HTMLButtonElement).addEventListener("click", goElsewhere);

listenForKeys(
  {
    ...Object.fromEntries(OUTCOMES.map(({ key, value }) => [key, () => step("answer", { outcome: value })])),
    ...Object.fromEntries(DISMISSALS.map(({ key, value }) => [key, () => step("dismiss", { reason: value })])),
    ...Object.fromEntries(REPLIES.map(({ key, value }) => [key, () => reply(value)])),
    a: () => step("asked"),
    t: () => step("own"),
    u: undo,
    e: () => evidence.toggle(),
    f: () => part("history", CallHistory).confirmFirst(),
    y: toggleYesNo,
    d: toggleAddress,
    c: copy,
    l: toggleWords,
    g: goElsewhere,
    "?": openHelp,
  },
  { silent: () => help.isOpen || dispatch.isOpen || video.isOpen },
);

drawPedal();
const wanted = new URLSearchParams(location.search).get("call");
desk.start().then(() => {
  desk.api.get("/api/force").then(({ checklist }) => (wordings = checklist), () => wordings);
  video.api = desk.api;
  rooms.begin(desk.api);
  if (wanted) desk.choose(wanted);
  dispatch.start();
});
