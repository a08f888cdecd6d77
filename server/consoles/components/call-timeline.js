// <call-timeline>: the call as a picture. Dispatches `moment` for the time that was clicked or reached by keys.

import { ask, dress, el, keyed, svg } from "../shared/dom.js";
import { Memo, whole } from "../shared/memo.js";
import { lengthOf, signs, silences, spans, speech, ticks, unheard } from "../shared/timeline.js";
import { clock, PARTIES } from "../shared/words.js";

/** @import { Call, Severity } from "../shared/types.js" */

/** Where each lane begins and how high it is, in px. */
const LANES = { caller: [20, 14], handler: [36, 14], other: [36, 14] };
const FOOT = 82;
const STEP_MS = 5000;

export class CallTimeline extends HTMLElement {
  #picture = svg("svg", { class: "timeline", width: "100%", height: String(FOOT), "aria-hidden": "true" });
  #layers = ["ticks", "silences", "speech", "unheard", "spans", "signs"].map((name) => svg("g", { class: `layer-${name}` }));
  #cursor = svg("line", { class: "cursor", y1: "0", y2: "68" });
  #slider = el("div", { class: "timeline-slider", role: "slider", tabindex: "0", "aria-label": "Moment in the call", "aria-valuemin": "0" }, this.#picture);
  #memo = new Memo();
  #length_ms = 1;
  #at_ms = 0;

  connectedCallback() {
    if (this.childElementCount > 0) return;
    this.#picture.append(hatching(), ...this.#layers, this.#cursor);
    this.append(
      el("div", { class: "lanes", "aria-hidden": "true" }, el("span", {}, "Signs"), el("span", {}, "Caller"), el("span", {}, "Handler"), el("span", {}, "Prompts")),
      this.#slider,
    );
    this.#slider.addEventListener("click", (event) => this.#clicked(event));
    this.#slider.addEventListener("keydown", (event) => this.#key(event));
  }

