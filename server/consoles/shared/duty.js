// What the pages beside the live calls share: who is signed in, asking, and saying what was refused.

import { DutyBar } from "../components/duty-bar.js";
import { Api, Refused } from "./api.js";
import { el, part, setText } from "./dom.js";
import { applyLook } from "./look.js";
import { PARTIES, clock } from "./words.js";

/** @import { Face, Marker, Party, Session, Severity } from "./types.js" */

export class Duty {
  api = new Api();
  /** @type {Session | null} */
  session = null;
  /** @type {Record<string, Marker>} */
  markers = {};
  /** @type {Record<string, Face>} */
  people = {};
  #told = part("told", HTMLElement);

  /** Sign in by the session that the browser has. @param {() => Promise<unknown>} then */
  async start(then) {
    applyLook();
    document.addEventListener("sign-out", () => this.try(async () => {
      await this.api.signOut();
      location.assign("/sign-in");
    }));
    await this.try(async () => {
      this.session = await this.api.session();
      part("top", DutyBar).show(this.session);
      document.body.dataset.role = this.session.person.role;
      const markers = await this.api.markers();
      this.markers = Object.fromEntries(markers.map((marker) => [marker.id, marker]));
      await then();
    });
  }

  /** @returns {Face} */
  get me() {
    if (this.session === null) throw new Error("nobody is signed in yet");
    return this.session.person;
  }

  /** Do this, and say why where it is refused. @param {() => Promise<unknown>} what @returns {Promise<boolean>} whether it was done */
  async try(what) {
    try {
      setText(this.#told, "");
      delete this.#told.dataset.kind;
      await what();
      return true;
    } catch (fault) {
      if (!(fault instanceof Refused)) throw fault;
      if (fault.status === 401) location.assign("/sign-in");
      else setText(this.#told, fault.message);
      return false;
    }
  }

  /** @param {string} sentence */
  tell(sentence) {
    this.#told.dataset.kind = "good";
    setText(this.#told, sentence);
  }

  /** @param {string | null} id */
  name(id) {
    if (!id) return "nobody";
    if (id === this.me.id) return "you";
    return this.people[id]?.name ?? id;
  }

  /** @param {string} id @returns {{ title: string, severity: Severity }} */
  marker(id) {
    const known = this.markers[id];
    return known ? { title: known.title, severity: known.severity } : { title: id.replaceAll("_", " "), severity: "none" };
  }
}

/** A turn of a call as a line. @param {{ party: Party, at_ms: number, text: string }} turn */
export function said(turn) {
  return el(
    "li",
    { class: "said" },
    el("span", { class: "quiet" }, clock(turn.at_ms)),
    el("span", { class: `party-${turn.party}` }, PARTIES[turn.party]),
    el("span", { class: "text" }, turn.text),
  );
}

/** @param {string | null} at */
export function dayAndTime(at) {
  if (!at) return "";
  return new Date(at).toLocaleString("en-GB", { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
}

/** @param {string} day */
export function dayOnly(day) {
  return new Date(`${day}T12:00:00`).toLocaleDateString("en-GB", { weekday: "short", day: "numeric", month: "short", year: "numeric" });
}
