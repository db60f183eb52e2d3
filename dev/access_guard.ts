/**
 * {@linkcode AccessGuard}: decides which requests may see the pages of the
 * development server.
 *
 * The pages show source code and requests. A page of another site in a browser
 * on this machine must not reach them, not even through a host name of its own
 * that resolves to this machine (DNS rebinding).
 *
 * @module
 */

import { splitAuthority } from "../wsgi/http_syntax.ts";
import type { Environ } from "../wsgi/types.ts";

/** The addresses and names of the development server. */
export interface AccessRules {
  /** The name or address on which the server listens. */
  readonly hostname: string;
  /** Whether it listens on a Unix socket. */
  readonly isUnixSocket?: boolean;
  /** Further names under which the pages are shown. */
  readonly allowHosts?: readonly string[];
}

/** How strictly requests for a path are checked. */
export type Exposure =
  /** A page. Other sites may link to it. */
  | "page"
  /** A script, a style, an image, JSON or a stream: only for these pages. */
  | "resource"
  /** A path that has an effect. */
  | "action";

/**
 * Checks whether a host always refers to this machine.
 *
 * @param host A name or address without a port.
 */
export function isLoopback(host: string): boolean {
  const name = normalize(host);
  return name === "localhost" || name.endsWith(".localhost") ||
    name === "::1" || /^(?:::ffff:)?127(?:\.\d{1,3}){3}$/.test(name);
}

/** Converts a host to lower case, without brackets and without a final dot. */
function normalize(host: string): string {
  return host.toLowerCase().replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "");
}

function headerOf(environ: Environ, name: string): string | undefined {
  const value = environ[`HTTP_${name}`];
  return typeof value === "string" ? value : undefined;
}

/** Decides which requests may see the pages of the development server. */
export class AccessGuard {
  readonly #allowed: ReadonlySet<string>;
  readonly #isLocal: boolean;

  /**
   * @param rules The addresses and names of the server.
   */
  constructor(
    { hostname, isUnixSocket = false, allowHosts = [] }: AccessRules,
  ) {
    this.#allowed = new Set(allowHosts.map(normalize));
    this.#isLocal = isUnixSocket || isLoopback(hostname);
  }

  /**
   * Whether there are any pages. If other machines can reach the server, there
   * are none unless the user allows a host.
   */
  get isOn(): boolean {
    return this.#isLocal || this.#allowed.size > 0;
  }

  /**
   * Checks a request for a page.
   *
   * - `Host` must be a name of this machine, or an allowed one.
   * - A request for a name of this machine must come from this machine.
   * - `Origin` must be this server, if it is present.
   * - `Sec-Fetch-Site` must name this origin or the user, if it is present. Links
   *   on other sites may lead to a page.
   * - An action needs `Origin` or `Sec-Fetch-Site`: every browser sends one of
   *   them with a POST.
   *
   * @param environ The environ of the request.
   * @param exposure How strictly the path is checked.
   * @returns The reason to refuse it, as a sentence; `undefined` if it is
   * allowed.
   */
  refusal(environ: Environ, exposure: Exposure): string | undefined {
    const host = headerOf(environ, "HOST") ?? "";
    const [authority = ""] = host === ""
      ? []
      : splitAuthority(host, "http") ?? [];
    const isAllowed = this.#allowed.has(normalize(authority));
    if (!isAllowed && !(this.#isLocal && isLoopback(authority))) {
      return `The pages of the development server are not shown under the host ${
        JSON.stringify(host)
      }. To allow it, start the server with --allow-host NAME.`;
    }
    const peer = environ.REMOTE_ADDR;
    // Any client can send "Host: localhost".
    if (
      isLoopback(authority) && peer !== undefined && !isLoopback(peer)
    ) {
      return "The pages of the development server are only shown on the same machine.";
    }
    return refusalOfOrigin(environ, host, exposure);
  }

  /**
   * Checks whether an error page may show source code to the client of a
   * request for the application.
   *
   * @param environ The environ of the request.
   */
  mayShowSource(environ: Environ): boolean {
    const peer = environ.REMOTE_ADDR;
    if (this.#isLocal) return peer === undefined || isLoopback(peer);
    return this.refusal(environ, "page") === undefined;
  }
}

/** Checks that no page of another origin has sent a request. */
function refusalOfOrigin(
  environ: Environ,
  host: string,
  exposure: Exposure,
): string | undefined {
  const origin = headerOf(environ, "ORIGIN");
  // A proxy in front may use TLS, so the scheme is not compared.
  const authority = origin?.replace(/^https?:\/\//i, "").toLowerCase();
  if (origin !== undefined && authority !== host.toLowerCase()) {
    return "The request comes from another origin.";
  }
  const site = headerOf(environ, "SEC_FETCH_SITE");
  const isOwn = site === "same-origin" || site === "none";
  const isLink = exposure === "page" && environ.REQUEST_METHOD === "GET" &&
    headerOf(environ, "SEC_FETCH_MODE") === "navigate" &&
    headerOf(environ, "SEC_FETCH_DEST") === "document";
  if (site !== undefined && !isOwn && !isLink) {
    return "The request comes from another site.";
  }
  if (exposure === "action" && origin === undefined && site !== "same-origin") {
    return "Actions can only be started from the pages of the inspector, which send Origin and a token.";
  }
}
