// <prompt-queue>: prompts that wait, and those that are done. Dispatches `step` to take a done one back.

import { ask, classBadge, el, keyed, setText, show } from "../shared/dom.js";
import { CLASSES, clock, dismissalLabel, nameOf, outcomeLabel } from "../shared/words.js";

class PromptQueue extends HTMLElement {
  #waiting = section("Waiting", "waiting");
  #done = section("Done", "done");

  connectedCallback() {
    this.append(this.#waiting.node, this.#done.node);
  }

  show({ waiting, closed, me, people }) {
    fill(this.#waiting, "Waiting", waiting, makeWaiting, updateWaiting);
    fill(this.#done, "Done", closed, (prompt) => this.#makeClosed(prompt), (node, prompt) =>
      updateClosed(node, prompt, me, people),
    );
  }

  #makeClosed() {
    const undo = el("button", { type: "button", class: "small" }, "Undo");
    const node = el("li", {}, el("span", { class: "queue-class" }), el("span", { class: "queue-what" }), undo);
    undo.addEventListener("click", () => ask(this, "step", { step: "undo", body: {}, prompt: node.prompt }));
    return node;
  }
}

function section(title, name) {
  const heading = el("h3", {}, title);
  const list = el("ol", { class: `queue queue-${name}` });
  return { heading, list, node: el("section", { "aria-label": title, hidden: true }, heading, list) };
}

function fill({ node, heading, list }, title, prompts, make, update) {
  show(node, prompts.length > 0);
  setText(heading, `${title} (${prompts.length})`);
  keyed(list, prompts, (prompt) => prompt.id, make, update);
}

function makeWaiting() {
  return el("li", {}, el("span", { class: "queue-class" }), el("span", { class: "queue-what" }));
}

function updateWaiting(node, prompt) {
  const instead = prompt.because || `Heard differently: “${prompt.heard}”.`;
  const differently = prompt.standing === "withdrawn" ? ` ${instead}` : "";
  fillIn(node, prompt, `${prompt.title}, ${clock(prompt.at_ms)}: “${prompt.quote}”.${differently}`);
}

function updateClosed(node, prompt, me, people) {
  const how = prompt.outcome ? outcomeLabel(prompt.outcome) : `Put aside: ${dismissalLabel(prompt.dismissal)}`;
  fillIn(node, prompt, `${prompt.title}, ${clock(prompt.at_ms)}. ${how} (${nameOf(people, prompt.closed_by, me)}).`);
  const undo = node.querySelector("button");
  undo.setAttribute("aria-label", `Undo: ${prompt.title}`);
  show(undo, me.role !== "supervisor");
}

function fillIn(node, prompt, text) {
  node.prompt = prompt;
  const [badge, what] = node.children;
  if (badge.dataset.severity !== prompt.severity) {
    badge.dataset.severity = prompt.severity;
    badge.replaceChildren(classBadge(prompt.severity, CLASSES[prompt.severity]));
  }
  setText(what, text);
}

customElements.define("prompt-queue", PromptQueue);
