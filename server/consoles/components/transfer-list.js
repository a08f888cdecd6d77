// <transfer-list>: calls that other forces hand over, each grave item in its own words until somebody here
// has named it. Dispatches `acknowledge`, and `announce` for what has just come.

import { ask, classBadge, el, keyed, show } from "../shared/dom.js";
import { dayAndTime, shortTime } from "../shared/brief.js";
import { grave, handedOver, itemFacts, origin, others } from "../shared/transfers.js";
import { callName, CLASSES, counted } from "../shared/words.js";

/** @import { EarlierCalls, Face, Line, Model, SaidBefore, Transferred, TransferItem } from "../shared/types.js" */

export class TransferList extends HTMLElement {
  #list = el("div", { class: "transfers" });
  /** @type {Set<string>} */
  #said = new Set();

  connectedCallback() {
    if (this.childElementCount === 0) this.append(el("h2", {}, "From other forces"), this.#list);
  }

  /** @param {{ model: Model }} shown */
  show({ model }) {
    const lines = handedOver(model);
    show(this, lines.length > 0);
    this.#announce(lines, model.connection.state === "live");
    keyed(this.#list, lines, (line) => line.call, () => el("article", {}), (node, line) => this.#draw(node, line, model.me));
  }

  /** Once of each call, and again when more has to be named. @param {(Line & { transfer: Transferred })[]} lines @param {boolean} live */
  #announce(lines, live) {
    for (const { call, transfer } of lines) {
      const left = grave(transfer).filter((item) => !item.by);
      const fresh = [call, ...left.map((item) => `${call} ${item.marker}`)].filter((key) => !this.#said.has(key));
      for (const key of fresh) this.#said.add(key);
      if (fresh.length === 0 || transfer.taken || !live) continue;
      const sentence = `${transfer.from_name} hands over ${callName(call)}: ${left.map(({ title }) => title).join(", ") || "nothing grave told"}.`;
      ask(this, "announce", { sentence });
    }
  }

  /** @param {HTMLElement} node @param {Line & { transfer: Transferred }} line @param {Face | null} me */
  #draw(node, { call, transfer }, me) {
    const now = JSON.stringify([transfer, me?.on_duty, me?.role]);
    if (node.dataset.drawn === now) return;
    node.dataset.drawn = now;
    const held = document.activeElement instanceof HTMLElement && node.contains(document.activeElement) ? document.activeElement.dataset.act : undefined;
    const title = el("h3", {}, el("a", { href: `/desk?call=${encodeURIComponent(call)}` }, callName(call)), `: ${origin(transfer)}`);
    node.className = transfer.taken ? "taken" : "wants";
    const items = el("ul", { class: "transfer-items" }, ...grave(transfer).map((item) => this.#item(call, item, me)));
    const whole = this.#whole(call, transfer, me);
    node.replaceChildren(title, ringing(transfer), items, ...(whole ? [whole] : []), ...linkedTo(transfer.linked), ...rest(transfer));
    if (held !== undefined) goOn(node, held);
  }

  /** @param {string} call @param {TransferItem} item @param {Face | null} me */
  #item(call, item, me) {
    return el(
      "li",
      { class: item.by ? "named" : "not-named" },
      el("p", {}, classBadge(item.severity, CLASSES[item.severity]), " ", el("strong", {}, item.title)),
      item.quote ? el("blockquote", {}, `“${item.quote}”`) : null,
      el("p", { class: "quiet" }, itemFacts(item)),
      item.by && item.at ? el("p", {}, `${item.by} has it, ${shortTime(item.at)}`) : this.#button(call, [item.marker], `We have this: ${item.title}`, me),
    );
  }

  /** Where nothing has to be named. @param {string} call @param {Transferred} transfer @param {Face | null} me */
  #whole(call, transfer, me) {
    return grave(transfer).length === 0 && !transfer.taken ? this.#button(call, [], `We have ${callName(call)}`, me) : null;
  }

  /** @param {string} call @param {string[]} named @param {string} label @param {Face | null} me */
  #button(call, named, label, me) {
    if (!me?.on_duty) return el("p", { class: "loud" }, "Nobody here has said that they have it. Come on duty to say so.");
    const button = el("button", { type: "button", class: "primary", "data-act": named.join(" ") }, label);
    button.addEventListener("click", () => ask(this, "acknowledge", { call, named }));
    return button;
  }
}

/** The item whose button was pressed is named now: the focus goes on to the next that is not. @param {HTMLElement} node @param {string} held */
function goOn(node, held) {
  const next = node.querySelector(`[data-act="${CSS.escape(held)}"]`) ?? node.querySelector("button") ?? node.querySelector("a");
  if (next instanceof HTMLElement) next.focus();
}

/** @param {Transferred} transfer */
function ringing({ from_name, phone, caller, why, sent_by }) {
  const told = [`Ring ${from_name}: `, el("strong", { class: "phone" }, phone)];
  if (caller) told.push(". The caller: ", el("strong", { class: "phone" }, caller));
  return el("p", {}, ...told, `. Sent by ${sent_by}${why ? `: ${why}` : ""}.`);
}

/** What was said on their earlier calls: a danger to life in the open, whatever else behind a press. @param {EarlierCalls | null} linked */
function linkedTo(linked) {
  if (!linked) return [];
  const { calls, because, said, unread } = linked;
  const head = el("p", {}, el("strong", {}, `${counted(calls, "earlier call")} there about the same people`), because ? ` (${because})` : "", unread ? `. What was said on ${calls === 1 ? "it" : "them"} could not be read there.` : "");
  const grave = said.filter(({ severity }) => severity === "immediate");
  const others = said.filter(({ severity }) => severity !== "immediate");
  const more = el("details", {}, el("summary", {}, `${counted(others.length, "thing")} more said on ${calls === 1 ? "it" : "them"}`), el("ul", { class: "transfer-items" }, ...others.map(saidBefore)));
  return [head, ...(grave.length > 0 ? [el("ul", { class: "transfer-items" }, ...grave.map(saidBefore))] : []), ...(others.length > 0 ? [more] : [])];
}

/** @param {SaidBefore} one */
function saidBefore({ severity, title, quote, said_at, name }) {
  return el("li", {}, el("p", {}, classBadge(severity, CLASSES[severity]), " ", el("strong", {}, title)), el("blockquote", {}, `“${quote}”`), el("p", { class: "quiet" }, `On an earlier call, ${dayAndTime(said_at)}, their ${name}`));
}

/** What else they told, and did not ask. @param {Transferred} transfer */
function rest(transfer) {
  const { from_name, phone, not_asked, records, notes, earlier, sound } = transfer;
  const more = others(transfer).map((item) => `${item.title}${item.quote ? `: “${item.quote}”` : ""} (${itemFacts(item)})`);
  const facts = [...more, ...records, ...notes, earlier].filter((text) => text !== "");
  return [
    not_asked.length > 0 ? el("p", { class: "loud" }, `NOT ASKED THERE: ${not_asked.join(", ")}`) : null,
    sound ? el("p", {}, `${sound}. It cannot be played here: ask ${from_name} for it, `, el("strong", { class: "phone" }, phone), ".") : null,
    facts.length > 0 ? el("details", {}, el("summary", {}, `${counted(facts.length, "thing")} more on their sheet`), el("ul", {}, ...facts.map((text) => el("li", {}, text)))) : null,
  ].filter((node) => node !== null);
}

customElements.define("transfer-list", TransferList);
