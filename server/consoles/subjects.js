// Subject access: requests for everything that is held about somebody, and one of them with all that was found.

import { ProveAgain } from "./components/prove-again.js";
import { SubjectRequest, stateOf } from "./components/subject-request.js";
import { LONG_MS, newAct, Refused } from "./shared/api.js";
import { el, part, setText, show } from "./shared/dom.js";
import { Duty, dayAndTime } from "./shared/duty.js";
import { formOf } from "./shared/fields.js";

/** @import { Request, Seen } from "./components/subject-request.js" */
/** @import { Spec } from "./shared/fields.js" */

const duty = new Duty();
const here = decodeURIComponent(location.pathname.split("/")[2] ?? "");
const path = `/api/subjects/${encodeURIComponent(here)}`;
const asked = new URLSearchParams(location.search);
const shown = part("request", SubjectRequest);

/** @type {Spec[]} */
const WHO = [
  { name: "name", label: "Their name", most: 120 },
  { name: "numbers", label: "Their telephone numbers, a line each", kind: "area", optional: true },
  { name: "addresses", label: "Where they live or lived, a line each", kind: "area", optional: true },
];
/** @type {Spec[]} */
const WHY = [{ name: "why", label: "Who asked, when, and how you know that it is them" }];

/** Do it, and once more after a proof where one is wanted. @param {() => Promise<unknown>} what */
function attempt(what) {
  return duty.try(async () => {
    try {
      await what();
    } catch (fault) {
      if (!(fault instanceof Refused) || fault.code !== "prove-again") throw fault;
      part("proof", ProveAgain).ask({ api: duty.api, provider: duty.session?.provider ?? false, attempt, again: what });
      throw fault;
    }
  });
}

/** @param {string} text */
function lines(text) {
  return text.split("\n").map((line) => line.trim()).filter(Boolean);
}

/** @param {Record<string, string>} values */
function take(values) {
  const [ofCase, party] = [asked.get("case"), asked.get("party")];
  const who = ofCase ? { case: ofCase, party } : { name: values.name, numbers: lines(values.numbers ?? ""), addresses: lines(values.addresses ?? "") };
  const id = newAct();
  return attempt(async () => {
    const { request } = await duty.api.act("/api/subjects", { ...who, why: values.why }, id);
    location.assign(`/subjects/${encodeURIComponent(request)}`);
  });
}

/** @param {Request} one */
function rowOf(one) {
  const link = el(
    "a",
    { class: "row-link", href: `/subjects/${encodeURIComponent(one.id)}`, "aria-current": one.id === here ? "true" : null },
    el("span", { class: "name" }, one.name),
    el("span", { class: "wide quiet" }, `${stateOf(one)} Taken on by ${one.by}, ${dayAndTime(one.asked_at)}.`),
  );
  return el("li", {}, link);
}

async function list() {
  const { requests } = await duty.api.get("/api/subjects");
  part("requests", HTMLElement).replaceChildren(...requests.map(rowOf));
  show(part("no-requests", HTMLElement), requests.length === 0);
}

async function look() {
  if (here === "") return;
  const seen = /** @type {Seen} */ (await duty.api.get(path, LONG_MS));
  const { people } = seen;
  shown.show(seen, { me: duty.me.id, name: (id) => (id === duty.me.id ? "you" : (people[id] ?? id)) });
  show(shown, true);
}

/** @param {string} what @param {object} body @param {string} told */
function act(what, body, told) {
  const id = newAct();
  return attempt(async () => {
    await duty.api.act(`${path}/${what}`, body, id, LONG_MS);
    await Promise.all([list(), look()]);
    duty.tell(told);
  });
}

function download() {
  const id = newAct();
  return attempt(async () => {
    const { data, digest } = await duty.api.file(`${path}/bundle`, id);
    const link = el("a", { href: URL.createObjectURL(data), download: `${here}.zip` });
    link.click();
    URL.revokeObjectURL(link.href);
    await Promise.all([list(), look()]);
    duty.tell(`It has left. Digest of its hashes: ${digest}`);
  });
}

/** @type {Record<string, (detail: any) => unknown>} */
const ASKED = {
  "decide-item": (detail) => act("decide", detail, "Decided."),
  "put-forward": () => act("propose", {}, "It waits for a second person."),
  "agree-all": () => act("approve", {}, "Agreed. Whoever took it on takes the bundle."),
  "turn-down": (detail) => act("turn-down", detail, "Turned down."),
  "take-bundle": download,
};
for (const [name, does] of Object.entries(ASKED)) {
  document.addEventListener(name, (event) => event instanceof CustomEvent && does(event.detail));
}

duty.start(async () => {
  await list();
  await look();
  const ofCase = asked.get("case") !== null;
  setText(part("asking-about", HTMLElement), ofCase ? `About ${asked.get("name") ?? "somebody"} of ${asked.get("case")}: by the name, number and addresses that the case has of them.` : "Everything is looked for that the force holds: calls, cases, referrals and earlier records. That you looked is on record.");
  part("asking-form", HTMLElement).replaceChildren(formOf(ofCase ? WHY : [...WHO, ...WHY], "Look for everything", take));
  show(part("asking", HTMLElement), here === "");
});
