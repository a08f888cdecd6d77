// <call-list>: the calls that I may know of. Dispatches `choose` and `take`.

import { ask, classBadge, el, keyed, setText, show } from "../shared/dom.js";
import { callName, CLASSES, clock, nameOf } from "../shared/words.js";

class CallList extends HTMLElement {
  #list = el("ol", { class: "calls" });
  #empty = el("p", { class: "quiet" }, "No calls. New calls appear here by themselves.");

  connectedCallback() {
    this.append(el("h2", {}, "Calls"), this.#list, this.#empty);
  }

  show({ lines, selected, me, people, now_ms }) {
    show(this.#empty, lines.length === 0);
    keyed(this.#list, lines, (line) => line.call, make, (node, line) =>
      node.update(line, { current: line.call === selected, me, people, now_ms }),
    );
  }
}

function make(line) {
  const parts = {
    name: el("span", { class: "call-name" }),
    time: el("span", { class: "call-time" }),
    badge: el("span", { class: "call-class" }),
    prompts: el("span", { class: "call-prompts" }),
    who: el("span", { class: "call-who" }),
    deaf: el("span", { class: "call-deaf" }),
  };
  const open = el("button", { type: "button", class: "call" }, ...Object.values(parts));
  open.addEventListener("click", () => ask(node, "choose", { call: line.call }));
  const take = el("button", { type: "button", class: "small" }, "Take call");
  take.addEventListener("click", () => ask(node, "take", { call: line.call }));
  const node = el("li", {}, open, take);
  node.update = (now, context) => update(now, context, { node, open, take, ...parts });
  return node;
}

function update(line, { current, me, people, now_ms }, parts) {
  const ended = line.ended_at !== null;
  setText(parts.name, callName(line.call));
  const until = ended ? Date.parse(line.ended_at) : now_ms;
  setText(parts.time, `${ended ? "ended, " : ""}${clock(until - Date.parse(line.arrived_at))}`);
  if (parts.badge.dataset.severity !== line.severity) {
    parts.badge.dataset.severity = line.severity;
    parts.badge.replaceChildren(classBadge(line.severity, CLASSES[line.severity]));
  }
  setText(parts.prompts, promptsText(line));
  setText(parts.who, whoText(line, people, me));
  setText(parts.deaf, deafText(line));
  show(parts.deaf, parts.deaf.textContent !== "");
  parts.open.setAttribute("aria-current", String(current));
  parts.node.classList.toggle("ended", ended);
  show(parts.take, !ended && mayTake(line, me));
}

export function mayTake(line, me) {
  if (me.role === "handler") return line.handler === null;
  return me.role === "specialist" && me.on_duty && line.specialist === null;
}

function promptsText({ open_prompts: open, unowned_prompts: unowned }) {
  if (open === 0) return "No open prompts";
  return `${open} open ${open === 1 ? "prompt" : "prompts"}${unowned > 0 ? `, ${unowned} not owned` : ""}`;
}

function whoText(line, people, me) {
  const handler = line.handler ? nameOf(people, line.handler, me) : "No handler";
  const specialist = line.specialist ? nameOf(people, line.specialist, me) : "no specialist";
  const text = `${handler} · ${specialist}`;
  return text[0].toUpperCase() + text.slice(1);
}

function deafText(line) {
  if (line.ended_at !== null) return "";
  if (line.deaf.length > 0) return `Not listening to ${line.deaf.join(" and ")}`;
  return line.connected ? "" : "No sound line";
}

customElements.define("call-list", CallList);
