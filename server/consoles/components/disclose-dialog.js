// <disclose-dialog>: a call leaves as a bundle. One person asks, another agrees, and each has just proved who they are.

import { CallKeeping } from "./call-keeping.js";
import { ProveAgain } from "./prove-again.js";
import { newAct, ofCall, Refused } from "../shared/api.js";
import { el, field, setText } from "../shared/dom.js";

/** @import { Api } from "../shared/api.js" */
/** @import { Face, Session } from "../shared/types.js" */

/** @typedef {{ asked: number, by: string, purpose: string, why: string, redact: boolean, names: string[], approved_by: string | null, refused_by: string | null, taken: number, pictures: string }} Disclosure */

/** @type {[string, string][]} */
const PURPOSES = [
  ["prosecution", "Prosecution"],
  ["subject access", "Subject access"],
  ["court order", "Court order"],
  ["complaint", "Complaint"],
  ["other", "Other"],
];
/** @type {[string, string][]} */
const PICTURES = [
  ["whole", "All of it, as it came"],
  ["stills only", "Stills only"],
  ["left out", "Left out"],
];
const WHY_LIMIT = 500;

export class DiscloseDialog extends HTMLElement {
  /** @type {Api | null} */
  api = null;
  #call = "";
  /** @type {Face | null} */
  #me = null;
  #provider = false;
  #title = el("h2", { id: "disclose-title" });
  #list = el("ul", { class: "disclosures", "aria-label": "Asked for" });
  #purpose = el("select", { id: "disclose-purpose" }, ...PURPOSES.map(([value, text]) => el("option", { value }, text)));
  #why = el("input", { id: "disclose-why", maxlength: String(WHY_LIMIT), autocomplete: "off", required: true });
  #redact = el("input", { id: "disclose-redact", type: "checkbox", checked: true });
  #pictures = el("select", { id: "disclose-pictures" }, ...PICTURES.map(([value, text]) => el("option", { value }, text)));
  #names = el("textarea", { id: "disclose-names", rows: "3", autocomplete: "off" });
  #form = el("form", { method: "dialog" });
  #proof = /** @type {ProveAgain} */ (document.createElement("prove-again"));
  #told = el("p", { class: "told", role: "status" });
  #keeping = /** @type {CallKeeping} */ (document.createElement("call-keeping"));
  #dialog = el("dialog", { class: "disclose", "aria-labelledby": "disclose-title" });

