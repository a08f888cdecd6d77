// Grades and what became of a call, on a page: what its parts ask for is sent, and a lowering asked about first.

import { Refused } from "./api.js";
import { lowers } from "./dispatch.js";
import { shown } from "./view.js";

/** @import { CallGrade } from "../components/call-grade.js" */
/** @import { CallWatch } from "../components/call-watch.js" */
/** @import { GradeDialog } from "../components/grade-dialog.js" */
/** @import { Console } from "./console.js" */
/** @import { Call, Grade, GradeView } from "./types.js" */

export class DispatchPage {
  /** @type {Grade[]} */
  #scale = [];

  /** @param {{ desk: Console, grade: CallGrade, watch: CallWatch, dialog: GradeDialog }} has */
  constructor(has) {
    this.has = has;
    /** @type {Record<string, (detail: any) => void>} */
    const asked = {
      grade: ({ grade }) => this.#grade(grade),
      downgrade: ({ change }) => this.#decide(change),
      lowered: ({ grade, reason }) => this.#post("grade", { grade, reason }),
      confirmed: ({ change }) => this.#post("grade/confirm", { change }),
      "turned-down": ({ change, reason }) => this.#post("grade/turn-down", { change, reason }),
      became: ({ what, body }) => this.#post(what, body),
    };
    for (const [name, does] of Object.entries(asked)) {
      document.addEventListener(name, (event) => event instanceof CustomEvent && does(event.detail));
    }
  }

  /** The force's own scale; without it, grades are shown and not set. */
  async start() {
    this.#scale = await this.has.desk.api.get("/api/force").then(({ grades }) => grades, () => []);
    this.has.desk.draw();
  }

  get isOpen() {
    return this.has.dialog.isOpen || this.has.watch.isOpen;
  }

  /** @param {Call | null} call */
  draw(call) {
    const { desk, grade, watch } = this.has;
    grade.show({ call, scale: this.#scale, me: desk.me, people: desk.model.people });
    watch.show({ call });
  }

  /** Raising takes one press; a lowering shows first what stands against it. @param {string} grade */
  async #grade(grade) {
    const { desk, dialog } = this.has;
    const { call } = shown(desk.model);
    if (!call || grade === call.dispatch.grade) return;
    if (!lowers(this.#scale, call.dispatch.grade, grade)) return this.#post("grade", { grade });
    const view = await this.#view(call);
    if (view) dialog.lower({ call: call.id, view, grade, me: desk.me, people: desk.model.people });
  }

  /** @param {string} change */
  async #decide(change) {
    const { desk, dialog } = this.has;
    const { call } = shown(desk.model);
    const downgrade = call?.dispatch.downgrades.find((one) => one.change === change);
    if (!call || !downgrade) return;
    const view = await this.#view(call);
    if (view) dialog.decide({ call: call.id, view, downgrade, me: desk.me, people: desk.model.people });
  }

  /** @param {Call} call @returns {Promise<GradeView | null>} */
  async #view(call) {
    try {
      return await this.has.desk.api.get(`/api/calls/${encodeURIComponent(call.id)}/grade`);
    } catch (fault) {
      if (!(fault instanceof Refused)) throw fault;
      this.has.desk.tell(fault.message);
      return null;
    }
  }

  /** @param {string} what @param {object} body */
  #post(what, body) {
    const { call } = shown(this.has.desk.model);
    if (call) this.has.desk.onCall(call.id, what, body);
  }
}
