/**
 * Cases about `close()`: it is called once, however a request ends.
 *
 * @module
 */

import type { ResponseBody } from "../../wsgi/types.ts";
import { expectEqual } from "../expect.ts";
import type { Probe, RequestParts, ServerCase } from "../server_case.ts";
import { bytes, generated, generatedLate, text, watched } from "./fixtures.ts";

/** One way in which a request can end. */
interface Ending {
  readonly name: string;
  readonly title: string;
  readonly body: (probe: Probe) => ResponseBody;
  readonly status?: string;
  readonly length?: string;
  readonly parts?: RequestParts;
  /** The events that must be reported: `return` only if the iteration is stopped. */
  readonly expected: readonly string[];
  /** @default {the requirement about `return()`, or about `close()`} */
  readonly spec?: string;
  /** Whether startResponse is not called. */
  readonly silent?: boolean;
  readonly broken?: boolean;
}

const ENDINGS: readonly Ending[] = [
  {
    name: "iterator",
    title: "close() is called at the end of an iteration",
    body: (probe) => watched(probe, () => generated("a", "b")),
    expected: ["close"],
  },
  {
    name: "async-iterator",
    title: "close() is called at the end of an asynchronous iteration",
    body: (probe) => watched(probe, () => generatedLate("a", "b"), true),
    expected: ["close"],
  },
  {
    name: "array",
    title: "close() is called on an array",
    body: (probe) =>
      Object.assign([bytes("a")], { close: () => probe.report("close", true) }),
    expected: ["close"],
  },
  {
    name: "empty",
    title: "close() is called for a body without chunks",
    body: (probe) => watched(probe, () => generated()),
    expected: ["close"],
  },
  {
    name: "head",
    title: "close() is called for HEAD, after return()",
    body: (probe) => watched(probe, () => generated("a", "b")),
    parts: { method: "HEAD" },
    expected: ["return", "close"],
  },
  {
    name: "204",
    title: "close() is called with status 204, after return()",
    body: (probe) => watched(probe, () => generated()),
    status: "204 No Content",
    expected: ["return", "close"],
  },
  {
    name: "304",
    title: "close() is called with status 304, after return()",
    body: (probe) => watched(probe, () => generated()),
    status: "304 Not Modified",
    expected: ["return", "close"],
  },
  {
    name: "error-first",
    title: "close() is called when the first next() throws",
    body: (probe) =>
      watched(probe, function* (): Generator<Uint8Array, void> {
        yield* generated();
        throw new Error("kit: on purpose");
      }),
    broken: true,
    expected: ["close"],
  },
  {
    name: "error-later",
    title: "close() is called when a later next() throws",
    body: (probe) =>
      watched(probe, function* (): Generator<Uint8Array, void> {
        yield* generated("a");
        throw new Error("kit: on purpose");
      }),
    broken: true,
    expected: ["close"],
  },
  {
    name: "wrong-chunk",
    title: "close() is called when a chunk is rejected, after return()",
    body: (probe) => watched(probe, () => ["text"].values()),
    broken: true,
    expected: ["return", "close"],
  },
  {
    name: "never-started",
    title: "close() is called if startResponse was never called",
    body: (probe) => watched(probe, () => generated()),
    silent: true,
    broken: true,
    expected: ["close"],
  },
  {
    name: "too-long",
    spec: "server-return-once",
    title: "close() is called if the body is too long, after return()",
    body: (probe) =>
      watched(probe, () => generated("four", "more", "and more")),
    length: "4",
    broken: true,
    expected: ["return", "close"],
  },
  {
    name: "too-short",
    title: "close() is called if the body is too short",
    body: (probe) => watched(probe, () => generated("four")),
    length: "5",
    broken: true,
    expected: ["close"],
  },
];

function endingCase(ending: Ending): ServerCase {
  const { status = "200 OK", length, expected } = ending;
  return {
    id: `close/${ending.name}`,
    spec: ending.spec ??
      (expected.includes("return") ? "close-return-first" : "close-called"),
    title: ending.title,
    broken: ending.broken,
    app: (probe) => (_environ, startResponse) => {
      const type = /^[34]|^204/.test(status) ? [] : text();
      const headers = length === undefined
        ? type
        : [...type, ["Content-Length", length] as const];
      if (!ending.silent) startResponse(status, headers);
      return ending.body(probe);
    },
    run: async (client) => {
      await client.ask(ending.parts);
      expectEqual(await client.waitFor("close"), true, "this and arguments");
      await client.settle();
      expectEqual(client.events(), expected, "the calls");
    },
  };
}

/** The cases of this subject. */
export const CLOSE_ENDING_CASES: readonly ServerCase[] = ENDINGS.map(
  endingCase,
);
