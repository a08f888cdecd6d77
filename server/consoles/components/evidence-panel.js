// <evidence-panel>: why a marker was raised, word for word, and what speaks against it. Dispatches `evidence`.

import { ask, el, keyed, setText, show } from "../shared/dom.js";
import { account, markersIn, quoted } from "../shared/evidence.js";
import { clock, PARTIES } from "../shared/words.js";

/** @import { Entered } from "../shared/evidence.js" */
/** @import { Call } from "../shared/types.js" */

/** @type {["speaking" | "denied" | "doubtful" | "taken_back", string][]} */
const SIDES = [
  ["speaking", "Said for it"],
  ["denied", "Denied"],
  ["doubtful", "In doubt"],
  ["taken_back", "Taken back or played down later"],
];
/** @type {Record<string, string>} */
const POLARITIES = { uncertain: "not certain", conditional: "a threat with a condition" };

export class EvidencePanel extends HTMLElement {
  #title = el("h3", { id: "evidence-title" });
  #markers = el("div", { class: "evidence-markers" });
  #sides = el("div", {});
  #shown = "";

  connectedCallback() {
    if (this.childElementCount > 0) return;
    const close = el("button", { type: "button", class: "small", "aria-keyshortcuts": "e" }, "Close evidence");
    close.addEventListener("click", () => ask(this, "evidence", { marker: null }));
    this.append(el("header", {}, this.#title, close), this.#markers, this.#sides);
  }

  /** @param {{ call: Call, marker: string, legend: Record<string, { title: string }> }} shown */
  show({ call, marker, legend }) {
    const found = account(call, marker);
    const named = (/** @type {string} */ id) => legend[id]?.title ?? id.replaceAll("_", " ");
    const state = JSON.stringify([call.id, found, named(marker)]);
    keyed(this.#markers, markersIn(call), (id) => id, () => this.#chooser(), (node, id) => {
      node.dataset.marker = id;
      setText(node, named(id));
      node.setAttribute("aria-pressed", String(id === marker));
    });
    if (state === this.#shown) return;
    this.#shown = state;
    setText(this.#title, `Evidence: ${named(marker)}`);
    const sections = SIDES.flatMap(([side, title]) => sectionOf(call, title, found[side]) ?? []);
    this.#sides.replaceChildren(...sections);
    show(this.#markers, this.#markers.children.length > 1);
  }

  #chooser() {
    const button = el("button", { type: "button", class: "small" });
    button.addEventListener("click", () => ask(this, "evidence", { marker: button.dataset.marker }));
    return button;
  }
}

/** @param {Call} call @param {string} title @param {Entered[]} evidence */
function sectionOf(call, title, evidence) {
  if (evidence.length === 0) return null;
  const items = evidence.map((one) => el("li", {}, ...partsOf(call, one)));
  return el("section", { "aria-label": title }, el("h4", {}, `${title} (${evidence.length})`), el("ol", { class: "evidence" }, ...items));
}

/** @param {Call} call @param {Entered} one */
function partsOf(call, one) {
  const words = quoted(call, one).flatMap(({ text, matched }, place) => [place > 0 ? " " : "", matched ? el("mark", {}, text) : text]);
  const facts = factsOf(one).flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]);
  return [
    el("p", { class: "evidence-where" }, whereOf(one)),
    el("blockquote", {}, ...words),
    el("dl", { class: "evidence-facts" }, ...facts),
  ];
}

/** @param {Entered} one */
function whereOf(one) {
  const how = one.source && one.source !== "heard" ? one.source : "heard in this call";
  const doubt = POLARITIES[one.polarity] ? `, ${POLARITIES[one.polarity]}` : "";
  return `${PARTIES[one.party]}, ${clock(one.start_ms ?? 0)}, ${how}${doubt}${one.standing === "draft" ? ", still a draft" : ""}`;
}

/** @param {Entered} one */
function factsOf(one) {
  const places = one.matched.map(([from, to]) => (to - from > 1 ? `${from + 1} to ${to}` : `${to}`)).join(", ");
  /** @type {[string, string][]} */
  const facts = [
    ["Rule", one.rule],
    ["Words", places && `${places} of turn ${one.utterance + 1}`],
    ["Read with", (one.cues ?? []).join(", ")],
    ["Details", (one.flags ?? []).join(", ").replaceAll("_", " ")],
    ["Answers", one.answers ? `“${one.answers}”` : ""],
    ["Recogniser", (one.confidence ?? 1) < 1 ? `${Math.round((one.confidence ?? 1) * 100)} % sure of the least sure word` : ""],
    ["Heard instead", one.heard ? `“${one.heard}”` : ""],
    ["Corrected", one.corrected],
    ["Why", one.because],
    ["Held back", one.held ? "raises nothing until the call shows a domestic frame" : ""],
  ];
  return facts.filter(([, value]) => value);
}

customElements.define("evidence-panel", EvidencePanel);
