/**
 * {@linkcode RequestFacts}: the facts about an HTTP request from which its
 * environ is created.
 *
 * @module
 */

import type { BodyLimits } from "../input/request_body.ts";
import type { RequestTarget } from "./request_target.ts";
import type { InputStream } from "../../wsgi/types.ts";

/** The facts about an HTTP request that a gateway provides. */
export interface RequestFacts {
  /** The method, a token. */
  readonly method: string;
  /** The parsed target. */
  readonly target: RequestTarget;
  /**
   * `SCRIPT_NAME`, if a framework has mounted the gateway.
   */
  readonly script?: string | undefined;
  /** The version of HTTP, such as `"HTTP/1.1"`. */
  readonly protocol: string;
  /** The scheme, from the options of the gateway or the connection. */
  readonly scheme: "http" | "https";
  /** The server's name, unless the options set another one. */
  readonly serverName: string;
  /** The server's port, unless the options set another one. */
  readonly serverPort: string;
  /** The address of the client, if known. */
  readonly remoteAddress: string | undefined;
  /** The port of the client, if known. */
  readonly remotePort: string | undefined;
  /** Whether the client is connected through a Unix socket. */
  readonly isUnixSocket: boolean;
  /**
   * The checked value of `HTTP_HOST`, `undefined` for none. The target's
   * authority takes precedence over the Host header (RFC 9112 section 3.2.2).
   */
  readonly host: string | undefined;
  /**
   * The headers as received: alternating names and values, so that no header
   * needs an object.
   */
  readonly headers: readonly string[];
  /**
   * Identifies the names of the headers: requests with the same object have the
   * same names in the same order. Without it, the names are compared.
   */
  readonly shape?: object | undefined;
  /**
   * Identifies the head: requests with the same object have the same method,
   * target, version and headers.
   */
  readonly head?: object | undefined;
  /** The request body. */
  readonly input: InputStream;
  /**
   * The limits of `input`. The Content-Length is set while the environ is
   * created.
   */
  readonly limits: BodyLimits;
  /** Returns the signal of the request. */
  readonly signal: () => AbortSignal;
}
