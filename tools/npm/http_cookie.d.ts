/**
 * The types of `@std/http/cookie` 1.1, which the npm package `deno-std` leaves
 * out.
 *
 * @module
 */

/** A cookie and its attributes. */
export interface Cookie {
  /** The name. */
  name: string;
  /** The value. */
  value: string;
  /** The `Expires` attribute: a date, or milliseconds since the epoch. */
  expires?: Date | number;
  /** The `Max-Age` attribute, in seconds. */
  maxAge?: number;
  /** The `Domain` attribute. */
  domain?: string;
  /** The `Path` attribute. */
  path?: string;
  /** The `Secure` attribute. */
  secure?: boolean;
  /** The `HttpOnly` attribute. */
  httpOnly?: boolean;
  /** The `Partitioned` attribute. */
  partitioned?: boolean;
  /** The `SameSite` attribute. */
  sameSite?: "Strict" | "Lax" | "None";
  /** Further attributes, as `key=value`. */
  unparsed?: string[];
}

/** Parses the `Cookie` header. */
export declare function getCookies(
  headers: Headers,
): Partial<Record<string, string>>;

/** Parses the `Set-Cookie` headers. */
export declare function getSetCookies(headers: Headers): Cookie[];

/** Adds a `Set-Cookie` header. */
export declare function setCookie(headers: Headers, cookie: Cookie): void;

/** Adds a `Set-Cookie` header that makes the client drop a cookie. */
export declare function deleteCookie(
  headers: Headers,
  name: string,
  attributes?: Pick<
    Cookie,
    "path" | "domain" | "secure" | "httpOnly" | "partitioned"
  >,
): void;
