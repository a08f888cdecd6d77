// <prompt-queue>: prompts that wait, and those that are done. Dispatches `step` to take a done one back.

import { ask, el, keyed, setBadge, setText, show } from "../shared/dom.js";
import { mayActOn } from "../shared/prompts.js";
import { CLASSES, clock, doneText, nameOf } from "../shared/words.js";

/** @import { Face, Prompt } from "../shared/types.js" */

export class PromptQueue extends HTMLElement {
  #waiting = section("Waiting", "waiting");
  #done = section("Done", "done");

  connectedCallback() {
    if (this.childElementCount === 0) this.append(this.#waiting.node, this.#done.node);
  }

  /** @param {{ waiting: Prompt[], closed: Prompt[], me: Face, people: Record<string, Face> }} shown */
  show({ waiting, closed, me, people }) {
    fill(this.#waiting, "Waiting", waiting, (prompt) => new QueueItem(prompt, null), (item) => item.show(waitingText(item.prompt)));
    fill(this.#done, "Done", closed, (prompt) => new QueueItem(prompt, (now) => ask(this, "step", { step: "undo", body: {}, prompt: now })), (item) =>
      item.show(`${item.prompt.title}, ${clock(item.prompt.at_ms)}. ${doneText(item.prompt)} (${nameOf(people, item.prompt.closed_by, me)}).`, mayActOn(item.prompt, me)),
    );
  }
}

class QueueItem {
  #badge = el("span", { class: "queue-class" });
  #what = el("span", { class: "queue-what" });
  #undo = el("button", { type: "button", class: "small", hidden: true }, "Undo");
  node = el("li", {}, this.#badge, this.#what, this.#undo);

  /** @param {Prompt} prompt @param {((prompt: Prompt) => void) | null} undo */
  constructor(prompt, undo) {
    this.prompt = prompt;
    if (undo) this.#undo.addEventListener("click", () => undo(this.prompt));
    items.set(this.node, this);
  }

  /** @param {string} text @param {boolean} [undoable] */
  show(text, undoable = false) {
    setBadge(this.#badge, this.prompt.severity, CLASSES[this.prompt.severity]);
    setText(this.#what, text);
    this.#undo.setAttribute("aria-label", `Undo: ${this.prompt.title}`);
    show(this.#undo, undoable);
  }
}

/** @type {WeakMap<HTMLElement, QueueItem>} */
const items = new WeakMap();

/** @param {string} title @param {string} name */
function section(title, name) {
  const heading = el("h3", {}, title);
  const list = el("ol", { class: `queue queue-${name}` });
  return { heading, list, node: el("section", { "aria-label": title, hidden: true }, heading, list) };
}

/** @param {ReturnType<typeof section>} where @param {string} title @param {Prompt[]} prompts @param {(prompt: Prompt) => QueueItem} make @param {(item: QueueItem) => void} update */
function fill({ node, heading, list }, title, prompts, make, update) {
  show(node, prompts.length > 0);
  setText(heading, `${title} (${prompts.length})`);
  keyed(list, prompts, (prompt) => prompt.id, (prompt) => make(prompt).node, (held, prompt) => {
    const item = items.get(held);
    if (!item) return;
    item.prompt = prompt;
    update(item);
  });
}

/** @param {Prompt} prompt */
function waitingText(prompt) {
  const instead = prompt.because || `Heard differently: “${prompt.heard}”.`;
  const differently = prompt.standing === "withdrawn" ? ` ${instead}` : "";
  const owned = prompt.owner === null ? "" : " Owned.";
  return `${prompt.title}, ${clock(prompt.at_ms)}: ${prompt.found || `“${prompt.quote}”.`}${differently}${owned}`;
}

customElements.define("prompt-queue", PromptQueue);
