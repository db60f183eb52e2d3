/**
 * {@linkcode CookieJar}: the cookies of a client.
 *
 * @module
 */

import {
  type Cookie,
  type CookieSource,
  isInDomain,
  parseSetCookie,
} from "./set_cookie.ts";

export type { CookieSource };

/** Returns the identity of a cookie: RFC 6265 section 5.3, step 11. */
function keyOf({ name, domain = "", path }: Cookie): string {
  return `${domain};${path};${name}`;
}

/** RFC 6265 section 5.1.4. */
function isUnder(path: string, folder: string): boolean {
  return path === folder ||
    path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}

/** RFC 6265 section 5.4: whether a host gets a cookie. */
function isFor(host: string, { domain, isHostOnly }: Cookie): boolean {
  if (domain === undefined) return true;
  return isHostOnly ? host === domain : isInDomain(host, domain);
}

/**
 * The cookies of a client, as browsers keep them.
 *
 * `Domain`, `Path`, `Max-Age`, `Expires`, `Secure` and the prefixes `__Host-`
 * and `__Secure-` have their meaning. `HttpOnly` and `SameSite` have none here:
 * they are about scripts and other sites. A cookie without an end is kept as
 * long as the jar.
 *
 * RFC 6265 section 5; for the prefixes draft-ietf-httpbis-rfc6265bis.
 *
 * @example Usage
 * ```ts
 * import { CookieJar } from "@wsgi/ref/test-client";
 * import { assertEquals } from "@std/assert";
 *
 * const jar = new CookieJar();
 * jar.receive("session=abc; Path=/", "/login");
 * assertEquals(jar.get("session"), "abc");
 * assertEquals(jar.headerFor("/", false), "session=abc");
 * ```
 */
export class CookieJar {
  readonly #cookies = new Map<string, Cookie>();

  /**
   * Returns the value of a cookie.
   *
   * @param name The name of the cookie.
   * @returns The value of the one with the longest path; `undefined` if there is
   * none.
   */
  get(name: string): string | undefined {
    return this.#sorted().find((cookie) => cookie.name === name)?.value;
  }

  /**
   * Adds a cookie that every host gets.
   *
   * @param name The name of the cookie.
   * @param value The value of the cookie.
   * @param path The path to which it is sent, and to all below.
   */
  set(name: string, value: string, path: string = "/"): void {
    const cookie: Cookie = {
      name,
      value,
      path,
      domain: undefined,
      isHostOnly: true,
      isSecure: false,
      expires: Infinity,
    };
    this.#cookies.set(keyOf(cookie), cookie);
  }

  /**
   * Removes a cookie, whatever its path and domain.
   *
   * @param name The name of the cookie.
   */
  delete(name: string): void {
    for (const [key, cookie] of this.#cookies) {
      if (cookie.name === name) this.#cookies.delete(key);
    }
  }

  /** Removes all cookies. */
  clear(): void {
    this.#cookies.clear();
  }

  /**
   * Keeps what a `Set-Cookie` header says. A header that a browser would ignore
   * is ignored.
   *
   * @param header The value of the header.
   * @param requestPath The path of the request that it answers.
   * @param source Where the response came from. Without a host, the cookie is
   * kept for every host.
   */
  receive(
    header: string,
    requestPath: string,
    source: CookieSource = {},
  ): void {
    const now = Date.now();
    const cookie = parseSetCookie(header, requestPath, source, now);
    if (cookie === undefined) return;
    const key = keyOf(cookie);
    // A cookie that is replaced keeps its place, and one that has ended has none.
    if (cookie.expires <= now || this.#isOver(key, now)) {
      this.#cookies.delete(key);
    }
    if (cookie.expires > now) this.#cookies.set(key, cookie);
  }

  /**
   * Returns the `Cookie` header of a request.
   *
   * @param path The path of the request.
   * @param isSecure Whether the request goes over TLS.
   * @param host The host of the request, without a port. Without it, the
   * cookies of all hosts are sent.
   * @returns The value; `undefined` if no cookie belongs to the request.
   */
  headerFor(
    path: string,
    isSecure: boolean,
    host?: string,
  ): string | undefined {
    const pairs = this.#sorted()
      .filter((cookie) => isUnder(path, cookie.path))
      .filter((cookie) => isSecure || !cookie.isSecure)
      .filter((cookie) =>
        host === undefined || isFor(host.toLowerCase(), cookie)
      )
      .map(({ name, value }) => `${name}=${value}`);
    return pairs.length === 0 ? undefined : pairs.join("; ");
  }

  #isOver(key: string, now: number): boolean {
    const expires = this.#cookies.get(key)?.expires;
    return expires !== undefined && expires <= now;
  }

  /** Those that have not ended: the longest paths first, then the oldest. */
  #sorted(): Cookie[] {
    const now = Date.now();
    return [...this.#cookies.values()]
      .filter(({ expires }) => expires > now)
      .sort((a, b) => b.path.length - a.path.length);
  }
}
