// Training: exercises, sessions, and one session for its trainer or one of its trainees.

import { ExerciseMaker } from "./components/exercise-maker.js";
import { TrainingSession } from "./components/training-session.js";
import { el, keyed, part, setText, show } from "./shared/dom.js";
import { Duty, dayAndTime, said } from "./shared/duty.js";
import { formOf } from "./shared/fields.js";
import { clock } from "./shared/words.js";

/** @typedef {import("./components/exercise-maker.js").Exercise} Exercise */
/** @typedef {{ id: string, title: string, trainer: string, begun_at: string, ended: boolean }} Line */

const AGAIN_MS = 2000;
const PAUSE = /^\s*(\d{1,3}):([0-5]\d)\s+(\S.*)$/;
const duty = new Duty();
const here = decodeURIComponent(location.pathname.split("/")[3] ?? "");
const path = `/api/training/sessions/${encodeURIComponent(here)}`;
const [maker, session] = [part("maker", ExerciseMaker), part("session", TrainingSession)];
const wanted = new URLSearchParams(location.search).get("call");
let looked = "";
/** @type {Exercise[]} */
let everything = [];

async function overview() {
  const { sessions, exercises, scripts, people } = await duty.api.get("/api/training");
  duty.people = Object.fromEntries(people.map((/** @type {import("./shared/types.js").Face} */ face) => [face.id, face]));
  keyed(part("sessions", HTMLElement), sessions, (/** @type {Line} */ { id, ended }) => `${id} ${ended}`, sessionRow, () => {});
  show(part("sessions-empty", HTMLElement), sessions.length === 0);
  everything = exercises;
  const makes = duty.me.role !== "handler";
  show(part("exercises-part", HTMLElement), makes);
  show(part("no-exercises", HTMLElement), exercises.length === 0);
  keyed(part("exercises", HTMLElement), exercises, (/** @type {Exercise} */ one) => `${one.id} ${one.approved_by}`, exerciseRow, () => {});
  if (makes && here === "") {
    maker.show({ exercises, scripts, people, me: duty.me.id });
    show(maker, true);
  }
  show(part("nothing", HTMLElement), !makes && here === "");
}

/** @param {Line} line */
function sessionRow({ id, title, trainer, begun_at, ended }) {
  const link = el("a", { class: "row-link", href: `/training/sessions/${encodeURIComponent(id)}`, "aria-current": id === here ? "true" : null }, el("span", { class: "name" }, title), el("span", {}, ended ? "ended" : "open"), el("span", { class: "wide quiet" }, `trained by ${duty.name(trainer)}, ${dayAndTime(begun_at)}`));
  return el("li", {}, link);
}

/** @param {Exercise} one */
function exerciseRow(one) {
  const look = el("button", { type: "button", class: "small", "aria-label": `Look at ${one.title}` }, "Look");
  look.addEventListener("click", () => duty.try(() => lookAt(one)));
  const state = one.approved_by ? "ready" : "waits for a second person";
  return el("li", {}, el("p", {}, one.title), el("p", { class: "quiet" }, `${one.of}, by ${duty.name(one.by)}, ${state}`), look);
}

/** @param {Exercise} one */
async function lookAt(one) {
  const found = await duty.api.get(`/api/training/exercises/${encodeURIComponent(one.id)}`);
  looked = one.id;
  setText(part("exercise-title", HTMLElement), one.title);
  setText(part("exercise-about", HTMLElement), `Made of a ${one.of} by ${duty.name(one.by)}. ${replacedIn(one)}`);
  part("exercise-sound", HTMLAudioElement).src = `/api/training/exercises/${encodeURIComponent(one.id)}/sound.wav`;
  part("exercise-lines", HTMLElement).replaceChildren(...found.lines.map(said));
  showMarks(found);
  show(part("approve", HTMLElement), found.approved_by === null && one.by !== duty.me.id);
  show(part("exercise", HTMLElement), true);
  part("exercise", HTMLElement).focus();
}

/** @typedef {{ marker: string, at_ms: number, by: string, who: string | null }} Mark */

