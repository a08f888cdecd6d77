// The supervisor's wall: every call of the force, who is free, what is not heard, and how late.

import { BroughtList, linkTo } from "./components/brought-list.js";
import { DayChart } from "./components/day-chart.js";
import { GiveDialog } from "./components/give-dialog.js";
import { HelpDialog } from "./components/help-dialog.js";
import { OverdueList } from "./components/overdue-list.js";
import { StaffLoad } from "./components/staff-load.js";
import { StatusBanners } from "./components/status-banners.js";
import { TransferList } from "./components/transfer-list.js";
import { TopBar } from "./components/top-bar.js";
import { WatchList } from "./components/watch-list.js";
import { WallBoard } from "./components/wall-board.js";
import { WallFigures } from "./components/wall-figures.js";
import { Console } from "./shared/console.js";
import { part } from "./shared/dom.js";
import { keysAreOn, listenForKeys, switchKeys } from "./shared/keys.js";
import { offerTakeOut } from "./shared/take-out-page.js";
import { broughtTo, staff } from "./shared/view.js";
import { BROUGHT, callName } from "./shared/words.js";

/** @import { Quarter } from "./components/day-chart.js" */

/** @typedef {{ latency_ms: number | null, prompts: number, backlog_ms: number }} Measures */
/** @typedef {{ now: Measures, quarters: (Measures & { from: string })[] }} Day */

const PACE_MS = 400;
const ASK_AGAIN_MS = 15000;
/** A prompt should be on the screen two seconds after the words, at most, nineteen times in twenty. */
const LATENCY_LIMIT_MS = 2000;
const BACKLOG_LIMIT_MS = 1000;

const top = part("top", TopBar);
const [give, help, large] = [part("give", GiveDialog), part("help", HelpDialog), part("large", HTMLButtonElement)];
/** @type {Day | null} */
let day = null;
/** @type {Map<string, string | undefined>} */
const brought = new Map();

const desk = new Console({ draw, told: part("told", HTMLElement), announcer: part("announcer", HTMLElement), title: "Earshot wall", pace_ms: PACE_MS, onHidden: () => askForReferrals() });

function draw() {
  const { model, now_ms, me } = desk;
  const named = !document.body.classList.contains("large");
  top.show({ model, unrecorded: desk.acts.unrecorded });
  part("banners", StatusBanners).show({ connection: model.connection, call: null, session: desk.session, me });
  part("brought", BroughtList).show({ model });
  announce();
  part("owed", WatchList).show({ model });
  part("transfers", TransferList).show({ model });
  part("figures", WallFigures).show({ model, late_ms: day?.now.backlog_ms ?? null });
  part("board", WallBoard).show({ model, now_ms, named });
  part("staff", StaffLoad).show({ model, named });
  drawDay();
}

/** Say once of each call how far it was brought. */
function announce() {
  for (const line of broughtTo(desk.model)) {
    if (brought.get(line.call) === line.escalated) continue;
    brought.set(line.call, line.escalated);
    if (desk.model.connection.state !== "live") continue;
    desk.announce(`Nobody has taken a prompt on ${callName(line.call)}: ${BROUGHT[line.escalated ?? ""]}.`);
  }
}

function goBrought() {
  const [first] = broughtTo(desk.model);
  if (first) location.assign(linkTo(first));
}

function drawDay() {
  const { now, quarters } = day ?? { now: { latency_ms: null, prompts: 0, backlog_ms: 0 }, quarters: [] };
  /** @param {"latency_ms" | "backlog_ms"} what @returns {Quarter[]} */
  const series = (what) => quarters.map((quarter) => ({ from: quarter.from, value_ms: quarter[what], count: quarter.prompts }));
  const latency = now.latency_ms === null ? "No prompt in the last 15 minutes" : `${(now.latency_ms / 1000).toFixed(1)} s now, from word to screen, at most 5 in 100 longer`;
  part("latency", DayChart).show({ quarters: series("latency_ms"), now: latency, limit_ms: LATENCY_LIMIT_MS });
  part("backlog", DayChart).show({ quarters: series("backlog_ms"), now: `${(now.backlog_ms / 1000).toFixed(1)} s now, at most`, limit_ms: BACKLOG_LIMIT_MS });
}

async function askForReferrals() {
  const { referrals } = await desk.api.get("/api/referrals/overdue").catch(() => ({ referrals: [] }));
  part("unconfirmed", OverdueList).show({ referrals, onlyBrought: true });
}

async function askForDay() {
  void askForReferrals();
  day = await desk.api.get("/api/day").catch(() => day);
  desk.draw();
}

function toggleLarge() {
  const on = document.body.classList.toggle("large");
  large.setAttribute("aria-pressed", String(on));
  desk.draw();
}

/** @param {string} call */
function openGive(call) {
  const line = desk.model.lines[call];
  if (line) give.open({ call, name: callName(call), staff: staff(desk.model), holder: line.specialist });
}

/** Whose call it is; one that nobody has is given without a holder. @param {string} call */
function holderOf(call) {
  const holder = desk.model.lines[call]?.specialist;
  return holder ? { holder } : {};
}

function openHelp() {
  help.open({ keysOn: keysAreOn(), markers: desk.markers, groups: [{ title: "The wall", keys: [["G", "Open the call with the prompt that nobody has taken"], ["F", "Large screen, without names"], ["?", "This sheet"]] }] });
}

/** @type {Record<string, (detail: any) => void>} */
const ASKED = {
  give: ({ call }) => openGive(call),
  given: ({ call, to, note }) => desk.onCall(call, "hand-over", { to, note, ...holderOf(call) }),
  acknowledge: ({ call, named }) => desk.onCall(call, "transfer/acknowledge", { named }),
  announce: ({ sentence }) => desk.announce(sentence),
  duty: () => desk.act("/api/duty", { on_duty: !desk.me.on_duty }),
  break: () => desk.act("/api/break", { on_break: !desk.me.on_break }),
  keys: ({ on }) => switchKeys(on),
  help: openHelp,
  "sign-out": () => desk.signOut(),
};
for (const [name, does] of Object.entries(ASKED)) {
  document.addEventListener(name, (event) => event instanceof CustomEvent && does(event.detail));
}
large.addEventListener("click", toggleLarge);
listenForKeys({ f: toggleLarge, g: goBrought, "?": openHelp }, { silent: () => help.isOpen || give.isOpen });

if (new URLSearchParams(location.search).has("large")) toggleLarge();
desk.start().then(() => {
  offerTakeOut(desk);
  askForDay();
  setInterval(askForDay, ASK_AGAIN_MS);
});
