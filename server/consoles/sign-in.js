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

api.session().then(
  () => location.replace("/console"),
  () => {},
);
