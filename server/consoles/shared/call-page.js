// The call in the middle of the desk: its words, its picture in time, and hearing it, live or as it was kept.

import { show } from "./dom.js";
import { Find } from "./find-page.js";
import { turnAt } from "./timeline.js";
import { heardHere, shown } from "./view.js";

/** @import { CallTimeline } from "../components/call-timeline.js" */
/** @import { CallTranscript } from "../components/call-transcript.js" */
/** @import { ListenInPanel } from "../components/listen-in.js" */
/** @import { PlayBackPanel } from "../components/play-back.js" */
/** @import { Console } from "./console.js" */
/** @import { Call, Party } from "./types.js" */

/** So much before the words, that their beginning is heard. */
const LEAD_MS = 1000;
/** A recording can be begun anew as often as it takes. */
const KEPT_LEAD_MS = 200;

export class CallPage {
  /** The moment that was last gone to, by call. @type {Map<string, number>} */
  #moments = new Map();
  #find;

  /**
   * @param {{
   *   desk: Console,
   *   transcript: CallTranscript,
   *   timeline: CallTimeline,
   *   listen: ListenInPanel,
   *   kept: PlayBackPanel,
   *   find: { form: HTMLFormElement, field: HTMLInputElement, told: HTMLElement },
   * }} has
   */
  constructor(has) {
    this.has = has;
    has.kept.api = has.desk.api;
    this.#find = new Find({ desk: has.desk, transcript: has.transcript, ...has.find });
  }

  /** @param {Call | null} call */
  draw(call) {
    const { desk, transcript, timeline, listen, kept, find } = this.has;
    const since_ms = call?.arrived_at ? desk.now_ms - Date.parse(call.arrived_at) : 0;
    const mayHear = call !== null && desk.me.role !== "handler";
    timeline.show({ call, legend: desk.legend, now_ms: since_ms, at_ms: call ? this.#moments.get(call.id) ?? null : null });
    show(find.form, call !== null);
    listen.show({ call: mayHear && call.ended_ms === null && heardHere(call) ? call.id : null });
    kept.show({ call: mayHear && call.ended_ms !== null ? call : null });
    const { found, current } = this.#find.look(call);
    transcript.show({ call, legend: desk.legend, empty: this.#emptyText(call), found, current });
  }

  /** @param {Call} call */
  hearable(call) {
    return call.ended_ms === null ? heardHere(call) : this.has.kept.kept;
  }

  /** Go to a moment of the call, and hear it from there: live, or as it was kept. @param {number} at_ms @param {boolean} heard */
  goTo(at_ms, heard) {
    const { desk, transcript, timeline, listen, kept } = this.has;
    const { call } = shown(desk.model);
    if (!call) return;
    this.#moments.set(call.id, at_ms);
    const turn = turnAt(call, at_ms);
    const onSlider = timeline.contains(document.activeElement) ? document.activeElement : null;
    if (turn) transcript.jump(turn.party, turn.number);
    if (onSlider instanceof HTMLElement) onSlider.focus();
    if (heard && call.ended_ms === null) listen.playFrom(at_ms);
    else if (heard) void kept.playFrom(at_ms);
    desk.draw();
  }

  /** The words behind the prompt in front, once more. */
  hearAgain() {
    const { call, front } = shown(this.has.desk.model);
    const lead_ms = call?.ended_ms === null ? LEAD_MS : KEPT_LEAD_MS;
    if (front) this.goTo(Math.max(0, front.start_ms - lead_ms), true);
  }

  /** To the words behind the prompt in front. */
  toEvidence() {
    const { front } = shown(this.has.desk.model);
    if (front) this.jump(front.party, front.utterance);
  }

  /** @param {Party} party @param {number} utterance */
  jump(party, utterance) {
    this.has.transcript.jump(party, utterance);
  }

  toggleSound() {
    if (shown(this.has.desk.model).call?.ended_ms === null) this.has.listen.toggle();
    else this.has.kept.toggle();
  }

  enter() {
    this.has.transcript.enter();
  }

  find() {
    this.#find.enter();
  }

  /** @param {Call | null} call */
  #emptyText(call) {
    const { desk } = this.has;
    if (call) return "Nothing has been said yet.";
    const line = desk.model.lines[desk.model.selected ?? ""];
    if (line && desk.me.role !== "supervisor") return "You have not been given this call, so its words are not shown.";
    return line ? "Opening the call…" : "Choose a call from the list.";
  }
}
