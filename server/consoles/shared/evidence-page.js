// The evidence panel on a page: which marker's evidence is open, of which call.

import { shown } from "./view.js";

/** @import { EvidencePanel } from "../components/evidence-panel.js" */
/** @import { Console } from "./console.js" */
/** @import { Call } from "./types.js" */

export class Evidence {
  /** @type {{ call: string, marker: string } | null} */
  #open = null;

  /** @param {{ desk: Console, panel: EvidencePanel, home: HTMLElement }} has `home` takes the focus when the panel closes */
  constructor(has) {
    this.has = has;
  }

  /** @param {Call | null} call */
  draw(call) {
    const open = this.#open;
    const here = open !== null && call !== null && open.call === call.id;
    if (here) this.has.panel.show({ call, marker: open.marker, legend: this.has.desk.legend });
    this.has.panel.hidden = !here;
  }

  /** The evidence of this marker; without one, of the prompt in front or of what was sighted last. @param {string | null} [marker] */
  open(marker) {
    const { desk, panel } = this.has;
    const { call, front } = shown(desk.model);
    const wanted = marker ?? front?.marker ?? call?.sightings.at(-1)?.marker;
    this.#open = call && wanted ? { call: call.id, marker: wanted } : null;
    if (!this.#open) desk.tell("No marker has been sighted in this call.");
    desk.draw();
    if (this.#open) requestAnimationFrame(() => panel.scrollIntoView({ block: "nearest" }));
  }

  close() {
    if (this.has.panel.contains(document.activeElement)) this.has.home.focus();
    this.#open = null;
    this.has.desk.draw();
  }

  toggle() {
    if (this.#open && this.#open.call === this.has.desk.model.selected) this.close();
    else this.open();
  }
}
