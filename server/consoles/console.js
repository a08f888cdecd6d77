// The console: holds the model, draws it once a frame, and carries out what people ask for.

import "./components/call-list.js";
import "./components/call-transcript.js";
import "./components/evidence-panel.js";
import "./components/help-dialog.js";
import "./components/prompt-card.js";
import "./components/prompt-queue.js";
import "./components/status-banners.js";

import { mayTake } from "./components/call-list.js";
import { Api } from "./shared/api.js";
import { setText, show } from "./shared/dom.js";
import { Feed } from "./shared/feed.js";
import { keysAreOn, listenForKeys, switchKeys } from "./shared/keys.js";
import { apply, resumeFrom, START, torn } from "./shared/model.js";
import { lastStep, myLastStepped } from "./shared/prompts.js";
import { elsewhere, listed, openCount, shown, toSelect } from "./shared/view.js";
import { callName, clock, DISMISSALS, nameOf, OUTCOMES, ROLES, wallClock } from "./shared/words.js";

// A step meant for one prompt must not fall on the next one that has just taken its place.
const SETTLE_MS = 500;
const TOLD_MS = 8000;

const part = (id) => document.getElementById(id);
const api = new Api();
let model = START;
let session = null;
let markers = [];
let titles = {};
let drawing = false;
let toldUntil = 0;
let front = { id: null, since: 0, swapped: false };
let evidence = null; // the call and marker whose evidence is open
const yesNo = new Set();
const painted = new Set();
const announced = new Set();

const feed = new Feed({
  url: `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/feed`,
  resume: () => resumeFrom(model),
  signedOut: () => api.session().then(() => false, (refused) => refused.status === 401),
  onMessage: take,
  onState: (state) => take({ type: "connection", state }),
  onSignedOut: () => location.assign("/sign-in"),
});

async function start() {
  try {
    session = await api.session();
  } catch (refused) {
    if (refused.status === 401) location.assign("/sign-in");
    else tell(refused.message);
    return;
  }
  document.body.dataset.role = session.person.role;
  take({ type: "hello", now: new Date().toISOString(), person: session.person, force: session.force });
  feed.join();
  setInterval(draw, 1000);
  markers = await api.markers().catch(() => []);
  titles = Object.fromEntries(markers.map(({ id, title }) => [id, title]));
  draw();
}

function take(message) {
  model = apply(model, { ...message, at: Date.now() });
  if (message.type === "refused") tell(message.message);
  const broken = torn(model);
  if (broken) {
    model = apply(model, { type: "reset", call: broken.id });
    feed.rejoin();
  }
  draw();
}

// Drawing

function draw() {
  if (drawing) return;
  drawing = true;
  // A hidden page draws too, only later: frames stand still there, and prompts must not count as painted.
  (document.hidden ? setTimeout : requestAnimationFrame)(() => {
    drawing = false;
    drawNow();
  });
}

function drawNow() {
  if (!model.me) return;
  model = apply(model, { type: "select", call: toSelect(model) });
  const now_ms = Date.now() + model.skew_ms;
  const { people, me, selected } = model;
  part("calls").show({ lines: listed(model), selected, me, people, now_ms });
  const view = shown(model);
  part("banners").show({ connection: model.connection, call: view.call, session, me });
  drawHeader(me);
  drawCall(view.call, now_ms);
  drawPrompts(view);
  announce();
  if (now_ms > toldUntil) setText(part("told"), "");
}

function drawHeader(me) {
  const { state, since } = model.connection;
  const words = { connecting: "Connecting", live: "Live", lost: "Disconnected", reconnecting: "Reconnecting" };
  const cutOff = state === "lost" || state === "reconnecting";
  setText(part("connection"), words[state] + (cutOff ? ` since ${wallClock(since)}` : ""));
  part("connection").dataset.state = state;
  setText(part("who"), `${me.name}, ${ROLES[me.role].toLowerCase()}`);
  show(part("duty"), me.role === "specialist");
  part("duty").setAttribute("aria-pressed", String(me.on_duty));
  setText(part("duty"), me.on_duty ? "On duty" : "Off duty");
  const count = openCount(model);
  const title = `${count > 0 ? `(${count}) ` : ""}Earshot`;
  if (document.title !== title) document.title = title;
}

