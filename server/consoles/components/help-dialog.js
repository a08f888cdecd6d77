// <help-dialog>: the keys, whether they are on, and what the markers mean. Dispatches `keys`.

import { ask, classBadge, el } from "../shared/dom.js";
import { CLASSES, DISMISSALS, OUTCOMES } from "../shared/words.js";

const OTHER_KEYS = [
  ["T", "Take the prompt in front"],
  ["U", "Undo my last step on this call"],
  ["Y", "Question as yes / no, and back"],
  ["E", "Evidence for the prompt in front, word for word, and back"],
  ["G", "Go to the call with the gravest prompt"],
  ["[ ]", "Previous and next call"],
  ["?", "This help"],
];

class HelpDialog extends HTMLElement {
  #dialog = el("dialog", { "aria-labelledby": "help-title" });
  #legend = el("dl", { class: "legend" });
  #switch = el("input", { type: "checkbox", id: "keys-on" });

  connectedCallback() {
    const close = el("button", { type: "button", class: "primary" }, "Close");
    close.addEventListener("click", () => this.#dialog.close());
    this.#switch.addEventListener("change", () => ask(this, "keys", { on: this.#switch.checked }));
    const keys = [
      ...OUTCOMES.map(({ key, label }) => [key, label]),
      ...DISMISSALS.map(({ key, label }) => [key.toUpperCase(), `Put aside: ${label.toLowerCase()}`]),
      ...OTHER_KEYS,
    ];
    this.#dialog.append(
      el("h2", { id: "help-title" }, "Keys and markers"),
      el("label", { class: "switch", for: "keys-on" }, this.#switch, "Single keys act on prompts"),
      el("dl", { class: "keys" }, ...keys.flatMap(([key, what]) => [el("dt", {}, el("kbd", {}, key)), el("dd", {}, what)])),
      el("h3", {}, "What is listened for"),
      this.#legend,
      close,
    );
    this.append(this.#dialog);
  }

  get isOpen() {
    return this.#dialog.open;
  }

  open({ keysOn, markers }) {
    this.#switch.checked = keysOn;
    this.#legend.replaceChildren(
      ...markers.flatMap(({ title, severity, why }) => [
        el("dt", {}, classBadge(severity, CLASSES[severity]), ` ${title}`),
        el("dd", {}, why),
      ]),
    );
    if (!this.#dialog.open) this.#dialog.showModal();
  }
}

customElements.define("help-dialog", HelpDialog);
