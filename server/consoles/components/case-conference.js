// <case-conference>: what speaks for a conference, in this nation's own words. It lists; a person decides.

import { ask, el } from "../shared/dom.js";
import { nationOptions } from "../shared/cases.js";
import { controlOf, folded } from "../shared/fields.js";
import { CasePart } from "./case-part.js";

/** @import { CaseView, Marac } from "../shared/cases.js" */

class CaseConference extends CasePart {
  /** @param {CaseView} view @override */
  slice({ marac, nation }) {
    return [marac, nation];
  }

  /** @param {CaseView} view @override */
  draw({ marac, nation }) {
    const where = controlOf({ name: "nation", label: "", kind: "select", options: [...(nation ? [] : [{ value: "", label: "Choose" }]), ...nationOptions()], value: nation });
    where.addEventListener("change", () => where.value && ask(this, "nation", { nation: where.value }));
    return [
      el("h2", {}, marac?.text.title ?? "Conference"),
      el("div", { class: "field" }, el("label", { for: where.id }, "Whose law holds"), where),
      ...(marac ? criteriaOf(marac) : [el("p", { class: "loud" }, "Choose a nation: each has its own conference, and another's must not be shown.")]),
      folded("Your own judgement", [{ name: "refer", label: "Does this belong before a conference?", kind: "select", options: [{ value: "yes", label: "yes" }, { value: "no", label: "not now" }] }, { name: "why", label: "Why", kind: "area" }], "Put on record", ({ refer, why }) => this.act("judgement", { refer: refer === "yes", why })),
      folded("It was before a conference", [{ name: "on", label: "On", kind: "date" }], "Put on record", (values) => this.act("marac", values)),
    ];
  }
}

/** @param {Marac} marac */
function criteriaOf({ text, criteria, heard }) {
  const met = criteria.filter((one) => one.met).length;
  return [
    el("p", {}, text.about),
    el("p", {}, el("strong", {}, met > 0 ? `${met} of ${criteria.length} met: consider referring` : "None met so far, and your own judgement is enough by itself")),
    el("ul", { class: "criteria" }, ...criteria.map((one) => el("li", { class: one.met ? "met" : null }, el("strong", {}, one.met ? "Met: " : "Not met: "), text.criteria[one.name] ?? one.name, el("p", { class: "quiet" }, one.because)))),
    heard.length > 0 ? el("p", {}, `Before a conference on ${heard.join(", ")}`) : "",
    el("p", {}, text.without_consent),
    el("p", { class: "quiet" }, text.source),
  ];
}

customElements.define("case-conference", CaseConference);
