// <video-waiting>: the video calls of the force: who waits, since when, and the way in.

import { el, keyed, setText, show } from "../shared/dom.js";
import { callName, clock } from "../shared/words.js";

/** @import { Api } from "../shared/api.js" */
/** @import { RoomLine } from "../shared/video-words.js" */

const EVERY_MS = 2000;

export class VideoWaiting extends HTMLElement {
  /** @type {Api | null} */
  api = null;
  /** @type {RoomLine[]} */
  #rooms = [];
  #list = el("ol", { class: "video-waiting" });
  #title = el("h2", { id: "video-waiting-title" }, "Video calls");
  #told = el("p", { class: "spoken-only", role: "status" });
  #known = new Set();

  connectedCallback() {
    if (this.childElementCount > 0) return;
    this.hidden = true;
    this.append(this.#title, this.#told, this.#list);
  }

  /** @param {Api} api */
  begin(api) {
    this.api = api;
    this.look();
    setInterval(() => this.look(), EVERY_MS);
  }

  async look() {
    const answer = await this.api?.get("/api/video").catch(() => null);
    // An answer that broke off on a slow line is no answer.
    if (answer?.rooms) this.#rooms = answer.rooms;
    this.draw(Date.now());
  }

  /** @param {number} now_ms */
  draw(now_ms) {
    show(this, this.#rooms.length > 0);
    this.#announce();
    keyed(this.#list, this.#rooms, (room) => room.call, makeLine, (node, room) => {
      const [who, since, ways] = /** @type {HTMLElement[]} */ ([...node.children]);
      setText(who, whoText(room));
      setText(since, `${room.state === "waiting" ? "Waiting" : "In the call"} for ${clock(Math.max(0, now_ms - Date.parse(room.since)))}${room.from_call ? `, from ${callName(room.from_call)}` : ""}`);
      setText(/** @type {HTMLElement} */ (ways.firstElementChild), room.state === "waiting" ? "Join" : "Open");
      node.className = room.state;
    });
  }

  #announce() {
    const fresh = this.#rooms.filter((room) => room.state === "waiting" && !this.#known.has(room.call));
    for (const room of fresh) this.#known.add(room.call);
    if (fresh.length > 0) setText(this.#told, "Somebody waits in a video call.");
  }
}

/** @param {RoomLine} room */
function makeLine(room) {
  const page = `/video/${encodeURIComponent(room.call)}`;
  const ways = el("span", { class: "ways" }, el("a", { href: `${page}#join`, class: "join" }), el("a", { href: page }, "Check devices first"));
  return el("li", {}, el("strong", {}), el("span", { class: "quiet" }), ways);
}

/** @param {RoomLine} room */
function whoText({ participants, state }) {
  const seats = participants.filter(({ here }) => here !== "left").map(({ seat, here, name }) => `${SEATS[seat] ?? name}${here === "reconnecting" ? " (reconnecting)" : ""}`);
  return seats.join(", ") || (state === "waiting" ? "Nobody is there now" : "Nobody");
}

/** @type {Record<string, string>} */
const SEATS = { victim: "Caller", specialist: "Specialist", handler: "Handler", supervisor: "Supervisor", guest: "Guest" };

customElements.define("video-waiting", VideoWaiting);
