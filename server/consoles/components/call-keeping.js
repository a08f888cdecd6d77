// <call-keeping>: how long a call is kept, who holds it and why, and, once it was erased, what says so.

import { el, field, setText, show } from "../shared/dom.js";

/** @import { Api } from "../shared/api.js" */

/** @typedef {{ by: string, at: string, why: string, lift_by: string | null, lift_why: string }} Held */
/** @typedef {{ kind: string, at: string, by: string, facts: Record<string, string | number>, digest: string }} Told */
/** @typedef {{ held: Held | null, until: { title: string, what: string, until: string, why: string }[], certificate: Told[] }} Keeping */

const WHY_LIMIT = 500;

export class CallKeeping extends HTMLElement {
  #path = "";
  #me = "";
  /** @type {Api | null} */
  #api = null;
  /** Says what went wrong, and asks for proof where that is missing. @type {(does: () => Promise<void>) => Promise<void>} */
  #attempt = (does) => does();
  #state = el("p", { class: "hold-state" });
  #until = el("ul", { class: "kept-until", "aria-label": "How long it is kept" });
  #why = el("input", { id: "hold-why", maxlength: String(WHY_LIMIT), autocomplete: "off", required: true });
  #send = el("button", { type: "submit" });
  #form = el("form", { class: "hold-form", hidden: true });
  #agree = el("button", { type: "button", hidden: true }, "Agree that the hold ends");
  #told = el("ul", { class: "certificate", "aria-label": "Certificate of erasure" });
  #held = false;

  connectedCallback() {
    if (this.childElementCount > 0) return;
    this.#form.append(field("hold-why", "Reason for the hold, or for its end", this.#why), this.#send);
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#attempt(() => this.#ask());
    });
    this.#agree.addEventListener("click", () => void this.#attempt(() => this.#act("hold/agree", {})));
    this.append(el("h3", {}, "Keeping and erasing"), this.#state, this.#agree, this.#form, this.#until, this.#told);
  }

  /** @param {{ path: string, me: string, api: Api, attempt: (does: () => Promise<void>) => Promise<void> }} shown */
  async show({ path, me, api, attempt }) {
    [this.#path, this.#me, this.#api, this.#attempt] = [path, me, api, attempt];
    await this.#look();
  }

  async #look() {
    if (!this.#api) return;
    const keeping = await this.#api.get(`${this.#path}/keeping`);
    this.#draw(keeping);
  }

  /** @param {Keeping} keeping */
  #draw({ held, until, certificate }) {
    const gone = certificate.length > 0 && held === null;
    this.#held = held !== null;
    setText(this.#state, gone ? "This call was erased." : stateOf(held));
    show(this.#agree, held?.lift_by != null && held.lift_by !== this.#me);
    show(this.#form, !gone && held?.lift_by == null);
    setText(this.#send, this.#held ? "Ask to end the hold" : "Hold this call");
    this.#until.replaceChildren(...(gone ? [] : until.map((one) => el("li", {}, `${one.title} (${one.what}): until ${day(one.until)}. ${one.why}`))));
    this.#told.replaceChildren(...certificate.map((one) => el("li", {}, certified(one))));
  }

  async #ask() {
    await this.#act(this.#held ? "hold/lift" : "hold", { why: this.#why.value.trim() });
    this.#why.value = "";
  }

  /** @param {string} what @param {Record<string, string>} body */
  async #act(what, body) {
    if (!this.#api) return;
    await this.#api.act(`${this.#path}/${what}`, body);
    await this.#look();
  }
}

/** @param {Held | null} held */
function stateOf(held) {
  if (!held) return "Not held: it is erased when its time is over.";
  const asked = held.lift_by ? ` ${held.lift_by} asked to end the hold: ${held.lift_why}. A second person has to agree.` : "";
  return `HELD by ${held.by} since ${day(held.at)}: ${held.why}. Nothing of it is erased.${asked}`;
}

/** @param {string} at */
function day(at) {
  return new Date(at).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
}

/** @param {Told} one */
function certified({ kind, at, by, facts, digest }) {
  const said = Object.entries(facts).map(([name, value]) => `${name.replaceAll("_", " ")} ${value}`);
  return `${kind} by ${by}, ${day(at)}: ${said.join(", ")}. Audit digest ${digest}`;
}

customElements.define("call-keeping", CallKeeping);
