/**
 * {@linkcode CookieJar}: the cookies of a client that talks to one server.
 *
 * @module
 */

/** A cookie that is kept. */
interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
  readonly isSecure: boolean;
  /** When it ends, in milliseconds since the epoch. */
  readonly expires: number;
}

/** What a kept cookie is known by. */
function keyOf(name: string, path: string): string {
  return `${path};${name}`;
}

/** The folder of a path, where a cookie without `Path` belongs. */
function defaultPath(path: string): string {
  const end = path.lastIndexOf("/");
  return end <= 0 ? "/" : path.slice(0, end);
}

/** RFC 6265 section 5.1.4. */
function isUnder(path: string, folder: string): boolean {
  return path === folder ||
    path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}

/** When a cookie ends: Max-Age outranks Expires; without both, never. */
function endOf(attributes: ReadonlyMap<string, string>, now: number): number {
  const age = attributes.get("max-age");
  if (age !== undefined && /^-?[0-9]+$/.test(age)) {
    return Number(age) <= 0 ? -Infinity : now + Number(age) * 1000;
  }
  const time = Date.parse(attributes.get("expires") ?? "");
  return Number.isNaN(time) ? Infinity : time;
}

/**
 * The cookies of a client that talks to one server, as browsers keep them.
 *
 * `Path`, `Max-Age`, `Expires` and `Secure` are heeded. `Domain` is not, since
 * there is one server only, and neither are `HttpOnly` and `SameSite`, which
 * are about scripts and other sites.
 *
 * RFC 6265 section 5.
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
   * Gives the value of a cookie.
   *
   * @param name Its name.
   * @returns The value of the one with the longest path, or nothing.
   */
  get(name: string): string | undefined {
    return this.#sorted().find((cookie) => cookie.name === name)?.value;
  }

  /**
   * Puts a cookie in, as if the server had sent it.
   *
   * @param name Its name.
   * @param value Its value.
   * @param path Where it is sent, with everything below.
   */
  set(name: string, value: string, path: string = "/"): void {
    const cookie = { name, value, path, isSecure: false, expires: Infinity };
    this.#cookies.set(keyOf(name, path), cookie);
  }

  /**
   * Takes a cookie out, whatever its path.
   *
   * @param name Its name.
   */
  delete(name: string): void {
    for (const [key, cookie] of this.#cookies) {
      if (cookie.name === name) this.#cookies.delete(key);
    }
  }

  /** Takes all cookies out. */
  clear(): void {
    this.#cookies.clear();
  }

  /**
   * Takes a `Set-Cookie` header in. One that is none is ignored.
   *
   * @param header The value of the header.
   * @param requestPath The path of the request that it answers.
   */
  receive(header: string, requestPath: string): void {
    const [pair = "", ...rest] = header.split(";");
    const equals = pair.indexOf("=");
    const name = pair.slice(0, equals).trim();
    if (equals === -1 || name === "") return;
    const attributes = new Map(rest.map((attribute) => {
      const [key = "", ...value] = attribute.split("=");
      return [key.trim().toLowerCase(), value.join("=").trim()];
    }));
    const given = attributes.get("path") ?? "";
    const path = given.startsWith("/") ? given : defaultPath(requestPath);
    const now = Date.now();
    const cookie: Cookie = {
      name,
      value: pair.slice(equals + 1).trim(),
      path,
      isSecure: attributes.has("secure"),
      expires: endOf(attributes, now),
    };
    const key = keyOf(name, path);
    if (cookie.expires <= now) this.#cookies.delete(key);
    else this.#cookies.set(key, cookie);
  }

  /**
   * Gives the `Cookie` header of a request.
   *
   * @param path The path of the request.
   * @param isSecure Whether the request goes over TLS.
   * @returns The value, or nothing if no cookie belongs there.
   */
  headerFor(path: string, isSecure: boolean): string | undefined {
    const pairs = this.#sorted()
      .filter((cookie) => isUnder(path, cookie.path))
      .filter((cookie) => isSecure || !cookie.isSecure)
      .map(({ name, value }) => `${name}=${value}`);
    return pairs.length === 0 ? undefined : pairs.join("; ");
  }

  /** Those that have not ended, the longest paths first. */
  #sorted(): Cookie[] {
    const now = Date.now();
    return [...this.#cookies.values()]
      .filter(({ expires }) => expires > now)
      .sort((a, b) => b.path.length - a.path.length);
  }
}
