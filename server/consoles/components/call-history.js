// <call-history>: the earlier calls that this one belongs to and why, what they were about, and whom this call is about.
// Dispatches `memory` with `what` and `body`: an act on the call.

import { ask, classBadge, el, field, keyButton, keyed, setText, show } from "../shared/dom.js";
import { ABOUT, countsText, KINDS, originText, standing } from "../shared/history.js";
import { callName, counted, nameOf } from "../shared/words.js";

/** @import { Entity, Face, Memory, MemoryLink } from "../shared/types.js" */

/** @typedef {{ memory: Memory, me: Face, people: Record<string, Face>, reads: boolean }} Shown */

export class CallHistory extends HTMLElement {
  #title = el("h3", { id: "history-title" }, "Earlier calls");
  #counts = el("p", { class: "facts" });
  #together = el("ul", { class: "together", "aria-label": "Together over the linked calls" });
  #links = el("ol", { class: "links", "aria-label": "Linked calls" });
  #possible = el("ol", { class: "links", "aria-label": "Possibly linked calls" });
  #maybe = el("details", { class: "maybe" }, el("summary", {}, "Possible, not counted"), this.#possible);
  #known = el("ul", { class: "known", "aria-label": "Whom and what this call is about" });
  #kind = el("select", { id: "known-kind" }, ...KINDS.map(({ value, label }) => el("option", { value }, label)));
  #text = el("input", { id: "known-text", autocomplete: "off", maxlength: "120" });
  #about = el("select", { id: "known-about" }, ...ABOUT.map(({ value, label }) => el("option", { value }, label)));
  #form = el("form", { class: "known-form" }, field("known-kind", "Add", this.#kind), field("known-text", "As it was given", this.#text), field("known-about", "Whose", this.#about), el("button", { type: "submit", class: "small" }, "Add"));

  #more = el("details", { class: "maybe" }, el("summary", {}, "Add a name, place, telephone, vehicle or order"), this.#form);

