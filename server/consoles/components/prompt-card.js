// <prompt-card>: the one question in front. Dispatches `step` with what a person decided.

import { ask, el, keyButton, setBadge, setText, show } from "../shared/dom.js";
import { mayActOn } from "../shared/prompts.js";
import {
  CLASSES,
  clock,
  DISMISSALS,
  escalatedText,
  nameOf,
  OUTCOMES,
  PARTIES,
  standingText,
} from "../shared/words.js";

/** @import { Face, Prompt } from "../shared/types.js" */

/** @typedef {{ prompt: Prompt, me: Face, people: Record<string, Face>, yesNo: boolean, undoable: boolean, hearable: boolean }} Shown */

export class PromptCard extends HTMLElement {
  /** @type {Prompt | null} */
  #prompt = null;
  #badge = el("span", { class: "card-class" });
  #title = el("span", { class: "card-title" });
  #escalated = el("p", { class: "card-escalated" });
  #ask = el("p", { class: "card-question", id: "question" });
  #form = this.#button("form", "Yes / no form", "y", { class: "small", "aria-pressed": "false" });
  #line = el("span", {});
  #todo = el("p", { class: "card-line" }, el("span", { class: "label" }, "To do"), this.#line);
  #quote = el("q", {});
  #said = el("span", { class: "card-said" });
  #standing = el("p", { class: "card-standing" });
  #hear = this.#button("hear", "Hear again", "i", { class: "small" });
  #evidence = this.#button("evidence", "Evidence", "e", { class: "small" });
  #owner = el("span", { class: "card-owner" });
  #seen = el("span", { class: "card-seen" });
  #own = this.#button("own", "Take", "t", { class: "primary" });
  #drop = this.#button("drop", "Give back", "", {});
  #asked = this.#button("asked", "Asked", "a", {});
  #share = this.#button("share", "Send to handler", "h", {});
  #undo = this.#button("undo", "Undo", "u", {});
  #steps = el("div", { class: "card-steps" });

  connectedCallback() {
    if (this.childElementCount > 0) return;
    const answers = OUTCOMES.map(({ value, label, key }) => this.#button("answer", label, key, {}, { outcome: value }));
    const aside = this.#button("dismiss", "Put aside", "x", { class: "aside" });
    const reasons = DISMISSALS.filter(({ key }) => key !== "x").map(({ value, label, key }) => this.#button("dismiss", label, key, { class: "small" }, { reason: value }));
    this.#steps.append(
      el("fieldset", { class: "answers" }, el("legend", {}, "What came of it?"), ...answers, aside),
      el("details", { class: "reasons" }, el("summary", {}, "Put aside, and say why"), ...reasons),
    );
    this.append(
      el("header", {}, this.#badge, this.#title),
      this.#escalated,
      el("div", { class: "card-ask" }, el("span", { class: "label", id: "ask-label" }, "Ask"), this.#form, this.#ask),
      this.#todo,
      el("blockquote", {}, this.#said, this.#quote),
      el("div", { class: "card-standing-row" }, this.#standing, this.#hear, this.#evidence),
      el("div", { class: "card-ownership" }, el("p", {}, this.#owner, this.#seen), this.#own, this.#asked, this.#share, this.#drop, this.#undo),
      this.#steps,
    );
  }

  /** @param {Shown} shown */
  show({ prompt, me, people, yesNo, undoable, hearable }) {
    this.#prompt = prompt;
    show(this.#hear, hearable);
    this.className = `card card-${prompt.severity} is-${prompt.standing}`;
    setBadge(this.#badge, prompt.severity, CLASSES[prompt.severity]);
    setText(this.#title, prompt.title + (prompt.upgraded ? ` (counts as ${CLASSES[prompt.severity].toLowerCase()}: ${prompt.upgraded})` : ""));
    setText(this.#escalated, escalatedText(prompt));
    show(this.#escalated, this.#escalated.textContent !== "");
    setText(this.#ask, (yesNo && prompt.yes_no) || prompt.ask);
    this.#form.setAttribute("aria-pressed", String(yesNo));
    setText(this.#line, prompt.specialist);
    show(this.#todo, prompt.specialist !== "");
    setText(this.#said, prompt.by ? `${nameOf(people, prompt.by, me)} marked, at ${clock(prompt.start_ms)}: ` : `${PARTIES[prompt.party]} said at ${clock(prompt.start_ms)}: `);
    setText(this.#quote, prompt.quote);
    show(this.#quote, prompt.quote !== "");
    if (prompt.found) setText(this.#said, prompt.found);
    setText(this.#standing, standingText(prompt));
    this.#showOwner(prompt, me, people, undoable);
  }

  /** @param {Prompt} prompt @param {Face} me @param {Record<string, Face>} people @param {boolean} undoable */
  #showOwner(prompt, me, people, undoable) {
    const readOnly = !mayActOn(prompt, me);
    /** @param {string} id */
    const named = (id) => nameOf(people, id, me);
    setText(this.#owner, prompt.owner ? `Owned by ${named(prompt.owner)}${prompt.asked ? ", asked" : ""}` : "Nobody owns this yet");
    setText(this.#seen, seenText(prompt, named));
    this.#owner.classList.toggle("unowned", !prompt.owner);
    const ownable = !readOnly && !prompt.owner;
    if (!ownable && this.#own === document.activeElement) this.#steps.querySelector("button")?.focus();
    show(this.#own, ownable);
    show(this.#drop, prompt.owner === me.id);
    show(this.#asked, !readOnly && !prompt.asked && prompt.owner !== null);
    show(this.#share, me.role === "specialist" && !prompt.shared && prompt.by === null && prompt.severity !== "immediate");
    show(this.#undo, !readOnly && undoable);
    show(this.#steps, !readOnly);
  }

  /** @param {string} step @param {string} label @param {string} key @param {Record<string, string>} attributes @param {object} [body] */
  #button(step, label, key, attributes, body = {}) {
    return keyButton(label, key, () => ask(this, "step", { step, body, prompt: this.#prompt }), attributes);
  }
}

/** @param {Prompt} prompt @param {(id: string) => string} named */
function seenText({ seen_by }, named) {
  const seen = Object.keys(seen_by).filter((id) => seen_by[id] === "seen");
  const painted = Object.keys(seen_by).filter((id) => seen_by[id] === "painted");
  const parts = [
    ...(seen.length > 0 ? [`Seen by ${seen.map(named).join(", ")}`] : []),
    ...(painted.length > 0 ? [`On screen: ${painted.map(named).join(", ")}`] : []),
  ];
  return parts.join(". ");
}

customElements.define("prompt-card", PromptCard);
