/** A browser that keeps cookies and submits forms. */

import { assertEquals } from "@std/assert";
import { type Visit, visit } from "../visit.ts";

/** A client with cookies, which submits forms with their hidden fields. */
export class Visitor {
  readonly #url: URL;
  /** The cookies, by their name; may be changed. */
  readonly cookies: Map<string, string> = new Map();
  /** The hidden fields of the last form. */
  #hidden: [name: string, value: string][] = [];

  /** @param url The address of the server, with a slash at its end. */
  constructor(url: URL) {
    this.#url = url;
  }

  /** Sends a request and keeps the cookies; does not follow redirects. */
  async ask(path: string, init: RequestInit = {}): Promise<Visit> {
    const headers = new Headers(init.headers);
    if (this.cookies.size > 0) {
      const pairs = [...this.cookies].map((pair) => pair.join("="));
      headers.set("cookie", pairs.join("; "));
    }
    const response = await visit(new URL(path, this.#url), {
      ...init,
      headers,
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = cookie.match(/^([^=]+)=([^;]*)/) ?? [];
      this.cookies.set(name, value);
    }
    return response;
  }

  /** Reads the text of a page that must exist. */
  async read(path: string): Promise<string> {
    const { status, text } = await this.ask(path);
    assertEquals([status, path], [200, path], text.slice(0, 1000));
    return text;
  }

  /** Reads the form. */
  async seeForm(): Promise<string> {
    const text = await this.read("");
    const hidden = /<input type="hidden" name="([^"]*)" value="([^"]*)">/g;
    this.#hidden = Array.from(
      text.matchAll(hidden),
      ([, name = "", value = ""]) => [name, value],
    );
    return text;
  }

  /** Submits the form, with its hidden fields. */
  async submit<Fields extends FormData | URLSearchParams>(
    path: string,
    fields: Fields,
    toInit: (body: Fields) => RequestInit = (body) => ({ body }),
  ): Promise<Visit> {
    for (const [name, value] of this.#hidden) fields.append(name, value);
    return await this.ask(path, { method: "POST", ...toInit(fields) });
  }
}
