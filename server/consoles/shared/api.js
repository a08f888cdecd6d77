// Requests to the server. A refusal comes back as an error with a code and a sentence.

import { inRoom } from "./where.js";

/** @import { Marker, Session } from "./types.js" */

const GIVEN_UP_MS = 10000;
/** For what takes its time: a bundle that is made, a search through all cases. */
export const LONG_MS = 600000;

export class Refused extends Error {
  /** @param {number} status @param {{ code?: string, message?: string, who?: string | null }} [error] */
  constructor(status, { code = "failed", message = "The server could not do this.", who = null } = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.who = who;
  }
}

/** An id for one act, so that asking again for the same act does it once. */
export function newAct() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {string} call */
export function ofCall(call) {
  return `/api/calls/${encodeURIComponent(call)}`;
}

/** @param {string} call @param {string} prompt */
export function ofPrompt(call, prompt) {
  return `${ofCall(call)}/prompts/${encodeURIComponent(prompt)}`;
}

export class Api {
  #csrf = "";
  #headers;

  /** @param {Record<string, string>} [headers] what goes with every request, as for somebody without an account */
  constructor(headers = {}) {
    this.#headers = headers;
  }

  /** @returns {Promise<Session>} */
  async session() {
    const session = await this.#ask("GET", "/api/session");
    this.#csrf = session.csrf;
    return session;
  }

  /** @returns {Promise<Marker[]>} */
  markers() {
    return this.#ask("GET", "/api/markers");
  }

  /** @param {string} path @param {number} [givenUpMs] @returns {Promise<any>} */
  get(path, givenUpMs = GIVEN_UP_MS) {
    return this.#ask("GET", path, undefined, json, givenUpMs);
  }

  /** @param {string} name @param {string} password @returns {Promise<{ console: string }>} */
  signIn(name, password) {
    return this.#ask("POST", "/sign-in", { name, password });
  }

  /** @returns {Promise<unknown>} */
  signOut() {
    return this.#ask("POST", "/sign-out", {});
  }

  /** Do something that is put on record, under an id of its own. @param {string} path @param {object} [body] @param {string} [id] @param {number} [givenUpMs] @returns {Promise<any>} */
  act(path, body = {}, id = newAct(), givenUpMs = GIVEN_UP_MS) {
    return this.#ask("POST", path, { ...body, id }, json, givenUpMs);
  }

  /** Prove once more who is signed in. @param {string} password @returns {Promise<unknown>} */
  prove(password) {
    return this.#ask("POST", "/api/prove", { password });
  }

  /** What is answered as text. @param {string} path @returns {Promise<string>} */
  text(path) {
    return this.#ask("POST", path, {}, (response) => response.text());
  }

  /** A file that is made for this act. @param {string} path @param {string} id @returns {Promise<{ data: Blob, digest: string }>} */
  file(path, id) {
    return this.#ask("POST", path, { id }, async (response) => ({ data: await response.blob(), digest: response.headers.get("Digest-Of-Hashes") ?? "" }), LONG_MS);
  }

  /** @param {string} method @param {string} path @param {object} [body] @param {(response: Response) => Promise<any>} [read] @param {number} [givenUpMs] @returns {Promise<any>} */
  async #ask(method, path, body, read = json, givenUpMs = GIVEN_UP_MS) {
    /** @type {Record<string, string>} */
    const headers = { Accept: "application/json", ...this.#headers };
    if (body !== undefined) {
      headers["Content-Type"] = "application/json";
      headers["X-CSRF-Token"] = this.#csrf;
    }
    let response;
    try {
      const signal = AbortSignal.timeout(givenUpMs);
      response = await fetch(inRoom(path), { method, headers, body: body && JSON.stringify(body), signal });
    } catch {
      throw new Refused(0, { code: "unreachable", message: "The server did not answer." });
    }
    if (response.ok) return read(response);
    throw new Refused(response.status, (await json(response)).error);
  }
}

/** @param {Response} response @returns {Promise<any>} */
function json(response) {
  return response.json().catch(() => ({}));
}