/** What stands on it so far, and a form for what a specialist marks. @param {{ lines: { at_ms: number, text: string }[], marks: Mark[], specialists: boolean }} found */
function showMarks({ lines, marks, specialists }) {
  show(part("exercise-unmarked", HTMLElement), !specialists);
  const who = { specialist: "a specialist", script: "the script", machine: "the machine only" };
  part("exercise-marks", HTMLElement).replaceChildren(
    ...marks.map(({ marker, at_ms, by, who: marked }) => el("li", {}, `${clock(at_ms)} ${duty.marker(marker).title}: ${by} (${who[/** @type {keyof typeof who} */ (marked)] ?? "of an older exercise"})`)),
  );
  const markers = Object.values(duty.markers).map(({ id, title }) => ({ value: id, label: title }));
  const at = lines.map(({ at_ms, text }) => ({ value: String(at_ms), label: `${clock(at_ms)} ${text}` }));
  const form = formOf(
    [
      { name: "marker", label: "Marker", kind: "select", options: markers },
      { name: "at", label: "At these words", kind: "select", options: at },
      { name: "did", label: "What a specialist does about it (empty: it is no mark any more)", optional: true, most: 120 },
    ],
    "Mark it",
    ({ marker, at: at_ms, did }) => ofLooked("mark", { marker, at_ms: Number(at_ms), did }, "Marked."),
  );
  part("exercise-mark", HTMLElement).replaceChildren(form);
}

/** What stands in it for what was taken out, in the words and in the sound. @param {Exercise} one */
function replacedIn({ taken_out, stand_ins, spoken, silent }) {
  if (taken_out === 0) return "Nothing was taken out of it.";
  const words = `Words taken out of it: ${taken_out}. In their place stand: ${stand_ins.join(", ") || "blocks"}.`;
  if (spoken === 0) return `${words} In the sound there is silence in their place.`;
  const quiet = silent > 0 ? `, and there is silence in ${silent}` : "";
  return `${words} In the sound a machine's voice says it in ${spoken} of ${spoken + silent} places${quiet}.`;
}

async function showSession() {
  if (here === "") return;
  const found = await duty.api.get(path);
  show(session, true);
  session.show(found, { name: (id) => duty.name(id), marker: (id) => duty.marker(id), role: duty.me.role });
}

/** The pauses as they are typed. @param {string} text */
function pausesIn(text) {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines.map((line) => {
    const found = PAUSE.exec(line);
    return found ? { at_ms: (Number(found[1]) * 60 + Number(found[2])) * 1000, question: found[3] } : null;
  });
}

/** @param {string} where @param {{ pauses: string }} detail @param {string} made */
function make(where, detail, made) {
  const pauses = pausesIn(detail.pauses);
  if (pauses.includes(null)) return duty.try(async () => setText(part("told", HTMLElement), "A pause reads 00:20 and then its question."));
  return act(where, { ...detail, pauses }, made);
}

/** @param {string} where @param {object} body @param {string} [told] */
function act(where, body, told) {
  return duty.try(async () => {
    await duty.api.act(where, body);
    await Promise.all([overview(), showSession()]);
    if (told) duty.tell(told);
  });
}

function closeLook() {
  const sound = part("exercise-sound", HTMLAudioElement);
  sound.pause();
  sound.removeAttribute("src");
  show(part("exercise", HTMLElement), false);
}

/** Do it, and look at it again. @param {string} what @param {object} body @param {string} told */
async function ofLooked(what, body, told) {
  const done = await act(`/api/training/exercises/${encodeURIComponent(looked)}/${what}`, body, told);
  const one = everything.find(({ id }) => id === looked);
  if (what === "withdraw" || !one) closeLook();
  else if (done) await lookAt(one);
}

/** @type {Record<string, (detail: any) => unknown>} */
const ASKED = {
  "of-script": (detail) => make("/api/training/scripts", detail, "The exercise is ready."),
  "of-call": (detail) => make("/api/training/calls", detail, "It waits for a second person."),
  draft: (detail) => duty.try(async () => maker.showDraft(await duty.api.act("/api/training/draft", detail))),
  begin: (detail) => duty.try(async () => {
    const { session: begun } = await duty.api.act("/api/training/sessions", detail);
    location.assign(`/training/sessions/${encodeURIComponent(begun)}`);
  }),
  play: () => act(`${path}/play`, {}),
  decide: (detail) => act(`${path}/decide`, detail),
  note: (detail) => act(`${path}/notes`, detail),
  "end-session": () => act(`${path}/end`, {}),
};
for (const [name, does] of Object.entries(ASKED)) {
  document.addEventListener(name, (event) => event instanceof CustomEvent && does(event.detail));
}
part("approve", HTMLButtonElement).addEventListener("click", () => ofLooked("approve", {}, "Approved. If no specialist has marked it, mark it here."));
part("withdraw", HTMLButtonElement).addEventListener("click", () => ofLooked("withdraw", {}, "Withdrawn."));

duty.start(async () => {
  await overview();
  await showSession();
  if (wanted && !maker.hidden) maker.comeWith(wanted);
  if (here !== "") setInterval(() => showSession().catch(() => {}), AGAIN_MS);
});
