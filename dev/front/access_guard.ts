/**
 * {@linkcode AccessGuard}: who may see the pages of the development server.
 *
 * They show source lines and requests. A page of another site that a browser
 * on this machine has open must not reach them, also not by a host name of its
 * own that leads here (DNS rebinding).
 *
 * @module
 */

import type { Environ } from "../../wsgi/types.ts";

/** How the development server is reached. */
export interface AccessRules {
  /** The name or address on which the server listens. */
  readonly hostname: string;
  /** Whether it listens on a Unix socket. */
  readonly isUnixSocket: boolean;
  /** Names under which the user wants to see the pages. */
  readonly allowHosts: readonly string[];
}

/**
 * Checks whether an address or a name leads to this machine alone.
 *
 * @param host The host, without a port.
 * @returns Whether it does.
 */
export function isLoopback(host: string): boolean {
  const name = normalize(host);
  return name === "localhost" || name.endsWith(".localhost") ||
    name === "::1" || /^(?:::ffff:)?127(?:\.\d{1,3}){3}$/.test(name);
}

function normalize(host: string): string {
  return host.toLowerCase().replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "");
}

/** The host of a Host header, without its port. */
function hostOf(authority: string): string {
  return normalize(authority.replace(/:\d*$/, ""));
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Decides which requests may see the pages of the development server. */
export class AccessGuard {
  readonly #allowed: ReadonlySet<string>;
  readonly #isLocal: boolean;

  /**
   * @param rules How the server is reached.
   */
  constructor({ hostname, isUnixSocket, allowHosts }: AccessRules) {
    this.#allowed = new Set(allowHosts.map(normalize));
    this.#isLocal = isUnixSocket || isLoopback(hostname);
  }

  /**
   * Whether there are pages at all: where the server listens on other addresses,
   * only if the user has asked for them.
   */
  get isOn(): boolean {
    return this.#isLocal || this.#allowed.size > 0;
  }

  /**
   * Decides about a request.
   *
   * @param environ The environ of the request.
   * @returns Why it may not see the pages; nothing if it may.
   */
  refusal(environ: Environ): string | undefined {
    const host = hostOf(textOf(environ.HTTP_HOST));
    const isNamed = this.#allowed.has(host);
    if (!isLoopback(host) && !isNamed) {
      return `the host ${JSON.stringify(host)} is not known`;
    }
    if (!this.#isLocal && !isNamed) return "the server is not local";
    const peer = environ.REMOTE_ADDR;
    const isLocalPeer = peer === undefined || isLoopback(peer);
    // A client elsewhere may send any Host, "localhost" too.
    if (!isLocalPeer && isLoopback(host)) return "the client is not local";
    return this.#refusalOfOrigin(environ, host);
  }

  /**
   * Decides whether a page about an error may show source lines to the client of
   * a request, whatever the page it is for.
   *
   * @param environ The environ of the request.
   * @returns Whether it may.
   */
  mayShowSource(environ: Environ): boolean {
    const peer = environ.REMOTE_ADDR;
    if (this.#isLocal) return peer === undefined || isLoopback(peer);
    return this.refusal(environ) === undefined;
  }

  /** A page of another origin may neither read these pages nor post to them. */
  #refusalOfOrigin(environ: Environ, host: string): string | undefined {
    const site = textOf(environ.HTTP_SEC_FETCH_SITE);
    if (site === "cross-site" && !isNavigation(environ)) {
      return "the request comes from another site";
    }
    const origin = environ.HTTP_ORIGIN;
    if (origin === undefined) return undefined;
    const authority = /^https?:\/\/(.+)$/.exec(textOf(origin))?.[1];
    const isSame = authority !== undefined && hostOf(authority) === host &&
      authority.toLowerCase() === textOf(environ.HTTP_HOST).toLowerCase();
    return isSame ? undefined : "the request comes from another origin";
  }
}

/** A link on another site may be followed: that site sees nothing of the page. */
function isNavigation(environ: Environ): boolean {
  return environ.REQUEST_METHOD === "GET" &&
    environ.HTTP_SEC_FETCH_MODE === "navigate" &&
    environ.HTTP_SEC_FETCH_DEST === "document";
}
