// <wall-figures>: five numbers that a glance across the room can take in.

import { el, keyed, setText } from "../shared/dom.js";
import { Memo } from "../shared/memo.js";
import { isDeaf, live } from "../shared/view.js";

/** @import { Model } from "../shared/types.js" */

/** @typedef {{ key: string, label: string, value: string, alarm: boolean }} Figure */

export class WallFigures extends HTMLElement {
  #memo = new Memo();

  /** @param {{ model: Model, late_ms: number | null }} shown `late_ms`: the longest that any leg is heard late now */
  show({ model, late_ms }) {
    if (this.#memo.same(model.lines, model.waiting, late_ms)) return;
    keyed(this, figures(model, late_ms), ({ key }) => key, makeFigure, (node, figure) => {
      node.classList.toggle("alarm", figure.alarm);
      const [value, label] = node.children;
      if (value) setText(value, figure.value);
      if (label) setText(label, figure.label);
    });
  }
}

function makeFigure() {
  return el("p", { class: "figure" }, el("span", { class: "figure-value" }), el("span", { class: "figure-label" }));
}

/** @param {Model} model @param {number | null} late_ms @returns {Figure[]} */
function figures(model, late_ms) {
  const lines = Object.values(model.lines).filter(live);
  const unowned = lines.reduce((sum, line) => sum + (line.immediate_waiting ?? 0), 0);
  const waiting = model.waiting.length;
  const deaf = lines.filter(isDeaf).length;
  return [
    { key: "live", label: lines.length === 1 ? "live call" : "live calls", value: String(lines.length), alarm: false },
    { key: "unowned", label: "immediate, not owned", value: String(unowned), alarm: unowned > 0 },
    { key: "waiting", label: waiting === 1 ? "call waits for a specialist" : "calls wait for a specialist", value: String(waiting), alarm: waiting > 0 },
    { key: "deaf", label: deaf === 1 ? "call not fully heard" : "calls not fully heard", value: String(deaf), alarm: deaf > 0 },
    { key: "late", label: "heard late, at most", value: late_ms === null ? "–" : `${(late_ms / 1000).toFixed(1)} s`, alarm: (late_ms ?? 0) > 1000 },
  ];
}

customElements.define("wall-figures", WallFigures);
