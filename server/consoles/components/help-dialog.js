// <help-dialog>: the keys, how the page looks and sounds, and what the markers mean. Dispatches `keys`.

import { ask, classBadge, el, field } from "../shared/dom.js";
import { chooseLook, look, LOOKS, switchTone, toneIsOn } from "../shared/look.js";
import { CLASSES } from "../shared/words.js";

/** @import { Marker } from "../shared/types.js" */

/** @typedef {{ title: string, keys: [string, string][] }} KeyGroup */

export class HelpDialog extends HTMLElement {
  #dialog = el("dialog", { "aria-labelledby": "help-title" });
  #keys = el("div", { class: "keys" });
  #legend = el("dl", { class: "legend" });
  #switch = el("input", { type: "checkbox", id: "keys-on" });
  #tone = el("input", { type: "checkbox", id: "tone-on" });
  #looks = el("select", { id: "look" }, ...LOOKS.map(({ value, label }) => el("option", { value }, label)));

  connectedCallback() {
    if (this.childElementCount > 0) return;
    const close = el("button", { type: "button", class: "primary" }, "Close");
    close.addEventListener("click", () => this.#dialog.close());
    this.#switch.addEventListener("change", () => ask(this, "keys", { on: this.#switch.checked }));
    this.#tone.addEventListener("change", () => switchTone(this.#tone.checked));
    this.#looks.addEventListener("change", () => chooseLook(this.#looks.value));
    this.#dialog.append(
      el("h2", { id: "help-title" }, "Keys and markers"),
      el("label", { class: "switch", for: "keys-on" }, this.#switch, "Single keys act on prompts"),
      this.#keys,
      el("h3", {}, "Look and sound"),
      field("look", "Colours", this.#looks),
      el("label", { class: "switch", for: "tone-on" }, this.#tone, "A calm tone with an immediate prompt"),
      el("h3", {}, "What is listened for"),
      this.#legend,
      close,
    );
    this.append(this.#dialog);
  }

  get isOpen() {
    return this.#dialog.open;
  }

  /** @param {{ keysOn: boolean, groups: KeyGroup[], markers: Marker[] }} shown */
  open({ keysOn, groups, markers }) {
    this.#switch.checked = keysOn;
    this.#tone.checked = toneIsOn();
    this.#looks.value = look();
    this.#keys.replaceChildren(...groups.flatMap(groupOf));
    this.#legend.replaceChildren(
      ...markers.flatMap(({ title, severity, why }) => [
        el("dt", {}, classBadge(severity, CLASSES[severity]), ` ${title}`),
        el("dd", {}, why),
      ]),
    );
    if (!this.#dialog.open) this.#dialog.showModal();
  }
}

/** @param {KeyGroup} group */
function groupOf({ title, keys }) {
  const rows = keys.map(([key, what]) => el("div", {}, el("dt", {}, el("kbd", {}, key)), el("dd", {}, what)));
  return [el("h3", {}, title), el("dl", {}, ...rows)];
}

customElements.define("help-dialog", HelpDialog);
