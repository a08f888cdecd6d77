// <day-chart>: one figure over the day, a bar for each quarter of an hour, the worst said in words.

import { dress, el, keyed, setText, svg } from "../shared/dom.js";

/** @typedef {{ from: string, value_ms: number | null, count: number }} Quarter */

const HEIGHT = 64;
const DAY_QUARTERS = 96;

export class DayChart extends HTMLElement {
  #now = el("p", { class: "chart-now" });
  #text = el("p", { class: "quiet chart-text" });
  #bars = svg("g", {});
  #limit = svg("line", { class: "limit", x1: "0", x2: "100%" });
  #picture = svg("svg", { class: "chart", width: "100%", height: String(HEIGHT), "aria-hidden": "true" });

  connectedCallback() {
    if (this.childElementCount > 0) return;
    this.#picture.append(this.#bars, this.#limit);
    this.append(el("h2", {}, this.getAttribute("name") ?? ""), this.#now, this.#picture, this.#text);
  }

  /** @param {{ quarters: Quarter[], now: string, limit_ms: number }} shown `limit_ms`: what should not be passed */
  show({ quarters, now, limit_ms }) {
    setText(this.#now, now);
    const most = Math.max(limit_ms * 1.25, ...quarters.map(({ value_ms }) => value_ms ?? 0));
    const width = 100 / DAY_QUARTERS;
    keyed(this.#bars, quarters, ({ from }) => from, () => svg("rect", {}), (node, { from, value_ms }) => {
      const high = Math.round((HEIGHT * (value_ms ?? 0)) / most);
      dress(node, { x: `${(placeOf(from) * width).toFixed(2)}%`, width: `${(width * 0.8).toFixed(2)}%`, y: String(HEIGHT - high), height: String(high), class: (value_ms ?? 0) > limit_ms ? "over" : "under" });
    });
    const y = String(Math.round(HEIGHT - (HEIGHT * limit_ms) / most));
    dress(this.#limit, { y1: y, y2: y });
    setText(this.#text, inWords(quarters, limit_ms));
  }
}

/** Which quarter of the day it is, by this computer's clock. @param {string} from */
function placeOf(from) {
  const at = new Date(from);
  return at.getHours() * 4 + Math.floor(at.getMinutes() / 15);
}

/** @param {Quarter[]} quarters @param {number} limit_ms */
function inWords(quarters, limit_ms) {
  const known = quarters.filter(({ value_ms }) => value_ms !== null);
  const worst = known.reduce((most, one) => ((one.value_ms ?? 0) > (most?.value_ms ?? -1) ? one : most), /** @type {Quarter | null} */ (null));
  if (!worst) return "Nothing measured yet today.";
  const over = known.filter(({ value_ms }) => (value_ms ?? 0) > limit_ms).length;
  const at = new Date(worst.from).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  const limit = `${limit_ms / 1000} s`;
  return `Worst ${((worst.value_ms ?? 0) / 1000).toFixed(1)} s at ${at}. ${over === 0 ? `Never over ${limit}.` : `Over ${limit} in ${over} of ${known.length} quarters.`}`;
}

customElements.define("day-chart", DayChart);
