/**
 * Middleware that applies the forwarding headers of trusted proxies.
 *
 * ```ts
 * import { proxyHeaders } from "@wsgi/ref/proxy-headers";
 * import { demoApp, makeServer } from "@wsgi/ref";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const app = proxyHeaders({ trusted: ["127.0.0.1"] })(demoApp);
 * await using server = makeServer("127.0.0.1", 0, app, { log: false });
 * server.serveForever();
 * const response = await fetch(server.url, {
 *   headers: { "X-Forwarded-For": "192.0.2.1", "X-Forwarded-Proto": "https" },
 * });
 * assertStringIncludes(await response.text(), 'REMOTE_ADDR = "192.0.2.1"');
 * ```
 *
 * @module
 */

import { isInNetwork, parseAddress, parseNetwork } from "../wsgi/ip_address.ts";
import type {
  Application,
  Environ,
  Middleware,
  ResponseBody,
  StartResponse,
} from "../wsgi/types.ts";
import {
  applyHop,
  applyPort,
  applyPrefix,
  ForwardedError,
  pickValue,
  readForwarded,
  readNode,
  readScheme,
} from "./forwarded.ts";

/** Options of {@linkcode proxyHeaders}. */
export interface ProxyHeadersOptions {
  /**
   * The trusted peers: addresses and networks such as `"127.0.0.1"` or
   * `"10.0.0.0/8"`, and `"unix"` for every client of a Unix socket, which the
   * server marks with `wsgiref.unix_socket`. Other peers without an address are
   * never trusted.
   */
  trusted: readonly string[];
  /**
   * The number of your proxies that add a value to `X-Forwarded-For`. The
   * address is read at this position from the right, because your own proxies
   * wrote these values. With 0 the header is ignored.
   *
   * @default {1}
   */
  for?: number | undefined;
  /**
   * The same for `X-Forwarded-Proto`.
   *
   * @default {1}
   */
  proto?: number | undefined;
  /**
   * The same for `X-Forwarded-Host`. Many proxies pass on the value of the
   * client.
   *
   * @default {0}
   */
  host?: number | undefined;
  /**
   * The same for `X-Forwarded-Port`.
   *
   * @default {0}
   */
  port?: number | undefined;
  /**
   * The same for `X-Forwarded-Prefix`, which is put before `SCRIPT_NAME`.
   *
   * @default {0}
   */
  prefix?: number | undefined;
  /**
   * The same for `Forwarded` (RFC 7239). If this is not 0, only `Forwarded` is
   * used, and the `X-Forwarded-*` headers are ignored.
   *
   * @default {0}
   */
  forwarded?: number | undefined;
}

/** The forwarding headers, which are removed if the peer is not trusted. */
const HEADERS = [
  "HTTP_FORWARDED",
  "HTTP_X_FORWARDED_FOR",
  "HTTP_X_FORWARDED_PROTO",
  "HTTP_X_FORWARDED_HOST",
  "HTTP_X_FORWARDED_PORT",
  "HTTP_X_FORWARDED_PREFIX",
] as const;

function optionError(problem: string): TypeError {
  return new TypeError(`Cannot make the proxy middleware: ${problem}`);
}

function hopsOf(
  options: ProxyHeadersOptions,
  name: "for" | "proto" | "host" | "port" | "prefix" | "forwarded",
  fallback: number,
): number {
  const hops = options[name] ?? fallback;
  if (!Number.isSafeInteger(hops) || hops < 0) {
    throw optionError(`${name} must be 0 or a positive integer, got ${hops}`);
  }
  return hops;
}

/** Returns a function that checks whether a peer is trusted. */
function trust(trusted: readonly string[]): (environ: Environ) => boolean {
  if (!Array.isArray(trusted) || trusted.length === 0) {
    throw optionError(
      'trusted must list at least one peer, such as "127.0.0.1"',
    );
  }
  const trustsUnix = trusted.includes("unix");
  const networks = trusted.filter((peer) => peer !== "unix").map((peer) => {
    const network = parseNetwork(peer);
    if (network === undefined) {
      throw optionError(
        `trusted must list addresses and networks, got "${peer}"`,
      );
    }
    return network;
  });
  return ({ REMOTE_ADDR, "wsgiref.unix_socket": isUnix }) => {
    if (!REMOTE_ADDR) return trustsUnix && isUnix === true;
    const address = parseAddress(REMOTE_ADDR);
    return address !== undefined &&
      networks.some((network) => isInNetwork(address, network));
  };
}

