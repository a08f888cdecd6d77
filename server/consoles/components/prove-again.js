// <prove-again>: asks for one more proof of who is signed in, and then tries again what wanted it.

import { el, field, show } from "../shared/dom.js";

/** @import { Api } from "../shared/api.js" */

let made = 0;

export class ProveAgain extends HTMLElement {
  #id = `prove-${(made += 1)}`;
  #password = el("input", { id: this.#id, type: "password", autocomplete: "current-password", maxlength: "256", required: true });
  #form = el("form", { class: "proof" });
  /** What is tried once they have proved who they are. @type {(() => Promise<unknown>) | null} */
  #again = null;

  connectedCallback() {
    if (this.childElementCount > 0) return;
    this.append(this.#form);
    show(this, false);
  }

  /** @param {{ api: Api, provider: boolean, attempt: (does: () => Promise<void>) => Promise<unknown>, again: () => Promise<unknown> }} asked */
  ask({ api, provider, attempt, again }) {
    this.#again = again;
    this.#form.onsubmit = (event) => {
      event.preventDefault();
      void attempt(async () => {
        await api.prove(this.#password.value);
        this.hide();
        await this.#again?.();
      });
    };
    const proof = provider
      ? [el("a", { href: "/sign-in/oidc?again=1", target: "_blank", rel: "noopener" }, "Prove it with your force account"), " Then go on here."]
      : [field(this.#id, "Your password", this.#password), el("button", { type: "submit" }, "Go on")];
    this.#form.replaceChildren(...proof);
    show(this, true);
    this.#password.focus();
  }

  hide() {
    this.#password.value = "";
    show(this, false);
  }
}

customElements.define("prove-again", ProveAgain);
