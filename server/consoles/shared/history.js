// A call's memory on a page: asked of the server whenever the call's journal says that something of it is new.

import { ofCall } from "./api.js";
import { show } from "./dom.js";

/** @import { CallHistory } from "../components/call-history.js" */
/** @import { Console } from "./console.js" */
/** @import { Call, Entity, Memory, MemoryLink } from "./types.js" */

const AGAIN_MS = 3000;

export const KINDS = [
  { value: "address", label: "Address" },
  { value: "person", label: "Name" },
  { value: "number", label: "Telephone" },
  { value: "vehicle", label: "Vehicle" },
  { value: "order", label: "Order" },
];

export const ABOUT = ["", "victim", "suspect", "caller", "mother", "child", "neighbour"].map((value) => ({ value, label: value || "not said" }));

export class MemoryPage {
  /** What the server said last. @type {{ call: string, seq: number, memory: Memory } | null} */
  #held = null;
  #asking = "";
  #again_ms = 0;

  /** @param {{ desk: Console, panel: CallHistory }} has */
  constructor(has) {
    this.has = has;
  }

  /** @param {Call | null} call */
  draw(call) {
    const { desk, panel } = this.has;
    if (call) this.#ask(call);
    const memory = call && this.#held?.call === call.id ? this.#held.memory : null;
    show(panel, memory !== null);
    if (memory) panel.show({ memory, me: desk.me, people: desk.model.people, reads: false });
  }

  /** @param {Call} call */
  async #ask(call) {
    const wanted = `${call.id} ${call.memory_seq}`;
    const fresh = this.#held?.call === call.id && this.#held.seq >= call.memory_seq;
    if (fresh || this.#asking === wanted || Date.now() < this.#again_ms) return;
    this.#asking = wanted;
    try {
      const memory = await this.has.desk.api.get(`${ofCall(call.id)}/history`);
      if (this.#asking === wanted) this.#held = { call: call.id, seq: call.memory_seq, memory };
    } catch {
      this.#again_ms = Date.now() + AGAIN_MS;
    }
    if (this.#asking === wanted) this.#asking = "";
    this.has.desk.draw();
  }
}

/** @param {Memory["counts"]} counts */
export function countsText({ day, week, year }) {
  return `24 h: ${day} · 7 days: ${week} · 12 months: ${year}`;
}

/** @param {MemoryLink} link @returns {"confirmed" | "undone" | "possible" | "machine"} */
export function standing({ confirmed_by, undone_by, strength }) {
  if (confirmed_by) return "confirmed";
  if (undone_by) return "undone";
  return strength === "possible" ? "possible" : "machine";
}

/** @param {Entity} entity */
export function originText({ origin }) {
  return { line: "from the line", heard: "heard by the machine", typed: "typed", record: "from the record", told: "told by the other force" }[origin];
}
