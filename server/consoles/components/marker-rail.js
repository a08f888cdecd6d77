// <marker-rail>: every sign that was sighted, with its words. Dispatches `jump`, `judge` and `evidence`.

import { ask, el, keyed, setBadge, setText, show } from "../shared/dom.js";
import { signs } from "../shared/timeline.js";
import { CLASSES, clock, nameOf, PARTIES } from "../shared/words.js";

/** @import { Call, Face, Judgement, Severity } from "../shared/types.js" */
/** @import { Sign } from "../shared/timeline.js" */

/** @typedef {{ sign: Sign, judged: Judgement | null, me: Face, people: Record<string, Face> }} Entry */

const VERDICTS = { true: "Judged true", not: "Judged not so", missed: "Marked by hand" };

export class MarkerRail extends HTMLElement {
  #list = el("ol", { class: "rail" });
  #empty = el("p", { class: "quiet" }, "No marker has been sighted.");

  connectedCallback() {
    if (this.childElementCount === 0) this.append(el("h3", {}, "Signs"), this.#empty, this.#list);
  }

  /** @param {{ call: Call | null, legend: Record<string, { title: string, severity: Severity }>, me: Face, people: Record<string, Face> }} shown */
  show({ call, legend, me, people }) {
    const found = call ? signs(call, legend) : [];
    show(this.#empty, found.length === 0);
    keyed(this.#list, found, (sign) => sign.key, () => new RailItem(this).node, (node, sign) => {
      items.get(node)?.show({ sign, judged: call?.judgements[sign.key] ?? null, me, people });
    });
  }
}

class RailItem {
  /** @type {Entry | null} */
  #entry = null;
  #badge = el("span", { class: "rail-class" });
  #title = el("span", { class: "rail-title" });
  #words = el("span", { class: "rail-words" });
  #verdict = el("span", { class: "rail-verdict" });
  #true = el("button", { type: "button", class: "small", "aria-pressed": "false" }, "True");
  #not = el("button", { type: "button", class: "small", "aria-pressed": "false" }, "Not so");
  #go = el("button", { type: "button", class: "rail-go" }, this.#badge, this.#title, this.#words);
  #judge = el("div", { class: "rail-judge", role: "group", "aria-label": "Is this right?" }, this.#true, this.#not, this.#verdict);
  node = el("li", {}, this.#go, this.#judge);

  /** @param {EventTarget} rail */
  constructor(rail) {
    this.#go.addEventListener("click", () => ask(rail, "jump", this.#about()));
    this.#true.addEventListener("click", () => ask(rail, "judge", { ...this.#about(), verdict: "true" }));
    this.#not.addEventListener("click", () => ask(rail, "judge", { ...this.#about(), verdict: "not" }));
    items.set(this.node, this);
  }

  /** @param {Entry} entry */
  show(entry) {
    this.#entry = entry;
    const { sign, judged, me, people } = entry;
    setBadge(this.#badge, sign.severity, CLASSES[sign.severity]);
    setText(this.#title, `${sign.denied ? "Denied: " : ""}${sign.title}`);
    setText(this.#words, `${clock(sign.at_ms)} ${PARTIES[sign.party]}: “${sign.quote}”`);
    this.node.classList.toggle("is-not", judged?.verdict === "not");
    show(this.#judge, me.role === "specialist");
    this.#true.setAttribute("aria-pressed", String(judged?.verdict === "true"));
    this.#not.setAttribute("aria-pressed", String(judged?.verdict === "not"));
    this.#true.setAttribute("aria-label", `True: ${sign.title}`);
    this.#not.setAttribute("aria-label", `Not so: ${sign.title}`);
    setText(this.#verdict, judged ? `${VERDICTS[judged.verdict]} (${nameOf(people, judged.person, me)})` : "");
  }

  #about() {
    const [marker = "", party = "", utterance = ""] = this.#entry?.sign.key.split(" ") ?? [];
    const after = this.#entry?.judged ? { after: this.#entry.judged.seq } : {};
    return { marker, party, utterance: Number(utterance), ...after };
  }
}

/** @type {WeakMap<HTMLElement, RailItem>} */
const items = new WeakMap();

customElements.define("marker-rail", MarkerRail);
