// <duty-bar>: the pages beside the live calls, and who is signed in. Dispatches `sign-out`.

import { ask, el, setText } from "../shared/dom.js";
import { ROLES } from "../shared/words.js";

/** @import { Session } from "../shared/types.js" */

const PAGES = [
  { path: "/console", label: "Live calls" },
  { path: "/review", label: "Review" },
  { path: "/search", label: "Search" },
  { path: "/training", label: "Training" },
];

export class DutyBar extends HTMLElement {
  #who = el("span", { class: "who" });

  connectedCallback() {
    if (this.childElementCount > 0) return;
    const here = `/${location.pathname.split("/")[1]}`;
    const links = PAGES.map(({ path, label }) => el("a", { href: path, "aria-current": path === here ? "page" : null }, label));
    const out = el("button", { type: "button" }, "Sign out");
    out.addEventListener("click", () => ask(this, "sign-out"));
    this.append(el("h1", {}, this.getAttribute("name") ?? "Earshot"), el("nav", { "aria-label": "Pages" }, ...links), this.#who, out);
  }

  /** @param {Session} session */
  show({ person }) {
    setText(this.#who, `${person.name}, ${ROLES[person.role].toLowerCase()}`);
  }
}

customElements.define("duty-bar", DutyBar);
