// The crew's page, or another force's: the brief by one signed link, signed for, and a thread with the specialist.

import { AdviceThread } from "./components/advice-thread.js";
import { BriefSheet } from "./components/brief-sheet.js";
import { Api, Refused } from "./shared/api.js";
import { shortTime, timeOf } from "./shared/brief.js";
import { el, keyed, part, setText, show } from "./shared/dom.js";
import { applyLook } from "./shared/look.js";
import { Polling } from "./shared/polling.js";

/** @import { Named, Sheet, View } from "./shared/brief.js" */

// After the `#` an address stays in the browser: no server's log has it.
const api = new Api({ "X-Sheet-Link": location.hash.slice(1) });
const by = part("by", HTMLInputElement);
let seq = 0;

applyLook();

const polling = new Polling({
  ask: async () => {
    const answer = await api.get(`/api/crew?after=${seq}`);
    if (answer.view) draw(answer.view, answer.kind);
  },
  onState: (since) => {
    const state = part("state", HTMLElement);
    setText(state, since ? `No answer since ${timeOf(since.toISOString())}: ask the control room for news` : "Live");
    state.dataset.state = since ? "lost" : "live";
  },
  onOver: (refused) => {
    show(part("main", HTMLElement), false);
    setText(part("state", HTMLElement), "Not shown");
    setText(part("told", HTMLElement), refused.message);
  },
});

/** @param {View} view @param {"brief" | "transfer"} kind */
function draw(view, kind) {
  seq = view.brief.seq;
  const title = `${kind === "transfer" ? "Transfer sheet" : "Brief"} · ${view.name} · ${view.force}`;
  document.title = title;
  setText(part("title", HTMLElement), title);
  part("sheet", BriefSheet).show(view);
  part("thread", AdviceThread).show(view.advice);
  show(part("there", HTMLElement), kind === "brief" && view.there_at === null);
  const [sheet] = view.sheets;
  if (sheet) signing(sheet, kind);
  show(part("main", HTMLElement), true);
}

/** What is signed for already, and what has to be named. @param {Sheet} sheet @param {"brief" | "transfer"} kind */
function signing(sheet, kind) {
  const last = sheet.readings.at(-1);
  const left = kind === "transfer" ? sheet.missing : [];
  const since = last && left.length > 0 ? " Since then more was heard: name it and sign again." : "";
  setText(part("signed", HTMLElement), last ? `Signed for by ${last.by} at ${shortTime(last.at)}.${since}` : "");
  show(part("naming", HTMLElement), left.length > 0);
  keyed(part("names", HTMLElement), left, ({ marker }) => marker, naming, () => {});
}

/** @param {Named} named */
function naming({ marker, title }) {
  const id = `named-${marker}`;
  return el("div", { class: "switch" }, el("input", { type: "checkbox", id, value: marker }), el("label", { for: id }, title));
}

/** @param {string} what @param {object} body @param {() => void} [done] */
async function act(what, body, done = () => {}) {
  setText(part("told", HTMLElement), "");
  if (!by.reportValidity()) return;
  try {
    await api.act(`/api/crew/${what}`, { by: by.value.trim(), ...body });
    done();
  } catch (fault) {
    if (!(fault instanceof Refused)) throw fault;
    setText(part("told", HTMLElement), fault.message);
  }
  await polling.now();
}

part("sign", HTMLFormElement).addEventListener("submit", (event) => {
  event.preventDefault();
  const ticked = [...part("names", HTMLElement).querySelectorAll("input")].filter((box) => box.checked);
  void act("read", { named: ticked.map((box) => box.value) });
});
part("there", HTMLButtonElement).addEventListener("click", () => void act("there", {}));
document.addEventListener("advice", (event) => {
  if (event instanceof CustomEvent) void act("ask", { text: event.detail.text }, () => part("thread", AdviceThread).sent());
});

polling.start();