function drawCall(call, now_ms) {
  const line = model.lines[model.selected];
  const ended = call?.ended_ms ?? null;
  setText(part("call-title"), line ? callName(line.call) : "No call");
  setText(part("call-facts"), line ? factsOf(line, ended, now_ms) : "");
  const free = line && !line.ended_at && mayTake(line, model.me);
  show(part("take"), Boolean(free));
  part("transcript").show({ call, titles, empty: emptyText(call, line) });
}

function factsOf(line, ended, now_ms) {
  const time = ended === null ? clock(now_ms - Date.parse(line.arrived_at)) : `ended at ${clock(ended)}`;
  const handler = `handler ${nameOf(model.people, line.handler, model.me) || "none"}`;
  const specialist = `specialist ${nameOf(model.people, line.specialist, model.me) || "none"}`;
  return [time, handler, specialist].join(" · ");
}

function emptyText(call, line) {
  if (call) return "Nothing has been said yet.";
  if (line && model.me.role !== "supervisor") return "You have not been given this call, so its words are not shown.";
  return line ? "Opening the call…" : "Choose a call from the list.";
}

function drawPrompts({ call, front: prompt, waiting, closed }) {
  const { me, people } = model;
  if (prompt?.id !== front.id || call?.id !== front.call) {
    front = { id: prompt?.id ?? null, call: call?.id, since: performance.now(), swapped: front.id !== null };
  }
  // The focus does not fall out of the page when the last prompt goes.
  if (!prompt && part("card").contains(document.activeElement)) part("prompts").focus();
  show(part("card"), prompt !== null);
  show(part("no-prompt"), prompt === null);
  setText(part("no-prompt"), noPromptText(call));
  if (prompt) {
    const undoable = lastStep(prompt)?.person === me.id;
    part("card").show({ prompt, me, people, yesNo: yesNo.has(nameIn(call, prompt)), undoable });
    reportPainted(call, prompt);
  }
  drawEvidence(call);
  part("queue").show({ waiting, closed, me, people });
  const other = elsewhere(model);
  show(part("elsewhere"), other !== null);
  if (other) setText(part("elsewhere-text"), `${callName(other.call)} has an open prompt: ${other.prompt.title}.`);
}

function drawEvidence(call) {
  const open = Boolean(call) && evidence?.call === call.id;
  if (open) part("evidence").show({ call, marker: evidence.marker, titles });
  show(part("evidence"), open);
}

function noPromptText(call) {
  if (!call) return "Prompts of the chosen call appear here.";
  const deaf = Object.keys(call.deaf).length > 0 || call.line_lost_ms !== null;
  return deaf ? "No open prompts, but not everything is being heard." : "No open prompts.";
}

/** Painted means on the glass: two frames after it was put into the page, on a page that is visible. */
function reportPainted(call, prompt) {
  const name = nameIn(call, prompt);
  if (painted.has(name) || document.hidden) return;
  painted.add(name);
  requestAnimationFrame(() =>
    requestAnimationFrame(() => feed.send({ painted: { call: call.id, prompt: prompt.id } })),
  );
}

function announce() {
  for (const call of Object.values(model.calls)) {
    for (const prompt of call.prompts) {
      const name = nameIn(call, prompt);
      if (announced.has(name)) continue;
      announced.add(name);
      if (model.connection.state !== "live" || prompt.severity !== "immediate") continue;
      setText(part("announcer"), `Immediate prompt on ${callName(call.id)}. Ask: ${prompt.ask}`);
    }
  }
}

function nameIn(call, prompt) {
  return `${call.id} ${prompt.id}`;
}

function tell(sentence) {
  setText(part("told"), sentence);
  toldUntil = Date.now() + model.skew_ms + TOLD_MS;
}

// What people ask for

