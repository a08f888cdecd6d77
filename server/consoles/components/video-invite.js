// <video-invite>: asking somebody on a call into video. The three questions, what speaks for and against, the link,
// and what became of it. Nothing here decides: a stop sign has to be read, and a person goes on or does not.

import { newAct, ofCall, Refused } from "../shared/api.js";
import { el, field, keyed, setText, show } from "../shared/dom.js";
import { factLine, linkText, LOOKS_ALIVE, radios, SHOWN_LATER_MS } from "../shared/video-words.js";

/** @import { Api } from "../shared/api.js" */
/** @import { Face } from "../shared/types.js" */
/** @import { Invitation, Picture } from "../shared/video-words.js" */

const KINDS = [
  { value: "video", label: "Video, sound and text" },
  { value: "text", label: "Text only" },
  { value: "location", label: "Where they are, once" },
];

export class VideoInvite extends HTMLElement {
  /** @type {Api | null} */
  api = null;
  /** Whose door is asked: the call's or the case's. */
  #path = "";
  #guest = false;
  #asking = 0;
  /** @type {Picture | null} */
  #picture = null;
  #open = el("button", { type: "button", class: "small", hidden: true }, "Video link…");
  #title = el("h2", { id: "video-title", tabindex: "-1" }, "Send a video link");
  #told = el("p", { class: "told", role: "status" });
  #asked = el("p", { class: "quiet" });
  #safety = el("form", { class: "video-safety", novalidate: true });
  #facts = el("ul", { class: "video-facts" });
  #factsTitle = el("h3", {}, "What speaks for and against video");
  #factsNote = el("p", { class: "quiet" }, "These are facts for you to weigh. Nothing here decides.");
  #send = el("form", { class: "video-send" });
  #to = el("input", { id: "video-to", type: "tel", autocomplete: "off", maxlength: "40" });
  #kind = el("select", { id: "video-kind" }, ...KINDS.map(({ value, label }) => el("option", { value }, label)));
  #kindField = field("video-kind", "What the link opens", this.#kind);
  #language = el("select", { id: "video-language" });
  #name = el("input", { id: "video-name", maxlength: "40", autocomplete: "off", placeholder: "Officer, interpreter…" });
  #talks = el("input", { id: "video-talks", type: "checkbox" });
  #record = el("input", { id: "video-record", type: "checkbox" });
  #knowing = el("input", { id: "video-knowing", type: "checkbox" });
  #guestFields = el("div", {}, el("p", { class: "quiet" }, "For officers and interpreters: nobody asks them the three questions. Whom the call is about comes by a link of their own."), field("video-name", "Shown to those in the call as", this.#name), el("div", { class: "switch" }, this.#talks, el("label", { for: "video-talks" }, "May talk (otherwise they only see and hear)")));
  #recordField = el("div", { class: "switch" }, this.#record, el("label", { for: "video-record" }, "They agree to be recorded"));
  #knowingField = el("div", { class: "switch" }, this.#knowing, el("label", { for: "video-knowing" }, "I have read the stop signs and still want to send a link"));
  #submit = el("button", { type: "submit", class: "primary" }, "Send the link");
  #shown = el("div", { class: "video-shown", hidden: true });
  #links = el("ol", { class: "video-links" });
  #dialog = el("dialog", { "aria-labelledby": "video-title", class: "video-dialog" });
  /** @type {Record<string, ReturnType<typeof radios>>} */
  #questions = {};
  #word = el("input", { id: "video-word", maxlength: "60", autocomplete: "off" });

