/**
 * Cases about limits. Each is run only on servers that declare its limit.
 *
 * @module
 */

import { fromBytes } from "../../wsgi/byte_string.ts";
import { expect, expectEqual } from "../expect.ts";
import type { CaseClient, RequestParts, ServerCase } from "../server_case.ts";
import type { ServerLimits } from "../server_under_test.ts";
import { reading } from "./input_case.ts";

/** Reads the whole body. */
const readAll = reading(async (input) => fromBytes(await input.read()));

/** Returns a limit. It is defined, because the case is not run without it. */
function limitOf(client: CaseClient, limit: keyof ServerLimits): number {
  return client.limits[limit] ?? 0;
}

/**
 * Creates a case with a request over a limit, which must not reach the
 * application.
 */
function overCase(
  name: string,
  limit: keyof ServerLimits,
  [status, spec, title]: readonly [number, string, string],
  over: (size: number) => RequestParts,
): ServerCase {
  return {
    id: `limits/${name}`,
    spec,
    title,
    limit,
    app: readAll,
    run: async (client) => {
      const { head, complete } = await client.ask(
        over(limitOf(client, limit) + 1),
      );
      expectEqual([head.status, complete], [status, true], "the response");
      await client.settle();
      expect(
        !client.events().includes("called"),
        "the application must not be called, but it was",
      );
    },
  };
}

/** The cases of this subject. */
export const LIMIT_CASES: readonly ServerCase[] = [
  overCase(
    "target",
    "maxTargetSize",
    [414, "server-target-limit", "A target over the limit gets 414"],
    (size) => ({ target: `/${"a".repeat(size - 1)}` }),
  ),
  overCase(
    "head",
    "maxHeaderSize",
    [431, "server-head-limit", "A head over the limit gets 431"],
    (size) => ({ headers: [`X-Large: ${"a".repeat(size)}`] }),
  ),
  overCase(
    "body",
    "maxRequestBodySize",
    [413, "server-body-limit", "A Content-Length over the limit gets 413"],
    (size) => ({ method: "POST", headers: [`Content-Length: ${size}`] }),
  ),
  {
    id: "limits/body-chunked",
    spec: "input-over-limit",
    title: "Reading a chunked body over the limit rejects with status 413",
    limit: "maxRequestBodySize",
    app: readAll,
    run: async (client) => {
      const size = limitOf(client, "maxRequestBodySize") + 1;
      const half = Math.ceil(size / 2);
      const chunks = ["a".repeat(half), "a".repeat(size - half)];
      const { head } = await client.ask({ method: "POST", chunks });
      // A server that buffers the body can respond before the call.
      if (head.status === 413 && client.events().length === 0) return;
      expectEqual(
        await client.waitFor("outcome"),
        { refused: ["RequestBodyError", 413] },
        "the result of reading",
      );
    },
  },
  {
    id: "limits/slow-head",
    spec: "server-head-deadline",
    title: "A head that stays incomplete gets 408, and the connection ends",
    limit: "headersTimeout",
    app: readAll,
    run: async (client) => {
      const connection = await client.connect();
      await connection.send(client.request().slice(0, -2));
      const { head, complete } = await connection.response();
      expectEqual([head.status, complete], [408, true], "the response");
      expectEqual(await connection.rest(), "", "the bytes after the response");
      expect(
        !client.events().includes("called"),
        "the application must not be called, but it was",
      );
    },
  },
];
