// The sign-in page. Somebody who is signed in already is sent on.

import { Api, Refused } from "./shared/api.js";
import { part } from "./shared/dom.js";
import { applyLook } from "./shared/look.js";

const api = new Api();
const [name, password] = [part("name", HTMLInputElement), part("password", HTMLInputElement)];
const [refusal, submit] = [part("refusal", HTMLElement), part("submit", HTMLButtonElement)];

applyLook();

part("form", HTMLFormElement).addEventListener("submit", async (event) => {
  event.preventDefault();
  refusal.textContent = "";
  submit.disabled = true;
  try {
    const { console: page } = await api.signIn(name.value.trim(), password.value);
    location.assign(page);
  } catch (fault) {
    if (!(fault instanceof Refused)) throw fault;
    refusal.textContent = fault.message;
    submit.disabled = false;
    password.select();
    password.focus();
  }
});

// Why the provider's way came back without somebody signed in: only known codes, never words from the address.
/** @type {Record<string, string>} */
const WHY = {
  "not-vouched": "Your force's sign-in did not confirm who you are. Try again.",
  "provider-away": "Your force's sign-in does not answer. Try again, or use a break-glass account.",
  "no-role": "Your force account has no role here, or more than one. Ask whoever looks after Earshot.",
  "name-taken": "Your sign-in name belongs to another account here. Ask whoever looks after Earshot.",
};
part("failed", HTMLElement).textContent = WHY[new URLSearchParams(location.search).get("why") ?? ""] ?? "";

api.get("/sign-in/ways").then(
  ({ provider }) => {
    if (!provider) return;
    part("provider", HTMLAnchorElement).textContent = provider;
    part("elsewhere", HTMLElement).hidden = false;
    part("local", HTMLElement).hidden = false;
    part("provider", HTMLAnchorElement).focus();
  },
  () => {},
);

api.session().then(
  () => location.replace("/console"),
  () => {},
);
