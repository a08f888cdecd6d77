// Decision review: the queue, one call with its three lists, feedback and actions.

import { CallReview } from "./components/call-review.js";
import { FeedbackList } from "./components/feedback-list.js";
import { PlayBackPanel } from "./components/play-back.js";
import { ofCall, Refused } from "./shared/api.js";
import { ask, classBadge, el, keyed, part, setText, show } from "./shared/dom.js";
import { Duty, dayAndTime, dayOnly } from "./shared/duty.js";
import { CLASSES, callName } from "./shared/words.js";

/** @import { Severity } from "./shared/types.js" */
/** @typedef {{ call: string, since: string, whys: string[], severity: Severity }} ToReview */
/** @typedef {import("./components/call-review.js").Action} Action */
/** @typedef {import("./components/call-review.js").Review} Review */

const duty = new Duty();
const here = decodeURIComponent(location.pathname.split("/")[2] ?? "");
let today = new Date().toISOString().slice(0, 10);
const reviewPath = `/api/review/${encodeURIComponent(here)}`;
const kept = part("kept", PlayBackPanel);
const [one, none, take] = [part("one", CallReview), part("none", HTMLElement), part("take", HTMLButtonElement)];

async function showQueue() {
  if (duty.me.role === "handler") return;
  /** @type {ToReview[]} */
  const queue = (await duty.api.get("/api/review")).calls;
  show(part("queue-part", HTMLElement), true);
  setText(part("queue-title", HTMLElement), `To review (${queue.length})`);
  show(part("queue-empty", HTMLElement), queue.length === 0);
  keyed(part("queue", HTMLElement), queue, ({ call }) => call, queueRow, () => {});
}

/** @param {ToReview} line */
function queueRow({ call, since, whys, severity }) {
  const link = el(
    "a",
    { class: "row-link", href: `/review/${encodeURIComponent(call)}`, "aria-current": call === here ? "true" : null },
    el("span", { class: "name" }, callName(call)),
    classBadge(severity, CLASSES[severity]),
    el("span", { class: "wide" }, whys.join("; ") || "the reason cannot be read"),
    el("span", { class: "wide quiet" }, `since ${dayAndTime(since)}`),
  );
  return el("li", {}, link);
}

async function showActions() {
  const answer = await duty.api.get("/api/actions");
  today = answer.today;
  /** @type {Action[]} */
  const actions = answer.actions;
  setText(part("actions-title", HTMLElement), `Actions (${actions.length})`);
  show(part("actions-empty", HTMLElement), actions.length === 0);
  keyed(part("actions", HTMLElement), actions, ({ call, id }) => `${call} ${id}`, actionRow, () => {});
}

/** @param {Action} action */
function actionRow(action) {
  const late = action.due < today;
  const done = el("button", { type: "button", class: "small", "aria-label": `Done: ${action.what}` }, "Done");
  done.addEventListener("click", () => ask(done, "action-done", { call: action.call, id: action.id }));
  return el(
    "li",
    {},
    el("p", {}, action.what),
    el("p", { class: late ? "overdue" : "quiet" }, `${duty.name(action.owner)}, by ${dayOnly(action.due)}${late ? ", overdue" : ""}; ${callName(action.call ?? "")}`),
    done,
  );
}

async function showFeedback() {
  const { feedback } = await duty.api.get("/api/feedback");
  part("feedback", FeedbackList).show({ feedback, me: duty.me.id, name: (id) => duty.name(id) });
}

async function showOne() {
  if (here === "") {
    show(none, true);
    if (duty.me.role === "handler") setText(part("none-text", HTMLElement), "What reviewers wrote to you, and what you are asked to do, stands beside.");
    document.body.classList.add("list-first");
    return;
  }
  try {
    await drawOne();
  } catch (fault) {
    if (!(fault instanceof Refused) || fault.code !== "not-your-call") throw fault;
    show(none, true);
    setText(part("none-text", HTMLElement), `You have not taken ${callName(here)} for review. Taking it is on record, and lets you read it.`);
    show(take, true);
  }
}

async function drawOne() {
  /** @type {Review} */
  const review = await duty.api.get(reviewPath);
  duty.people = Object.fromEntries(review.people.map((face) => [face.id, face]));
  const knows = { name: (/** @type {string | null} */ id) => duty.name(id), marker: (/** @type {string} */ id) => duty.marker(id), today, me: duty.me.id };
  part("head", HTMLElement).replaceChildren(one.head(review, knows));
  one.show(review, knows);
  show(none, false);
  show(one, true);
  kept.api = duty.api;
  // Its words stand in both columns below; the player is only for the sound.
  kept.show({ call: /** @type {any} */ ({ id: here, turns: [] }) });
}

async function showAll() {
  await showActions();
  await showOne();
  await Promise.all([showQueue(), showActions(), showFeedback()]);
}

/** Do it, and show what then stands, with the focus where it was. @param {string} path @param {object} body */
function act(path, body) {
  const focused = document.activeElement?.id ?? "";
  return duty.try(async () => {
    await duty.api.act(path, body);
    await showAll();
    document.getElementById(focused)?.focus();
  });
}

/** Like `act`, and empty what was written. @param {string} path @param {object} body @param {string} what */
function send(path, body, what) {
  return duty.try(async () => {
    await duty.api.act(path, body);
    one.sent(what);
    await showAll();
    duty.tell(what === "feedback" ? "Sent. It stands under Feedback, with what is answered." : "The action is open.");
  });
}

/** @type {Record<string, (detail: any) => unknown>} */
const ASKED = {
  judged: (detail) => act(`${reviewPath}/findings`, detail),
  "feedback-sent": (detail) => send(`${reviewPath}/feedback`, detail, "feedback"),
  "action-opened": (detail) => send(`${reviewPath}/actions`, detail, "action"),
  "action-done": ({ call, id }) => act(`/api/review/${encodeURIComponent(call)}/actions/${encodeURIComponent(id)}/done`, {}),
  "feedback-read": ({ id }) => act(`/api/feedback/${encodeURIComponent(id)}/read`, {}),
  "feedback-answer": ({ id, text }) => act(`/api/feedback/${encodeURIComponent(id)}/answer`, { text }),
  "play-from": ({ at_ms }) => kept.playFrom(at_ms),
  "kept-changed": () => document.body.toggleAttribute("data-kept", kept.kept),
  reviewed: (detail) => act(`${ofCall(here)}/reviewed`, detail),
};
for (const [name, does] of Object.entries(ASKED)) {
  document.addEventListener(name, (event) => event instanceof CustomEvent && does(event.detail));
}
take.addEventListener("click", () => act(`${ofCall(here)}/review`, {}));

duty.start(showAll);