  connectedCallback() {
    if (this.childElementCount > 0) return;
    this.#build();
    this.#open.addEventListener("click", () => this.open());
    this.#dialog.addEventListener("close", () => clearInterval(this.#asking));
    this.#talks.addEventListener("change", () => this.#drawRecord());
    this.append(this.#open, this.#dialog);
  }

  #build() {
    this.#questions = {
      phone_safe: radios("phone_safe", "Is this phone safe to text?", [["yes", "Yes"], ["no", "No"], ["not sure", "Not sure"]]),
      others: radios("others", "Who else can see or hear it?", [["nobody", "Nobody"], ["somebody safe", "Somebody safe"], ["the suspect", "The suspect"], ["not sure", "Not sure"]]),
      alone: radios("alone", "Are you alone?", [["yes", "Yes"], ["no", "No"], ["not sure", "Not sure"]]),
    };
    this.#safety.append(
      el("h3", {}, "Ask first"),
      this.#asked,
      ...Object.values(this.#questions).map(({ node }) => node),
      field("video-word", "A word for “somebody has come in” (optional)", this.#word),
      el("button", { type: "submit" }, "Record the answers"),
    );
    this.#safety.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#recordAnswers();
    });
    this.#send.append(
      el("h3", {}, "Send"),
      field("video-to", "Mobile number", this.#to),
      this.#guestFields,
      this.#kindField,
      field("video-language", "Language of the text and the page", this.#language),
      this.#recordField,
      this.#knowingField,
      this.#submit,
    );
    this.#send.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#sendLink();
    });
    const close = el("button", { type: "button" }, "Close");
    close.addEventListener("click", () => this.#dialog.close());
    this.#dialog.append(this.#title, this.#safety, this.#factsTitle, this.#factsNote, this.#facts, this.#send, this.#told, this.#shown, el("h3", {}, "Links of this call"), this.#links, el("div", { class: "dialog-acts" }, close));
  }

  get isOpen() {
    return this.#dialog.open;
  }

  /** @param {{ call: string | null, me: Face, allowed: boolean, guest?: boolean }} shown `guest`: within a video call, for those who help */
  show({ call, me, allowed, guest = false }) {
    const path = call === null ? "" : `${ofCall(call)}/video`;
    if (path !== this.#path && this.#dialog.open) this.#dialog.close();
    this.#path = path;
    this.#guest = guest;
    setText(this.#open, guest ? "Invite officer or interpreter…" : "Video link…");
    show(this.#open, call !== null && allowed && me.role !== "supervisor");
  }

  /** From a case. @param {{ path: string, me: Face }} shown `path`: the case's */
  showCase({ path, me }) {
    this.#path = `${path}/video`;
    show(this.#open, me.role === "specialist");
  }

  async open() {
    setText(this.#title, this.#guest ? "Invite an officer or interpreter" : "Send a video link");
    setText(this.#told, "");
    this.#forget();
    this.#knowing.checked = this.#record.checked = false;
    this.#picture = null;
    this.#dialog.showModal();
    this.#title.focus();
    await this.#look();
    this.#to.value = this.#guest ? "" : this.picture?.number ?? "";
    this.#asking = setInterval(() => this.#look(), SHOWN_LATER_MS);
  }

  /** The text of a link that was sent before is nobody's business now. */
  #forget() {
    show(this.#shown, false);
    this.#shown.replaceChildren();
  }

  /** @returns {Picture | null} */
  get picture() {
    return this.#picture;
  }

  async #look() {
    const path = this.#path;
    const picture = await this.api?.get(path).catch((fault) => this.#say(fault));
    if (!picture || path !== this.#path) return;
    const first = this.#picture === null;
    this.#picture = picture;
    this.#draw(first);
  }

  /** @param {boolean} first */
  #draw(first) {
    const picture = this.#picture;
    if (!picture) return;
    const { safety } = picture;
    setText(this.#asked, safety ? `Answered. It stands until ${clockText(safety.until)}; ask again when anything changes.` : "Nobody has asked yet, or the answers have expired.");
    if (first && safety) {
      for (const [name, question] of Object.entries(this.#questions)) question.choose(String(safety[/** @type {"alone"} */ (name)]));
      this.#word.value = safety.word;
    }
    if (first) this.#language.replaceChildren(...picture.languages.map(({ code, name, verified }) => el("option", { value: code }, verified ? name : `${name} (not yet checked by a speaker)`)));
    const stops = picture.facts.filter((fact) => fact.speaks === "stop");
    for (const node of [this.#safety, this.#facts, this.#factsTitle, this.#factsNote]) show(node, !this.#guest);
    show(this.#guestFields, this.#guest);
    show(this.#kindField, !this.#guest);
    this.#drawRecord();
    show(this.#knowingField, stops.length > 0 && !this.#guest);
    keyed(this.#facts, picture.facts, (fact) => `${fact.speaks} ${fact.text}`, factLine, () => {});
    keyed(this.#links, [...picture.links].reverse(), (link) => link.link, (link) => this.#line(link), (node, link) => this.#update(node, link));
  }

  /** It is asked of everybody who may be seen and heard. */
  #drawRecord() {
    show(this.#recordField, this.#picture?.records === true && (!this.#guest || this.#talks.checked));
  }

  async #recordAnswers() {
    const body = Object.fromEntries(Object.entries(this.#questions).map(([name, question]) => [name, question.value]));
    if (Object.values(body).some((value) => value === "")) return setText(this.#told, "Answer all three questions.");
    await this.#act(`${this.#path}/safety`, { ...body, word: this.#word.value.trim() });
  }

  async #sendLink() {
    const kind = this.#guest ? "video" : this.#kind.value;
    const guest = this.#guest ? { guest: true, talks: this.#talks.checked, name: this.#name.value.trim() } : { knowing: this.#knowing.checked };
    const record = this.#record.checked && !this.#recordField.hidden;
    this.#forget();
    this.#submit.disabled = true;
    const sent = await this.#act(`${this.#path}/invite`, { kind, to: this.#to.value, language: this.#language.value, record, ...guest });
    this.#submit.disabled = false;
    if (!sent) return;
    // The next link is somebody else's, who has to be asked for themselves.
    this.#record.checked = false;
    if (sent.instead) setText(this.#told, sent.instead);
    show(this.#shown, Boolean(sent.shown));
    if (sent.shown) this.#shown.replaceChildren(el("p", { class: "label" }, "Development: nothing was sent. This is the text:"), el("p", { class: "video-text" }, sent.shown));
  }

  /** @param {string} path @param {object} [body] */
  async #act(path, body = {}) {
    setText(this.#told, "");
    const done = await this.api?.act(path, body, newAct()).catch((fault) => this.#say(fault));
    await this.#look();
    return done;
  }

  /** @param {unknown} fault @returns {null} */
  #say(fault) {
    if (!(fault instanceof Refused)) throw fault;
    setText(this.#told, fault.message);
    return null;
  }

  /** @param {Invitation} link */
  #line(link) {
    const revoke = el("button", { type: "button", class: "small" }, "Take it back");
    revoke.addEventListener("click", () => this.#act(`${this.#path}/links/${encodeURIComponent(link.link)}/revoke`));
    const room = el("a", { href: `/video/${encodeURIComponent(link.room)}` }, "Open the video call");
    return el("li", {}, el("span", {}), revoke, room);
  }

  /** @param {HTMLElement} node @param {Invitation} link */
  #update(node, link) {
    const [text, revoke, room] = /** @type {HTMLElement[]} */ ([...node.children]);
    setText(text, linkText(link));
    node.className = link.tried_elsewhere > 0 || link.instead ? "wrong" : "";
    show(revoke, LOOKS_ALIVE.has(link.state));
    show(room, link.state === "opened" && !this.#guest);
  }
}

/** @param {string} at */
function clockText(at) {
  return new Date(at).toLocaleString("en-GB", { weekday: "short", hour: "2-digit", minute: "2-digit" });
}

customElements.define("video-invite", VideoInvite);
