// <call-transcript>: both sides in media order, drafts grey, what was not heard in between.
// Dispatches `moment` for a time to listen from, and `words` for words that somebody picked.

import { ask, el, keyed, setText, show } from "../shared/dom.js";
import { rows, stretches } from "../shared/rows.js";
import { clock, PARTIES, PARTIES_IN_TEXT, seconds } from "../shared/words.js";

/** @import { Hit } from "../shared/finding.js" */
/** @import { Row } from "../shared/rows.js" */
/** @import { Call, Mark, Party, Word } from "../shared/types.js" */

/** @typedef {Record<string, { title: string }>} Legend */

const NEAR_THE_END_PX = 60;
const UNSURE_BELOW = 0.5;

/** What each row's node shows, so that the same is not put there twice. @type {WeakMap<HTMLElement, { row: Row, state: string }>} */
const held = new WeakMap();

export class CallTranscript extends HTMLElement {
  #rows = el("ol", { class: "rows", "aria-label": "Transcript", tabindex: "0" });
  #empty = el("p", { class: "quiet" });
  #latest = el("button", { type: "button", class: "latest", hidden: true }, "Jump to the latest words");
  #follows = true;
  #top = 0;
  #kept = false;

  connectedCallback() {
    if (this.childElementCount > 0) return;
    this.append(this.#empty, this.#rows, this.#latest);
    this.#rows.addEventListener("scroll", () => this.#scrolled());
    this.#rows.addEventListener("keydown", (event) => this.#walk(event));
    this.#rows.addEventListener("mouseup", () => this.#picked());
    this.#rows.addEventListener("click", ({ target }) => target instanceof Node && this.#played(target));
    this.#latest.addEventListener("click", () => {
      this.#follows = true;
      this.#toEnd();
    });
  }

  /** @param {{ call: Call | null, legend: Legend, empty: string, found?: Hit[], current?: Hit | null }} shown */
  show({ call, legend, empty, found = [], current = null }) {
    const shown = call ? rows(call) : [];
    this.#kept = call !== null && call.ended_ms !== null;
    this.classList.toggle("is-kept", this.#kept);
    if (this.dataset.call !== (call?.id ?? "")) {
      this.dataset.call = call?.id ?? "";
      this.#follows = true;
      this.#rows.replaceChildren();
    }
    setText(this.#empty, shown.length === 0 ? empty : "");
    show(this.#empty, shown.length === 0);
    show(this.#rows, shown.length > 0);
    keyed(this.#rows, shown, (row) => row.key, (row) => this.#make(row), (node, row) => {
      const hits = found.filter((hit) => hit.party === row.party && hit.number === row.number);
      update(node, row, legend, hits, current);
    });
    if (this.#follows) this.#toEnd();
  }

  /** Bring these words into view and put the focus on them. @param {Party} party @param {number} number */
  jump(party, number) {
    const row = this.#rows.querySelector(`[data-key="said ${party} ${number}"]`);
    if (!(row instanceof HTMLElement)) return;
    this.#follows = false;
    this.#rows.querySelector(".row-now")?.classList.remove("row-now");
    row.classList.add("row-now");
    row.scrollIntoView({ block: "center" });
    row.focus({ preventScroll: true });
  }

  /** Put the focus on the last words that have settled, to walk among the lines from there. */
  enter() {
    const said = this.#rows.querySelectorAll(".row-said");
    const last = said[said.length - 1];
    if (last instanceof HTMLElement) last.focus();
  }

  /** Whoever scrolls up wants to stay there; a page that only became shorter does not. */
  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.#rows;
    const near = scrollHeight - scrollTop - clientHeight < NEAR_THE_END_PX;
    if (near || scrollTop < this.#top) this.#follows = near;
    this.#top = scrollTop;
    show(this.#latest, !this.#follows);
  }

  #toEnd() {
    this.#rows.scrollTop = this.#rows.scrollHeight;
    show(this.#latest, false);
  }

  /** @param {Row} row */
  #make(row) {
    const time = el("button", { type: "button", class: "row-time", tabindex: "-1" });
    time.addEventListener("click", () => ask(this, "moment", { at_ms: row.at_ms, heard: true }));
    return el("li", { tabindex: "-1" }, time, el("span", { class: "row-who" }), el("p", { class: "row-text" }));
  }

  /** @param {KeyboardEvent} event */
  #walk(event) {
    const row = document.activeElement;
    if (!(row instanceof HTMLElement) || row.parentElement !== this.#rows) return;
    const next = { ArrowUp: row.previousElementSibling, ArrowDown: row.nextElementSibling }[event.key];
    if (next instanceof HTMLElement) {
      event.preventDefault();
      this.#follows = false;
      next.focus();
    } else if (event.key === "Enter") {
      // The same press must not go on to the first word of the dialog that it opens.
      event.preventDefault();
      const shown = held.get(row)?.row;
      if (shown?.kind === "said") ask(this, "words", { ...whereIs(shown), from: 0, to: shown.words?.length ?? 0 });
    }
  }

  /** Once the call is over, a word that is clicked is heard again: its line's button does the same for keys. @param {Node} target */
  #played(target) {
    const word = this.#kept && document.getSelection()?.isCollapsed !== false ? wordOf(target) : null;
    const row = word?.closest("li");
    const said = row && held.get(row)?.row.words?.[Number(word?.dataset.place)];
    if (said) ask(this, "moment", { at_ms: said.start_ms, heard: true });
  }

  #picked() {
    const selection = document.getSelection();
    if (!selection || selection.isCollapsed || selection.rangeCount === 0) return;
    const { startContainer, endContainer } = selection.getRangeAt(0);
    const [first, last] = [wordOf(startContainer), wordOf(endContainer)];
    const row = first?.closest("li");
    const shown = row && held.get(row)?.row;
    if (!first || !last || row !== last.closest("li") || !shown || shown.kind !== "said") return;
    ask(this, "words", { ...whereIs(shown), from: Number(first.dataset.place), to: Number(last.dataset.place) + 1 });
  }
}

/** @param {Row} row */
function whereIs({ party, number, words }) {
  return { party, utterance: number, words };
}

/** @param {Node} node */
function wordOf(node) {
  const within = node instanceof HTMLElement ? node : node.parentElement;
  const word = within?.closest("[data-place]");
  return word instanceof HTMLElement ? word : null;
}

/** @param {HTMLElement} node @param {Row} row @param {Legend} legend @param {Hit[]} hits @param {Hit | null} current */
function update(node, row, legend, hits, current) {
  const before = held.get(node);
  const state = `${row.kind} ${hits.map((hit) => `${hit.from}-${hit.to}${hit === current ? "*" : ""}`).join()} ${Object.keys(legend).length}`;
  // Rows hold frozen parts of the model: the same parts are the same row.
  if (before?.row.source === row.source && before.row.marks === row.marks && before.state === state) return;
  held.set(node, { row, state });
  node.className = `row row-${row.kind} of-${row.party}`;
  const [time, who, text] = node.children;
  if (!time || !who || !text) return;
  setText(time, clock(row.at_ms));
  time.setAttribute("aria-label", `Play from ${clock(row.at_ms)}`);
  setText(who, row.words ? PARTIES[row.party] : "");
  if (row.kind === "draft") who.append(el("span", { class: "draft-note" }, " still being heard"));
  text.replaceChildren(...(row.words ? wordsOf(row.words, row.marks ?? [], legend, hits, current) : [noteOf(row)]));
}

/** @param {Word[]} words @param {Mark[]} marks @param {Legend} legend @param {Hit[]} hits @param {Hit | null} current */
function wordsOf(words, marks, legend, hits, current) {
  /** @param {number} from @param {number} to */
  const spoken = (from, to) =>
    words.slice(from, to).flatMap((word, ahead) => [...(ahead > 0 ? [" "] : []), wordNode(word, from + ahead, hits, current)]);
  return stretches(words, marks).flatMap(({ from, to, mark }, place) => [
    ...(place > 0 ? [" "] : []),
    ...(mark ? [marked(spoken(from, to), mark, legend)] : spoken(from, to)),
  ]);
}

/** @param {Word} word @param {number} place @param {Hit[]} hits @param {Hit | null} current */
function wordNode(word, place, hits, current) {
  const hit = hits.find(({ from, to }) => place >= from && place < to);
  const classes = [word.confidence < UNSURE_BELOW ? "unsure" : "", hit ? "found" : "", hit && hit === current ? "found-now" : ""];
  return el("span", { "data-place": String(place), class: classes.filter(Boolean).join(" ") || null }, word.text);
}

/** @param {(Node | string)[]} spoken @param {Mark} mark @param {Legend} legend */
function marked(spoken, mark, legend) {
  const title = legend[mark.marker]?.title ?? mark.marker.replaceAll("_", " ");
  const denied = mark.polarity === "denied";
  return el(
    "mark",
    { title: denied ? `Denied: ${title}` : title, class: denied ? "denied" : null },
    ...spoken,
    el("span", { class: "spoken-only" }, ` (${denied ? "denied: " : ""}${title})`),
  );
}

/** @param {Row} row */
function noteOf(row) {
  const whom = PARTIES_IN_TEXT[row.party];
  const to_ms = row.to_ms ?? null;
  if (row.kind === "deaf") {
    return to_ms === null ? `Not listening to ${whom} from here on` : `Was not listening to ${whom} until ${clock(to_ms)}`;
  }
  if (row.kind === "sound") return soundText(row.sound ?? "", row.count ?? 1, whom);
  const lasted = seconds((to_ms ?? 0) - (row.from_ms ?? 0));
  return row.kind === "silent" ? `${lasted} without sound from ${whom}` : `${lasted} of ${whom} not heard`;
}

/** Pure. @param {string} sound @param {number} count @param {string} whom */
export function soundText(sound, count, whom) {
  if (sound === "whispering") return `Perhaps whispering by ${whom}`;
  const one = sound === "taps" ? "a tap" : "a cough";
  return `Perhaps ${count === 1 ? one : `${count} ${sound}`} by ${whom}`;
}

customElements.define("call-transcript", CallTranscript);