  connectedCallback() {
    if (this.childElementCount > 0) return;
    const close = el("button", { type: "button" }, "Close");
    close.addEventListener("click", () => this.#dialog.close());
    this.#form.append(
      el("h3", {}, "Ask for a bundle"),
      field("disclose-purpose", "What for", this.#purpose),
      field("disclose-why", "Why, for the record", this.#why),
      el("p", {}, this.#redact, " ", el("label", { for: "disclose-redact" }, "Leave out numbers, postcodes and these names, in words and sound")),
      field("disclose-names", "Names to leave out, a line each", this.#names),
      field("disclose-pictures", "Video and stills, where there are any", this.#pictures),
      el("p", { class: "quiet" }, "Nothing can be taken out of a video: a redacted copy has none. Look at every still before it leaves."),
      el("button", { type: "submit", class: "primary" }, "Ask"),
    );
    this.#redact.addEventListener("change", () => this.#offer());
    this.#offer();
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#try(() => this.#ask());
    });
    this.#dialog.append(this.#title, this.#list, this.#form, this.#keeping, this.#proof, this.#told, el("div", { class: "dialog-acts" }, close));
    this.append(this.#dialog);
  }

  get isOpen() {
    return this.#dialog.open;
  }

  /** @param {{ call: string, name: string, session: Session }} shown */
  open({ call, name, session }) {
    this.#call = call;
    this.#me = session.person;
    this.#provider = session.provider;
    setText(this.#title, `Disclose or hold ${name}`);
    setText(this.#told, "");
    this.#why.value = this.#names.value = "";
    this.#proof.hide();
    this.#list.replaceChildren();
    this.#dialog.showModal();
    void this.#try(() => this.#look());
    const keeping = { path: ofCall(call), me: session.person.id, api: this.#server, attempt: (/** @type {() => Promise<void>} */ does) => this.#try(does) };
    void this.#try(() => this.#keeping.show(keeping));
  }

  get #path() {
    return `${ofCall(this.#call)}/disclosures`;
  }

  async #look() {
    const { disclosures } = await this.#server.get(this.#path);
    this.#list.replaceChildren(...disclosures.map((/** @type {Disclosure} */ one) => this.#row(one)));
  }

  get #server() {
    if (!this.api) throw new Error("the dialog was given no server");
    return this.api;
  }

  /** A redacted copy holds no video, so that is not offered. */
  #offer() {
    const [whole] = this.#pictures.options;
    if (whole) whole.disabled = this.#redact.checked;
    if (this.#redact.checked && this.#pictures.value === "whole") this.#pictures.value = "left out";
  }

  async #ask() {
    const names = this.#names.value.split("\n").map((name) => name.trim()).filter(Boolean);
    const body = { purpose: this.#purpose.value, why: this.#why.value.trim(), redact: this.#redact.checked, names, pictures: this.#pictures.value };
    await this.#server.act(this.#path, body);
    this.#why.value = this.#names.value = "";
    this.#note("Asked for. Somebody else with the right to export has to agree.");
    await this.#look();
  }

  /** @param {Disclosure} one */
  #row(one) {
    const what = `${one.purpose}${one.redact ? ", redacted" : ""}: ${one.why}`;
    const row = el("li", {}, el("span", {}, `${one.by} asked for ${what}. ${stateOf(one)}`));
    const mine = one.by === this.#me?.id;
    if (!mine && !one.approved_by && !one.refused_by) {
      row.append(" ", this.#button("Agree", () => this.#decide(one, "approve")), " ", this.#button("Refuse", () => this.#decide(one, "refuse")));
    }
    if (mine && one.approved_by) row.append(" ", this.#button("Download the bundle", () => this.#download(one)));
    return row;
  }

  /** @param {string} label @param {() => Promise<void>} does */
  #button(label, does) {
    const button = el("button", { type: "button", class: "small" }, label);
    button.addEventListener("click", () => void this.#try(does));
    return button;
  }

  /** @param {Disclosure} one @param {"approve" | "refuse"} what */
  async #decide(one, what) {
    await this.#server.act(`${this.#path}/${one.asked}/${what}`);
    await this.#look();
  }

  /** @param {Disclosure} one */
  async #download(one) {
    const { data, digest } = await this.#server.file(`${this.#path}/${one.asked}/bundle`, newAct());
    const link = el("a", { href: URL.createObjectURL(data), download: `${this.#call}.zip` });
    link.click();
    URL.revokeObjectURL(link.href);
    this.#note(`It has left. Digest of its hashes: ${digest}`);
    await this.#look();
  }

  /** Said as what went well. @param {string} sentence */
  #note(sentence) {
    this.#told.className = "quiet";
    setText(this.#told, sentence);
  }

  /** @param {() => Promise<void>} does */
  async #try(does) {
    this.#told.className = "told";
    setText(this.#told, "");
    try {
      await does();
    } catch (fault) {
      if (!(fault instanceof Refused)) throw fault;
      setText(this.#told, fault.message);
      if (fault.code === "prove-again") this.#proof.ask({ api: this.#server, provider: this.#provider, attempt: (again) => this.#try(again), again: does });
    }
  }
}

/** @param {Disclosure} one */
function stateOf(one) {
  if (one.refused_by) return `${one.refused_by} refused.`;
  if (!one.approved_by) return "It waits for a second person.";
  return `${one.approved_by} agreed.${one.taken > 0 ? " It has left." : ""}`;
}

customElements.define("disclose-dialog", DiscloseDialog);
