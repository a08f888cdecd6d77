// <video-tiles>: everybody's picture, the caller's largest, each with who it is and how they stand.

import { el, keyed, setText, show } from "../shared/dom.js";
import { seated } from "../shared/video-link.js";

/** @import { Participant } from "../shared/video-words.js" */

/** @type {Record<string, string>} */
export const SEATS = { victim: "Caller", specialist: "Specialist", handler: "Handler", supervisor: "Supervisor", guest: "Guest" };

/** What a weak line bears. @type {Record<string, string>} */
const LINES = { stills: "weak line, stills only", sound: "weak line, no picture", text: "very weak line, typing only" };

export class VideoTiles extends HTMLElement {
  #own = el("div", { class: "tile tile-own", hidden: true }, el("video", { playsinline: true, muted: true, "aria-label": "You" }), el("span", { class: "tile-name" }, "You"));
  #list = el("div", { class: "tiles" });

  connectedCallback() {
    if (this.childElementCount > 0) return;
    this.append(this.#list, this.#own);
  }

  /** @param {{ participants: Participant[], streams: Map<number, MediaStream>, heard: boolean }} shown */
  show({ participants, streams, heard }) {
    const seen = seated(participants).filter(({ slot }) => slot !== null && slot !== undefined);
    keyed(this.#list, seen, ({ id }) => id, makeTile, (node, one) => {
      node.className = `tile tile-${one.seat}`;
      const [picture, name] = [node.querySelector("video"), node.querySelector(".tile-name")];
      if (!picture || !name) return;
      setText(name, nameText(one));
      picture.setAttribute("aria-label", nameText(one));
      const stream = streams.get(one.slot ?? -1) ?? null;
      if (picture.srcObject !== stream) picture.srcObject = stream;
      picture.muted = !heard;
      if (stream && picture.paused) picture.play().catch(() => {});
    });
  }

  /** @param {MediaStream | null} stream */
  showOwn(stream) {
    const picture = this.#own.querySelector("video");
    if (!picture) return;
    picture.muted = true;
    picture.srcObject = stream;
    show(this.#own, stream !== null && stream.getVideoTracks().length > 0);
    if (stream) picture.play().catch(() => {});
  }
}

/** @param {Participant} one */
function makeTile(one) {
  return el("div", { class: `tile tile-${one.seat}` }, el("video", { playsinline: true }), el("span", { class: "tile-name" }));
}

/** @param {{ seat: string, name: string }} one */
export function whoText({ seat, name }) {
  return seat === "victim" ? SEATS.victim : name || SEATS[seat] || "Guest";
}

/** @param {Participant} one */
export function nameText({ seat, name, here, camera, microphone, quality, takes }) {
  const how = [
    here === "reconnecting" ? "reconnecting" : "",
    camera === "denied" ? "camera not allowed" : camera === "off" || camera === "none" ? "camera off" : "",
    LINES[quality] ?? "",
    takes === "text" ? "does not hear you" : "",
    microphone === "off" || microphone === "none" ? "microphone off" : microphone === "denied" ? "microphone not allowed" : "",
  ].filter(Boolean);
  const who = whoText({ seat, name });
  return how.length > 0 ? `${who}: ${how.join(", ")}` : who;
}

customElements.define("video-tiles", VideoTiles);