async function attempt(asked) {
  try {
    await asked();
  } catch (refused) {
    if (refused.status === 401) location.assign("/sign-in");
    else tell(refused.who ? `${nameOf(model.people, refused.who, model.me)} was first.` : refused.message);
  }
}

function choose(call) {
  model = apply(model, { type: "select", call });
  if (!(call in model.calls) && model.me.role === "supervisor") feed.send({ open: { call } });
  draw();
}

function step(name, body, prompt) {
  const { call } = shown(model);
  if (name === "evidence") {
    toggleEvidence();
    return;
  }
  if (!call || !prompt || model.me.role === "supervisor") return;
  if (name === "form") {
    const key = nameIn(call, prompt);
    if (!yesNo.delete(key)) yesNo.add(key);
    draw();
    return;
  }
  if (front.id === prompt.id && front.swapped && performance.now() - front.since < SETTLE_MS) {
    tell("The prompt has just changed. Press again if you mean this one.");
    return;
  }
  const undone = name === "undo" ? { step: lastStep(prompt)?.seq } : {};
  if (name === "undo" && undone.step === undefined) return;
  attempt(() => api.prompt(call.id, prompt.id, name, { ...body, ...undone }));
}

function stepFront(name, body = {}) {
  step(name, body, shown(model).front);
}

function undoMine() {
  const { call } = shown(model);
  if (call) step("undo", {}, myLastStepped(call, model.me));
}

function goElsewhere() {
  const other = model.me && elsewhere(model);
  if (other) choose(other.call);
}

function move(by) {
  const calls = listed(model).map((line) => line.call);
  const next = calls[calls.indexOf(model.selected) + by];
  if (next) choose(next);
}

/** The evidence of this marker; without one, of the prompt in front or of what was sighted last. */
function openEvidence(marker) {
  const { call, front: prompt } = shown(model);
  const wanted = marker ?? prompt?.marker ?? call?.sightings.at(-1)?.marker;
  evidence = call && wanted ? { call: call.id, marker: wanted } : null;
  if (!evidence) tell("No marker has been sighted in this call.");
  draw();
  if (evidence) requestAnimationFrame(() => part("evidence").scrollIntoView({ block: "nearest" }));
}

function closeEvidence() {
  if (part("evidence").contains(document.activeElement)) part("prompts").focus();
  evidence = null;
  draw();
}

function toggleEvidence() {
  if (evidence && evidence.call === model.selected) closeEvidence();
  else openEvidence();
}

const openHelp = () => part("help").open({ keysOn: keysAreOn(), markers });
const takeCall = (call) => attempt(() => api.take(call));

document.addEventListener("choose", ({ detail }) => choose(detail.call));
document.addEventListener("take", ({ detail }) => {
  takeCall(detail.call);
  choose(detail.call);
});
document.addEventListener("evidence", ({ detail }) => (detail.marker ? openEvidence(detail.marker) : closeEvidence()));
document.addEventListener("step", ({ detail }) => step(detail.step, detail.body, detail.prompt));
document.addEventListener("keys", ({ detail }) => switchKeys(detail.on));
document.addEventListener("visibilitychange", draw);
part("take").addEventListener("click", () => takeCall(model.selected));
part("go").addEventListener("click", goElsewhere);
part("help-button").addEventListener("click", openHelp);
part("duty").addEventListener("click", () => attempt(() => api.duty(!model.me.on_duty)));
part("sign-out").addEventListener("click", () =>
  attempt(async () => {
    await api.signOut();
    location.assign("/sign-in");
  }),
);

listenForKeys(
  {
    ...Object.fromEntries(OUTCOMES.map(({ key, value }) => [key, () => stepFront("answer", { outcome: value })])),
    ...Object.fromEntries(DISMISSALS.map(({ key, value }) => [key, () => stepFront("dismiss", { reason: value })])),
    t: () => stepFront("own"),
    y: () => stepFront("form"),
    e: toggleEvidence,
    u: undoMine,
    g: goElsewhere,
    "[": () => move(-1),
    "]": () => move(1),
    "?": openHelp,
  },
  { silent: () => part("help").isOpen },
);

start();
