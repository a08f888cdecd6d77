// A real OpenID Connect provider for the tests, with people of its own. Says its port on standard output.
// node provider.mjs REDIRECT_URI

import { createServer } from "node:http";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(new URL("../consoles/package.json", import.meta.url));
const { Provider } = await import(pathToFileURL(require.resolve("oidc-provider")).href);

const PEOPLE = {
  "u-sam": { preferred_username: "samira", name: "Samira Ade", roles: ["DA-Specialists", "Staff"], force: "MID" },
  "u-nobody": { preferred_username: "nia", name: "Nia Bell", roles: ["Staff"], force: "MID" },
  "u-taken": { preferred_username: "sue", name: "Somebody Else", roles: ["DA-Duty"], force: "MID" },
};

const [redirectUri] = process.argv.slice(2);
const server = createServer((request, response) => provider.callback()(request, response));
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const issuer = `http://127.0.0.1:${server.address().port}`;
const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "earshot",
      client_secret: "a secret of the tests",
      redirect_uris: [redirectUri],
      grant_types: ["authorization_code"],
      response_types: ["code"],
    },
  ],
  claims: { openid: ["sub"], profile: ["preferred_username", "name", "roles", "force"] },
  conformIdTokenClaims: process.env.CLAIMS_IN_TOKEN !== "yes",
  findAccount: (_context, id) => PEOPLE[id] && { accountId: id, claims: () => ({ sub: id, ...PEOPLE[id] }) },
  pkce: { required: () => true },
  features: { devInteractions: { enabled: true } },
  cookies: { keys: ["only for tests"] },
});
console.log(JSON.stringify({ issuer }));
