// <duty-bar>: the pages beside the live calls, and who is signed in. Dispatches `sign-out`.

import { ask, el, setText } from "../shared/dom.js";
import { pagesOf } from "../shared/pages.js";
import { ROLES } from "../shared/words.js";

/** @import { Session } from "../shared/types.js" */

export class DutyBar extends HTMLElement {
  #who = el("span", { class: "who" });
  #pages = el("nav", { "aria-label": "Pages" });

  connectedCallback() {
    if (this.childElementCount > 0) return;
    const out = el("button", { type: "button" }, "Sign out");
    out.addEventListener("click", () => ask(this, "sign-out"));
    this.append(el("h1", {}, this.getAttribute("name") ?? "Earshot"), this.#pages, this.#who, out);
  }

  /** @param {Session} session */
  show({ person }) {
    setText(this.#who, `${person.name}, ${ROLES[person.role].toLowerCase()}`);
    const here = `/${location.pathname.split("/")[1]}`;
    this.#pages.replaceChildren(...pagesOf(person.role).map(({ path, label }) => el("a", { href: path, "aria-current": path === here ? "page" : null }, label)));
  }
}

customElements.define("duty-bar", DutyBar);
