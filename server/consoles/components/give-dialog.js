// <give-dialog>: to whom a call goes, with a note. Dispatches `given`.

import { ask, el, field, setText } from "../shared/dom.js";
import { counted } from "../shared/words.js";

/** @import { Face, Line } from "../shared/types.js" */

const NOTE_LIMIT = 200;

export class GiveDialog extends HTMLElement {
  #call = "";
  #title = el("h2", { id: "give-title" });
  #to = el("select", { id: "give-to", required: true });
  #note = el("input", { id: "give-note", maxlength: String(NOTE_LIMIT), autocomplete: "off" });
  #nobody = el("p", { class: "quiet" });
  #send = el("button", { type: "submit", class: "primary" }, "Hand over");
  #dialog = el("dialog", { "aria-labelledby": "give-title" });

  connectedCallback() {
    if (this.childElementCount > 0) return;
    const close = el("button", { type: "button" }, "Cancel");
    close.addEventListener("click", () => this.#dialog.close());
    const form = el(
      "form",
      { method: "dialog" },
      this.#title,
      field("give-to", "To", this.#to),
      this.#nobody,
      field("give-note", "What they should know (optional)", this.#note),
      el("div", { class: "dialog-acts" }, this.#send, close),
    );
    form.addEventListener("submit", () => ask(this, "given", { call: this.#call, to: this.#to.value, note: this.#note.value.trim() }));
    this.#dialog.append(form);
    this.append(this.#dialog);
  }

  get isOpen() {
    return this.#dialog.open;
  }

  /** @param {{ call: string, name: string, staff: { person: Face, calls: Line[] }[], holder: string | null }} shown */
  open({ call, name, staff, holder }) {
    const free = staff.filter(({ person }) => person.on_duty && !person.on_break && person.id !== holder);
    this.#call = call;
    setText(this.#title, `Hand over ${name}`);
    this.#note.value = "";
    this.#to.replaceChildren(
      ...free.map(({ person, calls }) =>
        el("option", { value: person.id }, `${person.name}, ${counted(calls.length, "call")}`),
      ),
    );
    setText(this.#nobody, free.length === 0 ? "Nobody else is on duty and free of a break." : "");
    this.#send.disabled = free.length === 0;
    this.#dialog.showModal();
  }
}

customElements.define("give-dialog", GiveDialog);
