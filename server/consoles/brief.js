// The desk's page of one call's brief: what it says, whom it went to, and the thread with the crew.

import { AdviceThread } from "./components/advice-thread.js";
import { BriefSheet } from "./components/brief-sheet.js";
import { ReadBack } from "./components/read-back.js";
import { SheetList } from "./components/sheet-list.js";
import { Api, ofCall, Refused } from "./shared/api.js";
import { timeOf } from "./shared/brief.js";
import { el, part, setText, show } from "./shared/dom.js";
import { applyLook } from "./shared/look.js";
import { Polling } from "./shared/polling.js";

/** @import { View } from "./shared/brief.js" */

const CHECKS = ["court orders", "bail", "earlier reports", "MARAC", "firearms licence", "warning markers", "child protection"];
const WAYS = { sms: "Text message with a link", email: "E-mail with a link", radio: "Read out by radio or telephone", print: "On paper", api: "The other system fetches it", earshot: "To another force's own Earshot" };

const api = new Api();
const call = decodeURIComponent(location.pathname.split("/").at(-1) ?? "");
const ways = part("way", HTMLSelectElement);
/** @type {{ id: string, name: string, phone: string }[]} */
let peers = [];
let seq = 0;

applyLook();
part("check", HTMLSelectElement).append(...CHECKS.map((check) => el("option", {}, check)));

const polling = new Polling({
  ask: async () => {
    const answer = await api.get(`${ofCall(call)}/brief?after=${seq}`);
    if (!answer.view) return;
    peers = answer.peers;
    draw(answer.view, answer.ways);
  },
  onState: (since) => {
    const state = part("state", HTMLElement);
    setText(state, since ? `No answer since ${timeOf(since.toISOString())}: what stands here may be old` : "Live");
    state.dataset.state = since ? "lost" : "live";
  },
  onOver: (refused) => {
    if (refused.status === 401) location.assign("/sign-in");
    else tell(refused.message);
    setText(part("state", HTMLElement), "Not shown");
  },
});

/** @param {View} view @param {Record<string, boolean>} set */
function draw(view, set) {
  seq = view.brief.seq;
  const title = `Brief · ${view.name} · ${view.force}`;
  document.title = title;
  setText(part("title", HTMLElement), title);
  part("sheet", BriefSheet).show(view);
  part("sheets", SheetList).show(view.sheets, view.must);
  part("thread", AdviceThread).show(view.advice);
  setText(part("spoken", HTMLElement), view.spoken);
  show(part("there", HTMLElement), view.there_at === null);
  if (ways.childElementCount === 0) {
    const open = Object.entries(WAYS).filter(([way]) => set[way] && (way !== "earshot" || peers.length > 0));
    part("peer", HTMLSelectElement).append(...peers.map(({ id, name }) => el("option", { value: id }, name)));
    ways.append(...open.map(([value, label]) => el("option", { value }, label)));
    wayChosen();
  }
}

function wayChosen() {
  const way = ways.value;
  const peer = peers.find(({ id }) => id === value("peer"));
  show(part("peer-field", HTMLElement), way === "earshot");
  show(part("for-field", HTMLElement), way !== "earshot");
  part("for", HTMLInputElement).required = way !== "earshot";
  if (way === "earshot") part("kind", HTMLSelectElement).value = "transfer";
  setText(part("peer-phone", HTMLElement), peer ? `If it does not arrive, ring ${peer.phone}.` : "");
  show(part("to-field", HTMLElement), way === "sms" || way === "email");
  part("to", HTMLInputElement).required = way === "sms" || way === "email";
  setText(part("to-label", HTMLElement), way === "email" ? "E-mail address" : "Number, such as +447700900000");
}

/** @param {string} sentence */
function tell(sentence) {
  setText(part("told", HTMLElement), sentence);
}

/** Do it, say why not, and show what came of it. @param {string} what @param {object} body @param {() => void} [done] */
async function act(what, body, done = () => {}) {
  tell("");
  try {
    const { shown } = await api.act(`${ofCall(call)}/brief/${what}`, body);
    done();
    if (shown) tell(`Development: nothing was sent. It would have said: ${shown}`);
  } catch (fault) {
    if (!(fault instanceof Refused)) throw fault;
    tell(fault.message);
  }
  await polling.now();
}

/** @param {string} id */
function value(id) {
  const node = document.getElementById(id);
  return node instanceof HTMLInputElement || node instanceof HTMLSelectElement ? node.value.trim() : "";
}

function sending() {
  const [kind, way] = [value("kind"), value("way")];
  const peer = way === "earshot" ? peers.find(({ id }) => id === value("peer")) : undefined;
  return { kind, way, name: peer?.name ?? value("for"), to: peer?.id ?? value("to"), why: value("why") };
}

/** @param {string} id @param {(form: HTMLFormElement) => void} does */
function onSubmit(id, does) {
  const form = part(id, HTMLFormElement);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    does(form);
  });
}

ways.addEventListener("change", wayChosen);
part("peer", HTMLSelectElement).addEventListener("change", wayChosen);
onSubmit("send", (form) => act("sheets", sending(), () => {
  form.reset();
  wayChosen();
}));
onSubmit("checks", (form) => act("checks", { check: value("check"), found: value("found"), text: value("found-text"), source: value("source") }, () => form.reset()));
onSubmit("add", (form) => act("notes", { text: value("line") }, () => form.reset()));
part("there", HTMLButtonElement).addEventListener("click", () => act("there", {}));
part("print", HTMLButtonElement).addEventListener("click", () => print());

/** @type {Record<string, (detail: any) => void>} */
const ASKED = {
  advice: ({ text }) => act("advice", { text }, () => part("thread", AdviceThread).sent()),
  end: ({ sheet }) => act(`sheets/${sheet}/end`, {}),
  "read-back": ({ sheet, must }) => part("read-back", ReadBack).open(sheet, must),
  signed: ({ sheet, by, named }) => act(`sheets/${sheet}/read`, { by, named }),
};
for (const [name, does] of Object.entries(ASKED)) {
  document.addEventListener(name, (event) => event instanceof CustomEvent && does(event.detail));
}

api.session().then(
  () => polling.start(),
  (fault) => (fault instanceof Refused && fault.status === 401 ? location.assign("/sign-in") : tell("The server did not answer. Reload the page.")),
);
