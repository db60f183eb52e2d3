/** What a browser does with a form and with cookies, and no more. */

import { assertEquals } from "@std/assert";

/** Somebody who keeps cookies and sends forms as they were shown. */
export class Visitor {
  readonly #url: URL;
  readonly #cookies = new Map<string, string>();
  /** The hidden fields of the form that was shown last. */
  #hidden: [name: string, value: string][] = [];

  /** @param url The address of the server, with a slash at its end. */
  constructor(url: URL) {
    this.#url = url;
  }

  /** The cookies, by their name; may be changed. */
  get cookies(): Map<string, string> {
    return this.#cookies;
  }

  /** Asks for something and keeps its cookies; a redirect is not followed. */
  async ask(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.#cookies.size > 0) {
      const pairs = [...this.#cookies].map((pair) => pair.join("="));
      headers.set("cookie", pairs.join("; "));
    }
    const target = new URL(path, this.#url);
    const response = await fetch(target, {
      redirect: "manual",
      ...init,
      headers,
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = cookie.match(/^([^=]+)=([^;]*)/) ?? [];
      this.#cookies.set(name, value);
    }
    return response;
  }

  /** Asks for a page that must be there, and gives its text. */
  async read(path: string): Promise<string> {
    const response = await this.ask(path);
    const text = await response.text();
    assertEquals([response.status, path], [200, path], text.slice(0, 1000));
    return text;
  }

  /** Looks at the form, as whoever fills it in has done. */
  async seeForm(): Promise<string> {
    const text = await this.read("");
    const inputs = text.matchAll(
      /<input type="hidden" name="([^"]*)" value="([^"]*)">/g,
    );
    this.#hidden = [...inputs].map((
      [, name = "", value = ""],
    ) => [name, value]);
    return text;
  }

  /** Sends what was filled in, with the hidden fields of the form. */
  async submit<Fields extends FormData | URLSearchParams>(
    path: string,
    fields: Fields,
    toInit: (body: Fields) => RequestInit = (body) => ({ body }),
  ): Promise<Response> {
    for (const [name, value] of this.#hidden) fields.append(name, value);
    return await this.ask(path, { method: "POST", ...toInit(fields) });
  }
}
