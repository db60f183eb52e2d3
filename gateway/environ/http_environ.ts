/**
 * Creates the environ of a request whose head `http1/` has parsed.
 *
 * @module
 */

import type { RequestHead } from "../../http1/request_head.ts";
import type { Environ } from "../../wsgi/types.ts";
import type { EnvironTemplate } from "./environ_template.ts";
import {
  completeEnviron,
  createRequestEnviron,
  type EnvironOptions,
} from "./request_environ.ts";
import type { RequestFacts } from "./request_facts.ts";
import { resolveTarget } from "./request_target.ts";

/** The facts about a request that are not in its head. */
export type HttpFacts = Omit<
  RequestFacts,
  "method" | "target" | "protocol" | "host" | "headers" | "shape" | "head"
>;

/**
 * Creates the environ of one request.
 *
 * @param head The parsed head of the request.
 * @param facts The facts that are not in the head.
 * @param options The options of the server.
 * @param template The template of the connection, if there is one.
 * @returns A fresh environ.
 * @throws {RequestError} If the request is malformed and must not reach an
 * application.
 */
export function createHttpEnviron(
  head: RequestHead,
  facts: HttpFacts,
  options: EnvironOptions,
  template?: EnvironTemplate,
): Environ {
  const same = template?.repeat(head, facts);
  if (same !== undefined) return completeEnviron(same, options);
  const { method, target, version, fields } = head;
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
      // RFC 9112 section 3.2.2: the target's authority takes precedence over
      // Host.
      host: parts.authority || fields.host,
      headers: fields.headers,
      shape: fields.shape,
      head,
      input: facts.input,
      limits: facts.limits,
      signal: facts.signal,
    },
    options,
    template,
  );
}
