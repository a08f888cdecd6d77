// <status-banners>: what is wrong with what is on the screen. Never a calm empty panel.

import { el, keyed, setText } from "../shared/dom.js";
import { heardHere } from "../shared/view.js";
import { inTraining } from "../shared/where.js";
import { clock, PARTIES_IN_TEXT, seconds, wallClock } from "../shared/words.js";

/** @import { Call, Connection, Face, Party, Session } from "../shared/types.js" */

/** @typedef {{ key: string, grave: boolean, text: string }} Banner */
/** @typedef {{ connection: Connection, call: Call | null, session: Session | null, me: Face }} Context */

export const BACKLOG_ALARM_MS = 1000;

export class StatusBanners extends HTMLElement {
  /** @param {Context} context */
  show(context) {
    keyed(this, banners(context), ({ key }) => key, make, (node, banner) => {
      if (node.lastElementChild) setText(node.lastElementChild, banner.text);
    });
  }
}

/** @param {Banner} banner */
function make({ grave }) {
  return el(
    "div",
    { class: `banner ${grave ? "banner-grave" : "banner-plain"}`, role: "status" },
    el("span", { class: `shape shape-${grave ? "immediate" : "high"}`, "aria-hidden": "true" }),
    el("span", {}),
  );
}

/** The banners that stand now, the gravest first. Pure. @param {Context} context @returns {Banner[]} */
export function banners({ connection, call, session, me }) {
  return [...cutOff(connection), ...(call && call.ended_ms === null ? [...ofCall(call, me), ...unrecorded(call, session)] : []), ...ofModel(session)];
}

/** @param {Connection} connection @returns {Banner[]} */
function cutOff({ state, since }) {
  if (state === "live" || state === "connecting") return [];
  const text = `DISCONNECTED since ${wallClock(since)}. What you see may be out of date. Trying again…`;
  return [{ key: "cut-off", grave: true, text }];
}

/** @param {Call} call @param {Face} me @returns {Generator<Banner>} */
function* ofCall(call, me) {
  if (call.unreadable) {
    yield { key: "unreadable", grave: true, text: "The record of this call cannot be read. What you see is not up to date." };
  }
  /** @type {Map<string, string[]>} */
  const since = new Map();
  for (const [party, since_ms] of entriesOf(call.deaf)) {
    since.set(clock(since_ms), [...(since.get(clock(since_ms)) ?? []), PARTIES_IN_TEXT[party]]);
  }
  for (const [at, whom] of since) {
    yield { key: `deaf ${at}`, grave: true, text: `NOT LISTENING to ${whom.join(" and ")} since ${at}. Listen for yourself.` };
  }
  if (call.line_lost_ms !== null) {
    const text = `NOT LISTENING since ${clock(call.line_lost_ms)}: the sound line was lost. The call may still be going on.`;
    yield { key: "line", grave: true, text };
  }
  yield* late(entriesOf(call.backlog_ms).filter(([, backlog_ms]) => backlog_ms > BACKLOG_ALARM_MS));
  if (me.role !== "specialist") yield* withoutSpecialist(call, me);
}

/**
 * Nobody is to believe that a call is recorded which is not. Video calls say it in their own room, transfer sheets for themselves.
 * @param {Call} call @param {Session | null} session @returns {Generator<Banner>}
 */
function* unrecorded(call, session) {
  const [hurt] = Object.values(call.unkept).sort((one, other) => one.since_ms - other.since_ms);
  if (hurt) {
    yield { key: "unkept", grave: true, text: `NOT BEING RECORDED since ${clock(hurt.since_ms)}: ${hurt.why}. Write down what matters.` };
  } else if (session?.recording === false && call.doorway !== "video" && heardHere(call) && !inTraining) {
    yield { key: "no-policy", grave: false, text: "Not recorded here: your force keeps no sound of calls in Earshot." };
  }
}

/** @param {[Party, number][]} sides those that are heard late, and by how much @returns {Generator<Banner>} */
function* late(sides) {
  const [one, other] = sides;
  if (!one) return;
  const whom = other ? "both sides" : PARTIES_IN_TEXT[one[0]];
  const most = seconds(Math.max(...sides.map(([, backlog_ms]) => backlog_ms)));
  yield { key: "late", grave: true, text: `Hearing ${whom} late, by ${other ? "up to " : ""}${most}. Prompts come late too.` };
}

/** @param {Call} call @param {Face} me @returns {Generator<Banner>} */
function* withoutSpecialist(call, me) {
  const alone = me.role === "handler" ? " You alone see its prompts." : "";
  if (call.nobody_on_duty) {
    const next = call.next_shift ? ` The next shift begins ${call.next_shift}.` : "";
    yield { key: "nobody", grave: false, text: `Nobody is on duty for this call as specialist.${alone}${next}` };
  } else if (call.awaited !== null) {
    const why = call.awaited.length > 0 ? `: ${call.awaited.join(", ")}` : "";
    yield { key: "awaited", grave: false, text: `No specialist is free for this call${why}.${alone}` };
  }
}

/** @param {Session | null} session @returns {Banner[]} */
function ofModel(session) {
  if (!session?.demonstration) return [];
  return [{ key: "model", grave: false, text: "Demonstration speech model: not for real callers." }];
}

/** @param {Partial<Record<Party, number>>} by @returns {[Party, number][]} */
function entriesOf(by) {
  return /** @type {[Party, number][]} */ (Object.entries(by));
}

customElements.define("status-banners", StatusBanners);
