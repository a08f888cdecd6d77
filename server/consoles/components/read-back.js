// <read-back>: who read it back over the radio or telephone, and what of it they named. Dispatches `signed`.

import { ask, el, field } from "../shared/dom.js";

/** @import { Named, Sheet } from "../shared/brief.js" */

export class ReadBack extends HTMLElement {
  #dialog = el("dialog", { "aria-labelledby": "read-back-title" });

  connectedCallback() {
    if (this.childElementCount === 0) this.append(this.#dialog);
  }

  /** @param {Sheet} sheet @param {Named[]} must */
  open(sheet, must) {
    const by = el("input", { id: "read-by", required: true, maxlength: "80", autocomplete: "off" });
    const boxes = must.map(({ marker, title }) => ({ marker, box: el("input", { type: "checkbox", id: `named-${marker}` }), title }));
    const cancel = el("button", { type: "button" }, "Cancel");
    const form = el(
      "form",
      { method: "dialog" },
      el("h2", { id: "read-back-title" }, `Read back by ${sheet.name}`),
      field("read-by", "Name and collar number", by),
      el("fieldset", {}, el("legend", { class: "label" }, "What they named"), ...boxes.map(({ box, marker, title }) => el("div", { class: "switch" }, box, el("label", { for: `named-${marker}` }, title)))),
      el("div", { class: "dialog-acts" }, el("button", { type: "submit", class: "primary" }, "Put on record"), cancel),
    );
    cancel.addEventListener("click", () => this.#dialog.close());
    form.addEventListener("submit", () => {
      const named = boxes.filter(({ box }) => box.checked).map(({ marker }) => marker);
      ask(this, "signed", { sheet: sheet.sheet, by: by.value.trim(), named });
    });
    this.#dialog.replaceChildren(form);
    this.#dialog.showModal();
  }
}

customElements.define("read-back", ReadBack);
