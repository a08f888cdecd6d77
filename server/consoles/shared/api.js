// Requests to the server. A refusal comes back as an error with a code and a sentence.

export class Refused extends Error {
  constructor(status, { code = "failed", message = "The server could not do this.", who = null } = {}) {
    super(message);
    Object.assign(this, { status, code, who });
  }
}

export class Api {
  #csrf = "";

  async session() {
    const session = await this.#ask("GET", "/api/session");
    this.#csrf = session.csrf;
    return session;
  }

  markers() {
    return this.#ask("GET", "/api/markers");
  }

  signIn(name, password) {
    return this.#ask("POST", "/sign-in", { name, password });
  }

  signOut() {
    return this.#ask("POST", "/sign-out", {});
  }

  duty(on_duty) {
    return this.#ask("POST", "/api/duty", { on_duty });
  }

  take(call) {
    return this.#ask("POST", `/api/calls/${encodeURIComponent(call)}/take`, {});
  }

  prompt(call, prompt, step, body = {}) {
    const path = `/api/calls/${encodeURIComponent(call)}/prompts/${encodeURIComponent(prompt)}/${step}`;
    return this.#ask("POST", path, body);
  }

  async #ask(method, path, body) {
    const headers = { Accept: "application/json" };
    if (body !== undefined) {
      headers["Content-Type"] = "application/json";
      headers["X-CSRF-Token"] = this.#csrf;
    }
    let response;
    try {
      response = await fetch(path, { method, headers, body: body && JSON.stringify(body), signal: AbortSignal.timeout(10000) });
    } catch {
      // Cut off after sending, nobody knows whether it was recorded: the feed will show it if it was.
      throw new Refused(0, { code: "unreachable", message: "The server did not answer. Look whether this was recorded." });
    }
    const answer = await response.json().catch(() => ({}));
    if (response.ok) return answer;
    throw new Refused(response.status, answer.error);
  }
}
