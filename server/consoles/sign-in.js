// The sign-in page. Somebody who is signed in already is sent on.

import { Api } from "./shared/api.js";

const part = (id) => document.getElementById(id);
const api = new Api();

part("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  part("refusal").textContent = "";
  part("submit").disabled = true;
  try {
    const { console: page } = await api.signIn(part("name").value.trim(), part("password").value);
    location.assign(page);
  } catch (refused) {
    part("refusal").textContent = refused.message;
    part("submit").disabled = false;
    part("password").select();
    part("password").focus();
  }
});

api.session().then(
  () => location.replace("/console"),
  () => {},
);
