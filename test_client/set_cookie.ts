/**
 * Parses `Set-Cookie` headers.
 *
 * @module
 */

import { parseAddress } from "../wsgi/ip_address.ts";
import { parseCookieDate } from "./cookie_date.ts";

/** A cookie in the jar. */
export interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
  /** The domain; `undefined` if the sender of the cookie is not known. */
  readonly domain: string | undefined;
  /**
   * Whether only the host itself receives the cookie, and its subdomains do
   * not.
   */
  readonly isHostOnly: boolean;
  /** Whether the cookie is sent over TLS only. */
  readonly isSecure: boolean;
  /** The expiration time, in milliseconds since the epoch. */
  readonly expires: number;
}

/** The origin of a `Set-Cookie` header. A missing part is not checked. */
export interface CookieSource {
  /** The host, without a port. */
  readonly host?: string | undefined;
  /** Whether the response was sent over TLS. */
  readonly isSecure?: boolean | undefined;
}

/**
 * Removes spaces and tabs at both ends. Other white space may be a byte of a
 * UTF-8 character.
 */
function trimBlanks(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, "");
}

/**
 * Returns the default path: the folder of the request path (RFC 6265 section
 * 5.1.4).
 */
function defaultPath(path: string): string {
  const end = path.lastIndexOf("/");
  return end <= 0 || !path.startsWith("/") ? "/" : path.slice(0, end);
}

/**
 * Returns whether a host belongs to a domain.
 *
 * RFC 6265 section 5.1.3.
 *
 * @param host The host, in lower case.
 * @param domain The domain, in lower case.
 * @returns Whether they are the same, or the host is a subdomain of the domain.
 */
export function isInDomain(host: string, domain: string): boolean {
  if (host === domain) return true;
  return host.endsWith(`.${domain}`) && parseAddress(host) === undefined;
}

/** The known attributes. If an attribute repeats, the last one counts. */
class Attributes {
  path: string | undefined;
  domain = "";
  isSecure = false;
  maxAge: number | undefined;
  expires: number | undefined;

  /** Parses the attributes: RFC 6265 sections 5.2.1 to 5.2.5. */
  add(name: string, value: string): void {
    switch (name) {
      case "expires":
        this.expires = parseCookieDate(value) ?? this.expires;
        break;
      case "max-age":
        if (/^-?[0-9]+$/.test(value)) this.maxAge = Number(value);
        break;
      case "domain":
        if (value !== "") this.domain = value.replace(/^\./, "").toLowerCase();
        break;
      case "path":
        this.path = value.startsWith("/") ? value : undefined;
        break;
      case "secure":
        this.isSecure = true;
        break;
    }
  }

  /** Returns the expiration time. Max-Age has precedence over Expires. */
  endsAt(now: number): number {
    const { maxAge, expires = Infinity } = this;
    if (maxAge === undefined) return expires;
    return maxAge <= 0 ? -Infinity : now + maxAge * 1000;
  }
}

/**
 * Returns whether a cookie has the attributes that the prefix of its name
 * requires: RFC 6265bis section 4.1.3.
 */
function keepsPrefix(
  name: string,
  { isSecure, domain, path }: Attributes,
  source: CookieSource,
): boolean {
  const [prefix] = /^__(?:secure|host)-/i.exec(name) ?? [];
  if (prefix === undefined) return true;
  if (!isSecure || source.isSecure === false) return false;
  return prefix.toLowerCase() === "__secure-" || domain === "" && path === "/";
}

/**
 * Parses a `Set-Cookie` header.
 *
 * RFC 6265 sections 5.2 and 5.3. There is no list of public suffixes: every
 * domain of one label counts as a public suffix.
 *
 * @param header The value of the header.
 * @param requestPath The path of the request that the response belongs to.
 * @param source The origin of the response.
 * @param now The current time, in milliseconds since the epoch.
 * @returns The cookie; `undefined` if a client must ignore the header.
 */
export function parseSetCookie(
  header: string,
  requestPath: string,
  source: CookieSource,
  now: number,
): Cookie | undefined {
  const [pair = "", ...rest] = header.split(";");
  const equals = pair.indexOf("=");
  const name = trimBlanks(pair.slice(0, equals));
  if (equals === -1 || name === "") return undefined;
  const attributes = new Attributes();
  for (const part of rest) {
    const [key = "", ...value] = part.split("=");
    attributes.add(
      trimBlanks(key).toLowerCase(),
      trimBlanks(value.join("=")),
    );
  }
  if (!keepsPrefix(name, attributes, source)) return undefined;
  const host = source.host?.toLowerCase();
  const { domain } = attributes;
  if (host !== undefined && domain !== "" && host !== domain) {
    if (!domain.includes(".") || !isInDomain(host, domain)) return undefined;
  }
  return {
    name,
    value: trimBlanks(pair.slice(equals + 1)),
    path: attributes.path ?? defaultPath(requestPath),
    domain: host === undefined ? undefined : domain || host,
    isHostOnly: domain === "",
    isSecure: attributes.isSecure,
    expires: attributes.endsAt(now),
  };
}
