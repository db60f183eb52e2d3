/**
 * {@linkcode RequestFacts}: what a gateway knows of an HTTP request.
 *
 * @module
 */

import type { BodyLimits } from "../input/request_body.ts";
import type { RequestTarget } from "./request_target.ts";
import type { InputStream } from "../../wsgi/types.ts";

/** What a gateway knows of an HTTP request. */
export interface RequestFacts {
  /** The method. */
  readonly method: string;
  /** The target, taken apart. */
  readonly target: RequestTarget;
  /**
   * `SCRIPT_NAME`, where a framework has called the gateway for a part of its
   * paths.
   */
  readonly script?: string | undefined;
  /** The version of HTTP: `"HTTP/1.1"`. */
  readonly protocol: string;
  /** The scheme, as the options of the gateway have it. */
  readonly scheme: "http" | "https";
  /** The server's name, if the options give no other. */
  readonly serverName: string;
  /** The server's port, if the options give no other. */
  readonly serverPort: string;
  /** The address of the client, where it is known. */
  readonly remoteAddress: string | undefined;
  /** The port of the client, where it is known. */
  readonly remotePort: number | undefined;
  /** Whether the client is connected through a Unix socket. */
  readonly isUnixSocket: boolean;
  /**
   * `HTTP_HOST`, checked: the target's authority outranks the Host header, RFC
   * 9112 section 3.2.2. `undefined` for none.
   */
  readonly host: string | undefined;
  /**
   * The headers: names and values one after the other, as they came. So no
   * header needs an object of its own.
   */
  readonly headers: readonly string[];
  /**
   * Identifies the names of the headers: requests with the same object have the
   * same names in the same order. Without it, the names are compared.
   */
  readonly shape?: object | undefined;
  /** The request body. */
  readonly input: InputStream;
  /** The limits of `input`, which are given the Content-Length here. */
  readonly limits: BodyLimits;
  /** Returns the signal of the request. */
  readonly signal: () => AbortSignal;
}
