// Cases: the list, and one of them with everything that is known and done. Specialists and supervisors keep them.

import { CaseList } from "./components/case-list.js";
import "./components/case-assessments.js";
import "./components/case-conference.js";
import "./components/case-people.js";
import "./components/case-record.js";
import "./components/case-referrals.js";
import { OverdueList } from "./components/overdue-list.js";
import { CasePart } from "./components/case-part.js";
import { VideoInvite } from "./components/video-invite.js";
import { Api, Refused } from "./shared/api.js";
import { caseTitle } from "./shared/cases.js";
import { part, setText, show } from "./shared/dom.js";
import { folded, formOf } from "./shared/fields.js";
import { applyLook } from "./shared/look.js";

/** @import { CaseView, Match } from "./shared/cases.js" */

const PARTS = ["people", "record", "assessments", "referrals", "conference"];

const api = new Api();
const wanted = location.pathname.split("/")[2];
const path = wanted ? `/api/cases/${encodeURIComponent(decodeURIComponent(wanted))}` : "";
const call = new URLSearchParams(location.search).get("call");
let nation = "";
/** @type {import("./shared/types.js").Face | null} */
let me = null;
/** @type {CaseView | null} */
let view = null;

applyLook();

/** @param {string} sentence */
function tell(sentence) {
  setText(part("told", HTMLElement), sentence);
}

/** @param {unknown} fault */
function refused(fault) {
  if (!(fault instanceof Refused)) throw fault;
  if (fault.status === 401) location.assign("/sign-in");
  else tell(fault.message);
}

async function showList() {
  const answer = await api.get(call ? `/api/cases?call=${encodeURIComponent(call)}` : "/api/cases");
  const list = part("list", CaseList);
  list.show({ cases: answer.cases, call });
  show(list, true);
  show(part("all", HTMLElement), call !== null);
  part("unconfirmed", OverdueList).show(await api.get("/api/referrals/overdue"));
}

async function showCase() {
  const shown = /** @type {CaseView} */ (await api.get(path + (nation ? `?nation=${encodeURIComponent(nation)}` : "")));
  view = shown;
  const title = `${caseTitle(shown)}${shown.closed ? ", closed" : ""}`;
  document.title = title;
  setText(part("title", HTMLElement), title);
  for (const id of PARTS) part(id, CasePart).show(shown);
  part("ending", HTMLElement).replaceChildren(
    shown.closed
      ? formOf([], "Open the case again", () => act("reopen", {}))
      : folded("Close the case", [{ name: "note", label: "Why" }], "Close it", (values) => act("close", values)),
  );
  if (me) part("video", VideoInvite).showCase({ path, me });
  show(part("case", HTMLElement), true);
  show(part("all", HTMLElement), true);
}

/** @param {string} what @param {object} body */
async function act(what, body) {
  tell("");
  try {
    await api.act(`${path}/${what}`, body);
    await showCase();
  } catch (fault) {
    refused(fault);
  }
}

/** @param {{ needs: string[], nation: string }} asked */
async function findServices(asked) {
  if (asked.needs.length === 0) {
    tell("Tick what they need first.");
    return;
  }
  tell("");
  try {
    const query = new URLSearchParams({ nation: asked.nation, needs: asked.needs.join(",") });
    const { services } = /** @type {{ services: Match[] }} */ (await api.get(`${path}/services?${query}`));
    const referrals = part("referrals", CasePart);
    if (view && "found" in referrals && typeof referrals.found === "function") referrals.found(services, view);
  } catch (fault) {
    refused(fault);
  }
}

/** @type {Record<string, (detail: any) => unknown>} */
const ASKED = {
  "case-act": (detail) => act(detail.path, detail.body),
  "find-services": findServices,
  "open-case": (detail) => api.act("/api/cases", { call: detail.call }).then(({ case: opened }) => location.assign(`/cases/${encodeURIComponent(opened)}`), refused),
  nation: (detail) => {
    nation = detail.nation;
    return showCase().catch(refused);
  },
};
for (const [name, does] of Object.entries(ASKED)) {
  document.addEventListener(name, (event) => event instanceof CustomEvent && does(event.detail));
}

api
  .session()
  .then((session) => {
    me = session.person;
    const exports = session.rights.includes("export");
    document.body.toggleAttribute("data-exports", exports);
    show(part("subjects", HTMLElement), exports);
    part("video", VideoInvite).api = api;
    return path ? showCase() : showList();
  })
  .catch(refused);
