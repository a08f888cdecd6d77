// <prompt-card>: the one question in front. Dispatches `step` with what a person decided.

import { ask, classBadge, el, keyHint, setText, show } from "../shared/dom.js";
import { CLASSES, clock, DISMISSALS, nameOf, OUTCOMES, PARTIES } from "../shared/words.js";

const STANDINGS = {
  draft: "Heard in a draft: the words may still change",
  settled: "Confirmed by the settled words",
  withdrawn: "Heard differently",
};

class PromptCard extends HTMLElement {
  #prompt = null;
  #parts = null;

  connectedCallback() {
    if (this.#parts) return;
    const parts = {
      badge: el("span", { class: "card-class" }),
      title: el("span", { class: "card-title" }),
      ask: el("p", { class: "card-question", id: "question" }),
      form: this.#button("form", "Yes / no form", "y", { "aria-pressed": "false" }),
      line: el("span", {}),
      quote: el("q", {}),
      said: el("span", { class: "card-said" }),
      standing: el("p", { class: "card-standing" }),
      evidence: this.#button("evidence", "Evidence", "e", { class: "small" }),
      owner: el("span", { class: "card-owner" }),
      seen: el("span", { class: "card-seen" }),
      own: this.#button("own", "Take", "t", { class: "primary" }),
      undo: this.#button("undo", "Undo", "u", {}),
      steps: el("div", { class: "card-steps" }),
    };
    this.#parts = parts;
    parts.steps.append(
      this.#group("What came of it?", "answers", OUTCOMES, "answer", "outcome"),
      this.#group("Put aside", "dismissals", DISMISSALS, "dismiss", "reason"),
    );
    this.append(
      el("header", {}, parts.badge, parts.title),
      el("div", { class: "card-ask" }, el("span", { class: "label", id: "ask-label" }, "Ask"), parts.ask, parts.form),
      el("p", { class: "card-line" }, el("span", { class: "label" }, "To do"), parts.line),
      el("blockquote", {}, parts.said, parts.quote),
      parts.standing,
      el("p", {}, parts.evidence),
      el("div", { class: "card-ownership" }, el("p", {}, parts.owner, parts.seen), parts.own, parts.undo),
      parts.steps,
    );
  }

  show({ prompt, me, people, yesNo, undoable }) {
    const parts = this.#parts;
    this.#prompt = prompt;
    this.className = `card card-${prompt.severity} is-${prompt.standing}`;
    if (parts.badge.dataset.severity !== prompt.severity) {
      parts.badge.dataset.severity = prompt.severity;
      parts.badge.replaceChildren(classBadge(prompt.severity, CLASSES[prompt.severity]));
    }
    setText(parts.title, prompt.title);
    setText(parts.ask, yesNo ? prompt.yes_no : prompt.ask);
    parts.form.setAttribute("aria-pressed", String(yesNo));
    setText(parts.line, me.role === "specialist" ? prompt.specialist : prompt.handler);
    setText(parts.said, `${PARTIES[prompt.party]} said at ${clock(prompt.start_ms)}: `);
    setText(parts.quote, prompt.quote);
    setText(parts.standing, standingText(prompt));
    this.#showOwner(prompt, me, people, undoable);
  }

  #showOwner(prompt, me, people, undoable) {
    const parts = this.#parts;
    const readOnly = me.role === "supervisor";
    const named = (id) => nameOf(people, id, me);
    setText(parts.owner, prompt.owner ? `Owned by ${named(prompt.owner)}` : "Nobody owns this yet");
    const seen = Object.keys(prompt.seen_by).filter((id) => prompt.seen_by[id] === "painted");
    setText(parts.seen, seen.length > 0 ? `On screen: ${seen.map(named).join(", ")}` : "");
    parts.owner.classList.toggle("unowned", !prompt.owner);
    const ownable = !readOnly && !prompt.owner;
    if (!ownable && parts.own === document.activeElement) parts.steps.querySelector("button").focus();
    show(parts.own, ownable);
    show(parts.undo, !readOnly && undoable);
    show(parts.steps, !readOnly);
  }

  #group(legend, name, choices, step, field) {
    const buttons = choices.map(({ value, label, key }) => this.#button(step, label, key, {}, { [field]: value }));
    return el("fieldset", { class: name }, el("legend", {}, legend), ...buttons);
  }

  #button(step, label, key, attributes, body = {}) {
    const button = el("button", { type: "button", "aria-keyshortcuts": key, ...attributes }, label, keyHint(key));
    button.addEventListener("click", () => ask(this, "step", { step, body, prompt: this.#prompt }));
    return button;
  }
}

function standingText(prompt) {
  if (prompt.standing === "withdrawn" && prompt.because) return prompt.because;
  const heard = prompt.standing === "withdrawn" && prompt.heard ? `: “${prompt.heard}”` : "";
  return STANDINGS[prompt.standing] + heard;
}

customElements.define("prompt-card", PromptCard);