  /** @param {{ call: Call | null, legend: Record<string, { title: string, severity: Severity }>, now_ms: number, at_ms: number | null }} shown */
  show({ call, legend, now_ms, at_ms }) {
    this.hidden = call === null;
    if (!call || this.#unchanged(call, legend, now_ms, at_ms)) return;
    const length_ms = lengthOf(call, now_ms);
    const end_ms = call.ended_ms ?? Math.max(now_ms, call.media_ms);
    this.#length_ms = length_ms;
    this.#at_ms = at_ms ?? end_ms;
    const spoken = speech(call);
    const [foot, quiet, said, lost, asked, seen] = this.#layers;
    /** @param {number} ms */
    const x = (ms) => `${((100 * Math.min(ms, length_ms)) / length_ms).toFixed(2)}%`;
    /** @param {SVGGElement | undefined} layer @param {{ key: string, from_ms: number, to_ms: number, lane: number[], kind: string }[]} bars */
    const bars = (layer, bars) => layer && keyed(layer, bars, (bar) => bar.key, () => svg("rect", { rx: "2" }), (node, bar) => dress(node, {
      class: bar.kind, x: x(bar.from_ms), y: String(bar.lane[0]), height: String(bar.lane[1]), width: `${Math.max(0.15, (100 * (Math.min(bar.to_ms, length_ms) - bar.from_ms)) / length_ms).toFixed(2)}%`,
    }));
    bars(said, spoken.map((one) => ({ ...one, key: `${one.party} ${one.from_ms}`, lane: LANES[one.party], kind: `bar-${one.party}` })));
    bars(quiet, silences(spoken).map((one) => ({ ...one, key: String(one.from_ms), lane: [20, 30], kind: "bar-silence" })));
    bars(lost, unheard(call, end_ms).map((one) => ({ ...one, key: `${one.party} ${one.from_ms}`, lane: LANES[one.party], kind: "bar-unheard" })));
    // Three rows, so that prompts which are open together stay apart.
    bars(asked, spans(call, end_ms).map((one, place) => ({ ...one, lane: [54 + 5 * (place % 3), 4], kind: `bar-prompt ${one.severity} ${one.open ? "open" : "closed"}` })));
    if (foot) keyed(foot, ticks(length_ms), String, tick, (node, ms) => node.setAttribute("x", x(ms)));
    if (seen) keyed(seen, signs(call, legend), (sign) => sign.key, () => svg("path", {}), (node, sign) => this.#place(node, sign.at_ms, sign.severity, sign.denied));
    dress(this.#cursor, { x1: x(this.#at_ms), x2: x(this.#at_ms), visibility: at_ms === null ? "hidden" : "visible" });
    dress(this.#slider, { "aria-valuemax": String(Math.round(end_ms / 1000)), "aria-valuenow": String(Math.round(this.#at_ms / 1000)), "aria-valuetext": this.#inWords(spoken) });
  }

  /** @param {Call} call @param {object} legend @param {number} now_ms @param {number | null} at_ms */
  #unchanged({ turns, sightings, withdrawn, prompts, gaps, deafness }, legend, now_ms, at_ms) {
    const width = this.#picture.clientWidth;
    return this.#memo.same(turns, sightings, withdrawn, prompts, gaps, deafness, legend, whole(now_ms), at_ms, width);
  }

  /** @param {SVGPathElement} node @param {number} at_ms @param {Severity} severity @param {boolean} denied */
  #place(node, at_ms, severity, denied) {
    const left = (this.#picture.clientWidth * Math.min(at_ms, this.#length_ms)) / this.#length_ms;
    dress(node, { class: `sign ${severity}${denied ? " denied" : ""}`, d: SHAPES[severity], transform: `translate(${Math.round(left)} 9)` });
  }

  /** @param {ReturnType<typeof speech>} spoken */
  #inWords(spoken) {
    const who = spoken.find(({ from_ms, to_ms }) => from_ms <= this.#at_ms && this.#at_ms <= to_ms);
    return `${clock(this.#at_ms)}${who ? `, ${PARTIES[who.party].toLowerCase()} speaking` : ""}`;
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const { left, width } = this.#slider.getBoundingClientRect();
    this.#go(((event.clientX - left) / width) * this.#length_ms, true);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const steps = { ArrowLeft: -STEP_MS, ArrowRight: STEP_MS, PageDown: -6 * STEP_MS, PageUp: 6 * STEP_MS };
    const by = steps[/** @type {keyof typeof steps} */ (event.key)];
    if (by !== undefined) this.#go(this.#at_ms + by, false);
    else if (event.key === "Home") this.#go(0, false);
    else if (event.key === "Enter") this.#go(this.#at_ms, true);
    else return;
    event.preventDefault();
  }

  /** @param {number} at_ms @param {boolean} heard whether it is to be heard from there, and not only looked at */
  #go(at_ms, heard) {
    // Kept at once: the next press may come before the next drawing.
    this.#at_ms = Math.round(Math.max(0, Math.min(at_ms, this.#length_ms)));
    ask(this, "moment", { at_ms: this.#at_ms, heard });
  }
}

/** The shapes of the classes, around their own middle. @type {Record<Severity, string>} */
const SHAPES = {
  immediate: "M-3 -7H3L7 -3V3L3 7H-3L-7 3V-3Z",
  high: "M0 -7L7 6H-7Z",
  contextual: "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0Z",
  none: "M-5 -1H5V1H-5Z",
};

function hatching() {
  const pattern = svg("pattern", { id: "hatch", width: "6", height: "6", patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, svg("rect", { width: "3", height: "6" }));
  return svg("defs", {}, pattern);
}

/** @param {number} ms */
function tick(ms) {
  return svg("text", { y: String(FOOT - 2) }, clock(ms));
}

customElements.define("call-timeline", CallTimeline);
