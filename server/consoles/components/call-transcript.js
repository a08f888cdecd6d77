// <call-transcript>: both sides in media order, with what was not heard, and the quoted words marked.

import { el, keyed, setText, show } from "../shared/dom.js";
import { rows, stretches } from "../shared/rows.js";
import { clock, PARTIES, PARTIES_IN_TEXT, seconds } from "../shared/words.js";

const NEAR_THE_END_PX = 80;

class CallTranscript extends HTMLElement {
  #rows = el("ol", { class: "rows", role: "log", "aria-live": "off", "aria-label": "Transcript", tabindex: "0" });
  #empty = el("p", { class: "quiet" });
  #latest = el("button", { type: "button", class: "latest", hidden: true }, "Jump to the latest words");
  #follows = true;

  connectedCallback() {
    this.append(this.#empty, this.#rows, this.#latest);
    this.#rows.addEventListener("scroll", () => {
      const below = this.#rows.scrollHeight - this.#rows.scrollTop - this.#rows.clientHeight;
      this.#follows = below < NEAR_THE_END_PX;
      show(this.#latest, !this.#follows);
    });
    this.#latest.addEventListener("click", () => {
      this.#follows = true;
      this.#toEnd();
    });
  }

  show({ call, titles, empty }) {
    const shown = call ? rows(call) : [];
    if (this.dataset.call !== (call?.id ?? "")) {
      this.dataset.call = call?.id ?? "";
      this.#follows = true;
      this.#rows.replaceChildren();
    }
    setText(this.#empty, shown.length === 0 ? empty : "");
    show(this.#empty, shown.length === 0);
    keyed(this.#rows, shown, (row) => row.key, make, (node, row) => update(node, row, titles));
    if (this.#follows) this.#toEnd();
  }

  #toEnd() {
    this.#rows.scrollTop = this.#rows.scrollHeight;
    show(this.#latest, false);
  }
}

function make() {
  return el("li", {}, el("span", { class: "row-time" }), el("span", { class: "row-who" }), el("p", { class: "row-text" }));
}

function update(node, row, titles) {
  const state = `${row.kind} ${row.party}`;
  // Rows hold frozen parts of the model: the same parts are the same row.
  if (node.source === row.source && node.marks === row.marks && node.state === state) return;
  Object.assign(node, { source: row.source, marks: row.marks, state });
  node.className = `row row-${row.kind} of-${row.party}`;
  const [time, who, text] = node.children;
  setText(time, clock(row.at_ms));
  setText(who, row.words ? PARTIES[row.party] : "");
  if (row.kind === "draft") who.append(el("span", { class: "draft-note" }, " still being heard"));
  text.replaceChildren(...(row.words ? wordsOf(row, titles) : [noteOf(row)]));
}

function wordsOf(row, titles) {
  return stretches(row.words, row.marks).flatMap(({ text, mark }, place) => [
    ...(place > 0 ? [" "] : []),
    mark ? marked(text, mark, titles) : text,
  ]);
}

function marked(text, mark, titles) {
  const title = titles[mark.marker] ?? mark.marker.replaceAll("_", " ");
  const denied = mark.polarity === "denied";
  return el(
    "mark",
    { title: denied ? `Denied: ${title}` : title, class: denied ? "denied" : null },
    text,
    el("span", { class: "spoken-only" }, ` (${denied ? "denied: " : ""}${title})`),
  );
}

function noteOf(row) {
  const whom = PARTIES_IN_TEXT[row.party];
  if (row.kind === "deaf") {
    return row.to_ms === null
      ? `Not listening to ${whom} from here on`
      : `Was not listening to ${whom} until ${clock(row.to_ms)}`;
  }
  const lasted = seconds(row.to_ms - row.from_ms);
  return row.kind === "silent" ? `${lasted} without sound from ${whom}` : `${lasted} of ${whom} not heard`;
}

customElements.define("call-transcript", CallTranscript);
