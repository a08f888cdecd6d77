// <grade-dialog>: what stands against a lower grade, word for word; then a reason, or a second person's word.
// Dispatches `lowered`, `confirmed` and `turned-down`.

import { ask, classBadge, el, field, setText, show } from "../shared/dom.js";
import { callName, CLASSES, clock, nameOf, outcomeLabel, PARTIES } from "../shared/words.js";

/** @import { Against, Downgrade, Face, GradeView } from "../shared/types.js" */

const REASON_LIMIT = 300;

export class GradeDialog extends HTMLElement {
  #grade = "";
  #change = "";
  #title = el("h2", { id: "lower-title" });
  #said = el("p", { class: "lower-said" });
  #head = el("h3", {});
  #against = el("ul", { class: "against" });
  #reason = el("textarea", { id: "lower-reason", maxlength: String(REASON_LIMIT), rows: "2" });
  #send = el("button", { type: "submit", class: "primary" });
  #no = el("button", { type: "button" });
  #told = el("p", { class: "told", role: "status" });
  #dialog = el("dialog", { "aria-labelledby": "lower-title", class: "lower" });
  #wants = false;

  connectedCallback() {
    if (this.childElementCount > 0) return;
    const close = el("button", { type: "button" }, "Cancel");
    close.addEventListener("click", () => this.#dialog.close());
    const form = el("form", { method: "dialog" }, this.#title, this.#said, this.#head, this.#against, field("lower-reason", "Reason", this.#reason), this.#told, el("div", { class: "dialog-acts" }, this.#send, this.#no, close));
    form.addEventListener("submit", (event) => this.#sent(event));
    this.#no.addEventListener("click", () => this.#turnDown());
    this.#dialog.append(form);
    this.append(this.#dialog);
  }

  get isOpen() {
    return this.#dialog.open;
  }

  /** Somebody wants a lower grade. @param {{ call: string, view: GradeView, grade: string, me: Face, people: Record<string, Face> }} shown */
  lower({ call, view, grade, me, people }) {
    const roles = view.scale.find(({ name }) => name === grade)?.regrade_roles ?? [];
    const second = view.against.length > 0 || (roles.length > 0 && !roles.includes(me.role));
    setText(this.#title, `Lower from ${view.grade} to ${grade}?`);
    setText(this.#said, second ? `It then waits for ${roles.length > 0 ? `a second person; one of the two has to be a ${roles.join(" or ")}` : "a second person"}. Until then the grade stays.` : "");
    setText(this.#send, second ? "Ask for a second person" : `Lower to ${grade}`);
    show(this.#no, false);
    this.#open({ call, view, me, people, grade, change: "", wants: second });
  }

  /** A lower grade waits. @param {{ call: string, view: GradeView, downgrade: Downgrade, me: Face, people: Record<string, Face> }} shown */
  decide({ call, view, downgrade, me, people }) {
    const mine = downgrade.by === me.id;
    const who = nameOf(people, downgrade.by, me);
    setText(this.#title, downgrade.done ? `Lowered from ${downgrade.was} to ${downgrade.grade}` : `Lower from ${downgrade.was} to ${downgrade.grade}?`);
    setText(this.#said, `${mine ? "You give" : `${who} gives`} this reason: ${downgrade.reason ? `“${downgrade.reason}”` : "none"}`);
    setText(this.#send, "Confirm as second person");
    show(this.#send, !mine);
    setText(this.#no, mine && !downgrade.done ? "Take back" : "It should not stand");
    show(this.#no, true);
    this.#open({ call, view, me, people, grade: "", change: downgrade.change, wants: downgrade.done });
  }

  /** @param {{ call: string, view: GradeView, me: Face, people: Record<string, Face>, grade: string, change: string, wants: boolean }} shown */
  #open({ call, view, me, people, grade, change, wants }) {
    [this.#grade, this.#change, this.#wants] = [grade, change, wants];
    if (grade) show(this.#send, true);
    const count = view.against.length;
    setText(this.#head, count > 0 ? "What stands against it" : "No immediate or high marker stands against it.");
    this.#against.replaceChildren(...view.against.map((one) => standing(one, call, people, me)));
    this.#reason.value = "";
    this.#reason.required = false;
    setText(this.#told, "");
    this.#dialog.showModal();
    this.#reason.focus();
  }

  /** @param {Event} event */
  #sent(event) {
    const reason = this.#reason.value.trim();
    if (this.#change) ask(this, "confirmed", { change: this.#change });
    else if (this.#wants && reason === "") {
      event.preventDefault();
      this.#say("Say why the grade is lowered.");
    } else ask(this, "lowered", { grade: this.#grade, reason });
  }

  #turnDown() {
    const reason = this.#reason.value.trim();
    if (this.#wants && reason === "") {
      this.#say("It has been done already: say why it should not stand.");
      return;
    }
    ask(this, "turned-down", { change: this.#change, reason });
    this.#dialog.close();
  }

  /** @param {string} sentence */
  #say(sentence) {
    setText(this.#told, sentence);
    this.#reason.focus();
  }
}

/** @param {Against} one @param {string} call @param {Record<string, Face>} people @param {Face} me */
function standing(one, call, people, me) {
  const where = one.call === call ? `at ${clock(one.at_ms)}` : `at ${clock(one.at_ms)} of ${callName(one.call)}, earlier`;
  const quote = one.quote ? el("blockquote", {}, `${PARTIES[one.party]} said ${where}: `, el("q", {}, one.quote)) : null;
  return el("li", {}, classBadge(one.severity, CLASSES[one.severity]), el("strong", {}, ` ${one.title}`), quote, el("p", { class: "quiet" }, seenTo(one, people, me)));
}

/** Who has seen to it, and when last. @param {Against} one @param {Record<string, Face>} people @param {Face} me */
function seenTo({ owner, asked, outcome, dismissal, checked_at }, people, me) {
  const what = outcome ? outcomeLabel(outcome) : dismissal ? `Put aside: ${dismissal}` : asked ? "Asked, no answer yet" : "Not asked";
  const who = owner ? `, ${nameOf(people, owner, me)}` : "";
  const at = checked_at ? new Date(checked_at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" }) : "";
  return `${what}${who}. ${at ? `Last seen to at ${at}.` : "Nobody has seen to it."}`;
}

customElements.define("grade-dialog", GradeDialog);
