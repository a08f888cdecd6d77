// <status-banners>: what is wrong with what is on the screen. Never a calm empty panel.

import { el, keyed, setText } from "../shared/dom.js";
import { clock, PARTIES_IN_TEXT, seconds, wallClock } from "../shared/words.js";

const BACKLOG_ALARM_MS = 1000;

class StatusBanners extends HTMLElement {
  show(context) {
    keyed(this, banners(context), ({ key }) => key, make, (node, banner) => setText(node.lastElementChild, banner.text));
  }
}

function make({ grave }) {
  return el(
    "div",
    { class: `banner ${grave ? "banner-grave" : "banner-plain"}`, role: grave ? "alert" : "status" },
    el("span", { class: `shape shape-${grave ? "immediate" : "high"}`, "aria-hidden": "true" }),
    el("span", {}),
  );
}

/** The banners that stand now, the gravest first. Pure. */
export function banners({ connection, call, session, me }) {
  return [...cutOff(connection), ...(call && call.ended_ms === null ? ofCall(call, me) : []), ...ofModel(session)];
}

function cutOff({ state, since }) {
  if (state === "live" || state === "connecting") return [];
  const text = `DISCONNECTED since ${wallClock(since)}. What you see may be out of date. Trying again…`;
  return [{ key: "cut-off", grave: true, text }];
}

function* ofCall(call, me) {
  if (call.unreadable) {
    yield { key: "unreadable", grave: true, text: "The record of this call cannot be read. What you see is not up to date." };
  }
  for (const [party, since_ms] of Object.entries(call.deaf)) {
    const text = `NOT LISTENING to ${PARTIES_IN_TEXT[party]} since ${clock(since_ms)}. Listen for yourself.`;
    yield { key: `deaf ${party}`, grave: true, text };
  }
  if (call.line_lost_ms !== null) {
    const text = `NOT LISTENING since ${clock(call.line_lost_ms)}: the sound line was lost. The call may still be going on.`;
    yield { key: "line", grave: true, text };
  }
  for (const [party, backlog_ms] of Object.entries(call.backlog_ms)) {
    if (backlog_ms <= BACKLOG_ALARM_MS) continue;
    const text = `Hearing ${PARTIES_IN_TEXT[party]} late, by ${seconds(backlog_ms)}. Prompts come late too.`;
    yield { key: `late ${party}`, grave: true, text };
  }
  if (call.nobody_on_duty && me.role !== "specialist") {
    const alone = me.role === "handler" ? " You alone see its prompts." : "";
    yield { key: "nobody", grave: false, text: `Nobody is on duty for this call as specialist.${alone}` };
  }
}

function ofModel(session) {
  if (!session.demonstration) return [];
  return [{ key: "model", grave: false, text: "Demonstration speech model: not for real callers." }];
}

customElements.define("status-banners", StatusBanners);
