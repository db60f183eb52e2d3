/**
 * The environ of a request whose head `http1/` has parsed.
 *
 * @module
 */

import type { RequestHead } from "../../http1/request_head.ts";
import type { Environ } from "../../wsgi/types.ts";
import type { EnvironTemplate } from "./environ_template.ts";
import {
  createRequestEnviron,
  type EnvironOptions,
} from "./request_environ.ts";
import type { RequestFacts } from "./request_facts.ts";
import { resolveTarget } from "./request_target.ts";

/** What a server knows of a request beside its head. */
export type HttpFacts = Omit<
  RequestFacts,
  "method" | "target" | "protocol" | "host" | "headers" | "shape"
>;

/**
 * Makes the environ of one request.
 *
 * @param head The head of the request.
 * @param facts What the server knows beside it.
 * @param options What the server's user says.
 * @param template What is remembered of the connection, if anything.
 * @returns A fresh environ.
 * @throws {RequestError} If the request is one that no application may see.
 */
export function createHttpEnviron(
  { method, target, version, fields }: RequestHead,
  facts: HttpFacts,
  options: EnvironOptions,
  template?: EnvironTemplate,
): Environ {
  const parts = resolveTarget(target, method, fields.host ?? "");
  return createRequestEnviron(
    {
      method,
      target: parts,
      protocol: version === "1.1" ? "HTTP/1.1" : "HTTP/1.0",
      scheme: facts.scheme,
      serverName: facts.serverName,
      serverPort: facts.serverPort,
      remoteAddress: facts.remoteAddress,
      remotePort: facts.remotePort,
      isUnixSocket: facts.isUnixSocket,
      // RFC 9112 section 3.2.2: the target's authority outranks the Host.
      host: parts.authority || fields.host,
      headers: fields.headers,
      shape: fields.shape,
      input: facts.input,
      limits: facts.limits,
      signal: facts.signal,
    },
    options,
    template,
  );
}
