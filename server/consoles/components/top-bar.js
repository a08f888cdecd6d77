// <top-bar>: where one is, whether the feed is live, who is signed in. Dispatches `duty`, `break`, `take-out`, `help` and `sign-out`.

import { ask, el, keyHint, setText, show } from "../shared/dom.js";
import { pagesOf } from "../shared/pages.js";
import { ROLES, wallClock } from "../shared/words.js";

/** @import { Model, Role } from "../shared/types.js" */

const STATES = { connecting: "Connecting", live: "Live", lost: "Disconnected", reconnecting: "Reconnecting" };

export class TopBar extends HTMLElement {
  #connection = el("span", { id: "connection", class: "connection", role: "status" });
  #unrecorded = el("span", { class: "unrecorded", role: "status" });
  #who = el("span", { id: "who", class: "who" });
  #duty = this.#button("duty", "Off duty", { id: "duty", hidden: true });
  #break = this.#button("break", "Break", { id: "break", hidden: true });

  #takeOut = this.#button("take-out", "Take words out", { hidden: true });
  #pages = el("nav", { class: "pages", "aria-label": "Pages", hidden: true });

  connectedCallback() {
    if (this.childElementCount > 0) return;
    const help = this.#button("help", "Help", { "aria-keyshortcuts": "?" });
    help.append(keyHint("?"));
    this.append(
      el("h1", {}, this.getAttribute("name") ?? "Earshot"),
      this.#pages,
      this.#connection,
      this.#unrecorded,
      this.#who,
      this.#duty,
      this.#break,
      this.#takeOut,
      help,
      this.#button("sign-out", "Sign out", {}),
    );
  }

  /** @param {{ model: Model, unrecorded: number }} shown */
  show({ model, unrecorded }) {
    const { me, connection } = model;
    if (!me) return;
    this.#showPages(me.role);
    const { state, since } = connection;
    const cutOff = state === "lost" || state === "reconnecting";
    setText(this.#connection, STATES[state] + (cutOff ? ` since ${wallClock(since)}` : ""));
    this.#connection.dataset.state = state;
    setText(this.#unrecorded, unrecorded > 0 ? `${unrecorded} not recorded yet, trying again` : "");
    setText(this.#who, `${me.name}, ${ROLES[me.role].toLowerCase()}`);
    const onRota = me.role !== "handler";
    show(this.#duty, onRota);
    pressed(this.#duty, me.on_duty, me.on_duty ? "On duty" : "Off duty");
    show(this.#break, onRota && me.on_duty);
    pressed(this.#break, me.on_break === true, me.on_break ? "On a break" : "Break");
  }

  /** To who has the right to take words out. */
  offerTakeOut() {
    show(this.#takeOut, true);
  }

  /** None within another system's page, which has its own ways about. @param {Role} role */
  #showPages(role) {
    if (this.#pages.childElementCount > 0 || window.top !== window) return;
    const pages = pagesOf(role);
    this.#pages.append(...pages.map(({ path, label }) => el("a", { href: path, "aria-current": location.pathname === path ? "page" : null }, label)));
    show(this.#pages, pages.length > 1);
  }

  /** @param {string} name @param {string} label @param {Record<string, string | boolean>} attributes */
  #button(name, label, attributes) {
    const button = el("button", { type: "button", ...attributes }, label);
    button.addEventListener("click", () => ask(this, name));
    return button;
  }
}

/** @param {HTMLElement} button @param {boolean} is @param {string} label */
function pressed(button, is, label) {
  button.setAttribute("aria-pressed", String(is));
  setText(button, label);
}

customElements.define("top-bar", TopBar);
