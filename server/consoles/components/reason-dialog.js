// <reason-dialog>: one sentence that somebody answers for.

import { el, field, setText } from "../shared/dom.js";

const REASON_LIMIT = 300;

export class ReasonDialog extends HTMLElement {
  #title = el("h2", { id: "reason-title" });
  #reason = el("textarea", { id: "reason-text", maxlength: String(REASON_LIMIT), rows: "2", required: true });
  #dialog = el("dialog", { "aria-labelledby": "reason-title" });
  /** @type {(reason: string) => void} */
  #then = () => {};

  connectedCallback() {
    if (this.childElementCount > 0) return;
    const close = el("button", { type: "button" }, "Cancel");
    close.addEventListener("click", () => this.#dialog.close());
    const form = el("form", { method: "dialog" }, this.#title, field("reason-text", "Reason, kept with your name", this.#reason), el("div", { class: "dialog-acts" }, el("button", { type: "submit", class: "primary" }, "Record"), close));
    form.addEventListener("submit", (event) => {
      const reason = this.#reason.value.trim();
      if (reason === "") event.preventDefault();
      else this.#then(reason);
    });
    this.#dialog.append(form);
    this.append(this.#dialog);
  }

  get isOpen() {
    return this.#dialog.open;
  }

  /** @param {string} title @param {(reason: string) => void} then */
  open(title, then) {
    setText(this.#title, title);
    this.#then = then;
    this.#reason.value = "";
    this.#dialog.showModal();
  }
}

customElements.define("reason-dialog", ReasonDialog);
