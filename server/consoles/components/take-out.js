// <take-out>: words that leave the system, for who has the right to and has just proved to be themselves.

import { Refused } from "../shared/api.js";
import { el, field, setText, show } from "../shared/dom.js";

/** @import { Api } from "../shared/api.js" */
/** @import { Session } from "../shared/types.js" */

const PATH = "/api/export/corrections";
const FILE = "corrections.jsonl";

export class TakeOut extends HTMLElement {
  /** @type {Api | null} */
  #api = null;
  #password = el("input", { id: "proof", type: "password", autocomplete: "current-password", maxlength: "256", required: true });
  #provider = el("p", { hidden: true }, el("a", { href: "/sign-in/oidc?again=1" }, "Prove it with your force account"), ", then come back here. Or, with a break-glass account:");
  #proof = el("form", { hidden: true }, el("p", {}, "Prove once more that it is you."), this.#provider, field("proof", "Your password", this.#password), el("button", { type: "submit", class: "primary" }, "Prove and take out"));
  #take = el("button", { type: "button", class: "primary" }, "Take out corrections");
  #told = el("p", { class: "told", role: "status" });
  #dialog = el("dialog", { "aria-labelledby": "take-out-title" });

  connectedCallback() {
    if (this.childElementCount > 0) return;
    const close = el("button", { type: "button" }, "Close");
    close.addEventListener("click", () => this.#dialog.close());
    this.#take.addEventListener("click", () => this.#takeOut());
    this.#proof.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#prove();
    });
    this.#dialog.append(
      el("h2", { id: "take-out-title" }, "Take words out"),
      el("p", {}, "What specialists made of the machine's markers in your force's calls, with the words they judged. Each call records that its words left, and who took them."),
      this.#proof,
      this.#told,
      el("div", { class: "dialog-acts" }, this.#take, close),
    );
    this.append(this.#dialog);
  }

  get isOpen() {
    return this.#dialog.open;
  }

  /** @param {{ api: Api, session: Session }} with_ */
  open({ api, session }) {
    this.#api = api;
    show(this.#provider, session.provider);
    this.#ask(false);
    setText(this.#told, "");
    if (!this.#dialog.open) this.#dialog.showModal();
  }

  /** @param {boolean} proof whether it has to be proved first */
  #ask(proof) {
    show(this.#proof, proof);
    show(this.#take, !proof);
    this.#password.value = "";
    if (proof) this.#password.focus();
  }

  async #takeOut() {
    if (!this.#api) return;
    try {
      const lines = await this.#api.text(PATH);
      this.#ask(false);
      if (lines === "") return setText(this.#told, "Nobody has judged a marker yet: there is nothing to take out.");
      save(lines);
      setText(this.#told, `Taken out: ${lines.trimEnd().split("\n").length} corrections, in ${FILE}.`);
    } catch (fault) {
      this.#refused(fault);
    }
  }

  async #prove() {
    if (!this.#api) return;
    setText(this.#told, "");
    try {
      await this.#api.prove(this.#password.value);
      await this.#takeOut();
    } catch (fault) {
      this.#refused(fault);
      this.#password.select();
    }
  }

  /** @param {unknown} fault */
  #refused(fault) {
    if (!(fault instanceof Refused)) throw fault;
    if (fault.code === "prove-again") this.#ask(true);
    else setText(this.#told, fault.message);
  }
}

/** As a file of this browser's. @param {string} lines */
function save(lines) {
  const address = URL.createObjectURL(new Blob([lines], { type: "application/x-ndjson" }));
  el("a", { href: address, download: FILE }).click();
  URL.revokeObjectURL(address);
}

customElements.define("take-out", TakeOut);
