/**
 * Decides which requests the inspector answers. It refuses requests that a page of
 * another site has sent, and requests for unknown host names.
 *
 * @module
 */

import { splitAuthority } from "../../wsgi/http_syntax.ts";
import type { Environ } from "../../wsgi/types.ts";

/** The loopback names of every machine. */
export const LOOPBACK_NAMES: readonly string[] = [
  "localhost",
  "127.0.0.1",
  "[::1]",
];

/** How strictly requests for a path are checked. */
export type Exposure =
  /** A page. A link may lead here from anywhere. */
  | "page"
  /** A script, a style, an image, JSON or a stream: for pages from here only. */
  | "resource"
  /** A path that makes the server act. */
  | "action";

function headerOf(environ: Environ, name: string): string | undefined {
  const value = environ[`HTTP_${name}`];
  return typeof value === "string" ? value : undefined;
}

/** Normalizes a host name: small letters, no brackets, no dot at the end. */
function normalize(host: string): string {
  return host.toLowerCase().replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "");
}

/**
 * Checks the `Host` of a request. In a DNS rebinding attack, the name of another
 * site resolves to this machine, so the name reveals the attack. Names below
 * `localhost` and addresses cannot be rebound.
 */
function isKnownHost(host: string, hosts: readonly string[]): boolean {
  const [authority] = splitAuthority(host, "http") ?? [];
  if (host === "" || authority === undefined) return false;
  const name = normalize(authority);
  const known = new Set(hosts.map(normalize));
  return known.has(name) ||
    name.endsWith(".localhost") && known.has("localhost") ||
    /^127(?:\.[0-9]{1,3}){3}$/.test(name) && known.has("127.0.0.1");
}

/**
 * Checks a request.
 *
 * - `Host` must be known (see above).
 * - `Origin`, where there is one, must be this server.
 * - `Sec-Fetch-Site`, where there is one, must name this origin or the user. A
 *   link from another site may open a page.
 * - An action needs `Origin` or `Sec-Fetch-Site`, besides its token: every
 *   browser sends one of them with a POST.
 *
 * @param environ The request.
 * @param hosts The names under which the inspector answers.
 * @param exposure How strictly the path is checked.
 * @returns The reason, as a sentence for the answer, or nothing.
 */
export function refusalOf(
  environ: Environ,
  hosts: readonly string[],
  exposure: Exposure,
): string | undefined {
  const host = headerOf(environ, "HOST") ?? "";
  if (!isKnownHost(host, hosts)) {
    return `The inspector answers under ${
      hosts.join(", ")
    } only. To allow another name, start the server with --allow-host=NAME.`;
  }
  const origin = headerOf(environ, "ORIGIN");
  // A proxy in front may speak TLS, so the scheme says nothing.
  const authority = origin?.replace(/^https?:\/\//i, "").toLowerCase();
  if (origin !== undefined && authority !== host.toLowerCase()) {
    return "The inspector answers no request of another origin.";
  }
  const site = headerOf(environ, "SEC_FETCH_SITE");
  const isOwn = site === "same-origin" || site === "none";
  const isLink = exposure === "page" &&
    headerOf(environ, "SEC_FETCH_MODE") === "navigate" &&
    headerOf(environ, "SEC_FETCH_DEST") === "document";
  if (site !== undefined && !isOwn && !isLink) {
    return "The inspector answers no request of another site.";
  }
  if (exposure === "action" && origin === undefined && site !== "same-origin") {
    return "The inspector does this for its own pages only: send Origin and the token.";
  }
}

/**
 * Compares a secret in a time that depends on its length alone.
 *
 * @param given The value in the request.
 * @param secret The secret.
 * @returns Whether they are equal.
 */
export function equalsSecret(given: string, secret: string): boolean {
  let difference = given.length ^ secret.length;
  for (let i = 0; i < secret.length; i++) {
    difference |= given.charCodeAt(i) ^ secret.charCodeAt(i);
  }
  return difference === 0;
}