function rejectRequest(
  environ: Environ,
  startResponse: StartResponse,
  error: ForwardedError,
): ResponseBody {
  environ["wsgi.errors"].write(`Bad request from a proxy: ${error.message}\n`);
  startResponse("400 Bad Request", [["Content-Type", "text/plain"]]);
  return [new TextEncoder().encode("400 Bad Request\n")];
}

/**
 * Returns middleware that reads the client's address, the scheme and more from
 * the headers that a trusted proxy has added.
 *
 * Only listed peers are trusted. If a header has several values, only the one
 * that your own proxy added is used, counted from the right. A malformed header
 * leads to a 400 response. If the peer is not trusted, the forwarding headers
 * are removed, so that they cannot mislead the application. If the proxy hides
 * its client, as with `for=unknown`, the environ has no `REMOTE_ADDR`.
 *
 * RFC 7239; the `X-Forwarded-*` headers have no specification.
 *
 * @param options The trusted peers, and the headers to apply.
 * @returns The middleware.
 * @throws {TypeError} If an option is wrong.
 *
 * @example Behind one nginx on this machine
 * ```ts
 * import { proxyHeaders } from "@wsgi/ref/proxy-headers";
 * import { type Application, setupTestingDefaults } from "@wsgi/ref";
 * import { assertEquals } from "@std/assert";
 *
 * const app: Application = (environ, startResponse) => {
 *   startResponse("200 OK", [["Content-Type", "text/plain"]]);
 *   return [new TextEncoder().encode(environ.REMOTE_ADDR)];
 * };
 * const environ = setupTestingDefaults({
 *   REMOTE_ADDR: "127.0.0.1",
 *   HTTP_X_FORWARDED_FOR: "203.0.113.9, 192.0.2.1",
 * });
 * proxyHeaders({ trusted: ["127.0.0.1"] })(app)(environ, () => async () => {});
 * assertEquals(environ.REMOTE_ADDR, "192.0.2.1");
 * ```
 */
export function proxyHeaders(options: ProxyHeadersOptions): Middleware {
  const isTrusted = trust(options.trusted);
  const hops = {
    for: hopsOf(options, "for", 1),
    proto: hopsOf(options, "proto", 1),
    host: hopsOf(options, "host", 0),
    port: hopsOf(options, "port", 0),
    prefix: hopsOf(options, "prefix", 0),
    forwarded: hopsOf(options, "forwarded", 0),
  };

  function pick(
    environ: Environ,
    header: "FOR" | "PROTO" | "HOST" | "PORT" | "PREFIX",
    count: number,
  ): string | undefined {
    const value = environ[`HTTP_X_FORWARDED_${header}`];
    return value === undefined || count === 0
      ? undefined
      : pickValue(value, count);
  }

  function believe(environ: Environ): void {
    if (hops.forwarded > 0) {
      const { HTTP_FORWARDED } = environ;
      if (HTTP_FORWARDED === undefined) return;
      applyHop(environ, readForwarded(HTTP_FORWARDED, hops.forwarded) ?? {});
      return;
    }
    const node = pick(environ, "FOR", hops.for);
    const scheme = pick(environ, "PROTO", hops.proto);
    applyHop(environ, {
      client: node === undefined ? undefined : readNode(node),
      scheme: scheme === undefined ? undefined : readScheme(scheme),
      host: pick(environ, "HOST", hops.host),
    });
    const port = pick(environ, "PORT", hops.port);
    if (port !== undefined) applyPort(environ, port);
    const prefix = pick(environ, "PREFIX", hops.prefix);
    if (prefix !== undefined) applyPrefix(environ, prefix);
  }

  return (app: Application): Application => (environ, startResponse) => {
    if (isTrusted(environ)) {
      try {
        believe(environ);
      } catch (error) {
        if (!(error instanceof ForwardedError)) throw error;
        return rejectRequest(environ, startResponse, error);
      }
    } else {
      for (const header of HEADERS) delete environ[header];
    }
    return app(environ, startResponse);
  };
}
