/**
 * {@linkcode HttpEnvirons}: the environs of the requests of one HTTP server.
 *
 * @module
 */

import { createRequestEnviron } from "../gateway/environ/request_environ.ts";
import { resolveTarget } from "../gateway/environ/request_target.ts";
import type { BodyLimits } from "../gateway/input/request_body.ts";
import { RequestInput } from "../gateway/input/input_stream.ts";
import type { RequestHead } from "../http1/request_head.ts";
import type { Environ } from "../wsgi/types.ts";
import { toUrlHost } from "./listen.ts";
import type { ServerOptions } from "./options.ts";
import type { RequestSource } from "./request_source.ts";

/** An environ, and its input as the server made it. */
export interface HttpEnviron {
  /** The variables; the application may change them. */
  readonly environ: Environ;
  /** What `wsgi.input` was. */
  readonly input: RequestInput;
}

/** Makes environs that say where one server listens. */
export class HttpEnvirons {
  /** Where to reach the server. */
  readonly url: string;
  readonly #options: ServerOptions;
  readonly #serverName: string;
  readonly #serverPort: string;
  readonly #scheme: "http" | "https";

  /**
   * @param hostname Where the server listens, as it was given.
   * @param port The real port.
   * @param options The options of the server.
   */
  constructor(hostname: string, port: number, options: ServerOptions) {
    this.#options = options;
    this.#scheme = options.cert === undefined ? "http" : "https";
    const isUnix = options.path !== undefined;
    this.#serverName = isUnix ? "localhost" : toUrlHost(hostname);
    this.#serverPort = isUnix ? "80" : String(port);
    this.url = isUnix
      ? `http+unix://${encodeURIComponent(options.path ?? "")}/`
      : `${this.#scheme}://${this.#serverName}:${port}/`;
  }

  /**
   * Makes the environ of one request.
   *
   * @param head The head of the request.
   * @param remote The address of the client, where it has one.
   * @param source The body of the request.
   * @param signal Returns the signal of the request.
   * @returns The environ.
   * @throws {BadRequest} If no application may see the request.
   */
  create(
    { method, target, version, fields }: RequestHead,
    remote: Deno.NetAddr | undefined,
    source: RequestSource,
    signal: () => AbortSignal,
  ): HttpEnviron {
    const limits: BodyLimits = {
      maxSize: this.#options.maxRequestBodySize,
      ownsRequest: true,
    };
    const input = new RequestInput(
      () => source.isComplete ? null : source,
      limits,
    );
    const host = fields.host ?? "";
    const parts = resolveTarget(target, method, host);
    const environ = createRequestEnviron({
      method,
      target: parts,
      protocol: version === "1.1" ? "HTTP/1.1" : "HTTP/1.0",
      scheme: this.#scheme,
      serverName: this.#serverName,
      serverPort: this.#serverPort,
      remoteAddress: remote?.hostname,
      remotePort: remote?.port,
      host: parts.authority || fields.host,
      headers: fields.headers,
      input,
      limits,
      signal,
    }, this.#options);
    return { environ, input };
  }
}
