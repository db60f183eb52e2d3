/**
 * Keeps the cookies of a client.
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

/** Returns the key that identifies a cookie: RFC 6265 section 5.3, step 11. */
function keyOf({ name, domain = "", path }: Cookie): string {
  return `${domain};${path};${name}`;
}

/**
 * Returns whether a path matches the path of a cookie: RFC 6265 section 5.1.4.
 */
function isUnder(path: string, folder: string): boolean {
  return path === folder ||
    path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}

/** Returns whether a host receives a cookie: RFC 6265 section 5.4. */
function isFor(host: string, { domain, isHostOnly }: Cookie): boolean {
  if (domain === undefined) return true;
  return isHostOnly ? host === domain : isInDomain(host, domain);
}

/**
 * The cookies of a client, kept as a browser does.
 *
 * `Domain`, `Path`, `Max-Age`, `Expires`, `Secure` and the prefixes `__Host-`
 * and `__Secure-` are supported. `HttpOnly` and `SameSite` are ignored, because
 * they are about scripts and other sites. A cookie without an expiration date
 * is kept as long as the jar exists.
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
   * @returns The value of the cookie with the longest path; `undefined` if
   * there is no cookie of this name.
   */
  get(name: string): string | undefined {
    return this.#sorted().find((cookie) => cookie.name === name)?.value;
  }

  /**
   * Adds a cookie for all hosts.
   *
   * @param name The name of the cookie.
   * @param value The value, which is sent unchanged.
   * @param path The cookie is sent to this path and to all paths below it.
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
   * Removes all cookies of a name, for every path and domain.
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
   * Applies a `Set-Cookie` header: adds, replaces or removes a cookie. A header
   * that a browser would ignore is ignored.
   *
   * @param header The value of the header.
   * @param requestPath The path of the request that the response belongs to.
   * @param source The origin of the response. Without a host, the cookie is
   * kept for all hosts.
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
    // A replaced cookie keeps its position. An expired one is removed.
    if (cookie.expires <= now || this.#isOver(key, now)) {
      this.#cookies.delete(key);
    }
    if (cookie.expires > now) this.#cookies.set(key, cookie);
  }

  /**
   * Returns the `Cookie` header of a request.
   *
   * @param path The path of the request.
   * @param isSecure Whether the request uses TLS.
   * @param host The host of the request, without a port. Without it, the
   * cookies of all hosts are sent.
   * @returns The value of the header; `undefined` if no cookie matches the
   * request.
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

  /**
   * Returns the cookies that have not expired: the longest paths first, then
   * the oldest.
   */
  #sorted(): Cookie[] {
    const now = Date.now();
    return [...this.#cookies.values()]
      .filter(({ expires }) => expires > now)
      .sort((a, b) => b.path.length - a.path.length);
  }
}