  connectedCallback() {
    if (this.childElementCount > 0) return;
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!this.#text.value.trim()) return;
      this.#act("entities", { kind: this.#kind.value, text: this.#text.value, about: this.#about.value });
      this.#text.value = "";
    });
    this.append(
      el("div", { class: "history-calls" }, el("div", { class: "head-line" }, this.#title, this.#counts), this.#together, this.#links, this.#maybe),
      el("div", { class: "history-known" }, el("h3", {}, "Whom and what this call is about"), this.#known, this.#more),
    );
  }

  /** @param {Shown} shown */
  show({ memory, me, people, reads }) {
    const linked = memory.links.filter(({ counts }) => counts);
    const others = memory.links.filter(({ counts }) => !counts);
    setText(this.#title, titleOf(memory.number, linked.length));
    setText(this.#counts, linked.length > 0 ? countsText(memory.counts) : "");
    keyed(this.#together, memory.combinations, ({ name }) => name, () => el("li", { class: "banner-plain" }), (node, { name, because }) => setText(node, `Together over these calls: ${name}. ${because}.`));
    show(this.#together, memory.combinations.length > 0);
    this.#list(this.#links, linked, { me, people, reads });
    this.#list(this.#possible, others, { me, people, reads });
    show(this.#maybe, others.length > 0);
    keyed(this.#known, memory.entities, ({ entity }) => entity.id, () => el("li"), (node, one) => this.#entity(node, one, { me, people, reads }));
    show(this.#more, !reads);
  }

  /** @param {HTMLElement} list @param {MemoryLink[]} links @param {{ me: Face, people: Record<string, Face>, reads: boolean }} who */
  #list(list, links, who) {
    keyed(list, links, ({ call }) => call, () => el("li", { class: "link" }), (node, link) => this.#link(node, link, who));
  }

  /** @param {HTMLElement} node @param {MemoryLink} link @param {{ me: Face, people: Record<string, Face>, reads: boolean }} who */
  #link(node, link, { me, people, reads }) {
    const by = (/** @type {string | null} */ id) => nameOf(people, id, me);
    const seen = JSON.stringify([link, reads]);
    if (node.dataset.seen === seen) return;
    node.dataset.seen = seen;
    node.dataset.standing = standing(link);
    const words = { confirmed: `Confirmed by ${by(link.confirmed_by)}`, undone: `Taken away by ${by(link.undone_by)}`, possible: "Possible: the machine is not sure", machine: "Linked by the machine" };
    const facts = [callName(link.call), link.channel, link.force, link.grade && `grade ${link.grade}`, link.outcome].filter(Boolean).join(" · ");
    const acts = el("span", { class: "link-acts" });
    const confirm = keyButton("Same people", "", () => this.#act(`links/${encodeURIComponent(link.call)}/confirm`), { class: "small", "aria-label": `Same people as the call ${link.ago}` });
    const undo = keyButton("Not the same", "", () => this.#act(`links/${encodeURIComponent(link.call)}/undo`), { class: "small", "aria-label": `Not the same people as the call ${link.ago}` });
    if (!reads) acts.append(...(link.confirmed_by ? [undo] : link.undone_by ? [confirm] : [confirm, undo]));
    node.replaceChildren(
      el("p", { class: "link-head" }, el("strong", {}, link.ago), el("span", { class: "link-standing" }, words[standing(link)]), acts),
      el("p", { class: "quiet" }, facts),
      el("p", {}, `Why: ${link.reasons.join("; ")}.`),
      el("ul", { class: "link-marks" }, ...link.markers.map(({ severity, title, marker, quote }) => el("li", {}, classBadge(severity, title || marker.replaceAll("_", " ")), quote ? ` “${quote}”` : ""))),
    );
  }

  /** @param {HTMLElement} node @param {{ entity: Entity, confirmed_by: string | null, refused_by: string | null }} one @param {{ me: Face, people: Record<string, Face>, reads: boolean }} who */
  #entity(node, one, { me, people, reads }) {
    const seen = JSON.stringify([one, reads]);
    if (node.dataset.seen === seen) return;
    node.dataset.seen = seen;
    const { entity, confirmed_by, refused_by } = one;
    const open = entity.origin === "heard" && !confirmed_by && !refused_by;
    const said = confirmed_by ? `confirmed by ${nameOf(people, confirmed_by, me)}` : refused_by ? `wrong, says ${nameOf(people, refused_by, me)}` : originText(entity);
    const first = open && !node.parentElement?.querySelector("[data-open]");
    node.toggleAttribute("data-open", open);
    const right = keyButton("Right", first ? "f" : "", () => this.#act(`entities/${encodeURIComponent(entity.id)}/confirm`), { class: "small" });
    const wrong = keyButton("Wrong", "", () => this.#act(`entities/${encodeURIComponent(entity.id)}/refuse`), { class: "small" });
    for (const button of [right, wrong]) button.firstElementChild?.append(el("span", { class: "spoken-only" }, `: ${entity.text}`));
    const text = el("strong", {}, entity.text);
    if (refused_by) text.style.textDecoration = "line-through";
    node.replaceChildren(text, ` ${[entity.kind, entity.about, entity.shared ? "a shared telephone" : "", said].filter(Boolean).join(" · ")} `, ...(open && !reads ? [right, wrong] : []));
    if (entity.quote) node.title = `“${entity.quote}”`;
  }

  /** Say that the first thing heard and not yet confirmed is right. */
  confirmFirst() {
    const first = this.#known.querySelector("[data-open] button");
    if (first instanceof HTMLButtonElement) first.click();
  }

  /** @param {string} what @param {object} [body] */
  #act(what, body) {
    ask(this, "memory", { what, body });
  }
}

/** @param {number} number @param {number} linked */
function titleOf(number, linked) {
  if (number > 1) return `Call ${number} tonight`;
  return linked > 0 ? `${counted(linked, "linked call")}` : "No earlier call is linked";
}

customElements.define("call-history", CallHistory);
