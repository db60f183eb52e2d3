/**
 * Cases about the states of `startResponse`, and when the headers leave.
 *
 * @module
 */

import type { Application, HeaderTuple } from "../../gateway/types.ts";
import { expect, expectEqual } from "../expect.ts";
import type { Probe, ServerCase, Talk } from "../server_case.ts";
import { bytes, text } from "./apps.ts";

/** What a call throws, as a word. */
function thrownBy(call: () => unknown): string {
  try {
    call();
    return "nothing";
  } catch (error) {
    return error === MARKER ? "the given value" : "an error";
  }
}

/** Something to be recognised by. */
const MARKER = new Error("kit: on purpose");

async function expectError(talk: Talk): Promise<void> {
  const { head, body, complete } = await talk.ask();
  expectEqual(head.status, 500, "the status");
  expect(complete, "the answer must be complete, but it broke off");
  expect(
    !body.includes("kit:") && !body.includes(".ts:"),
    "the answer must not show the error, but it does",
  );
  await talk.settle();
}

/** Arguments that startResponse must refuse. */
const REFUSED: readonly [
  name: string,
  spec: string,
  status: unknown,
  headers: unknown,
][] = [
  ["status-number", "status-string", 200, text()],
  ["status-no-space", "status-digits", "200", text()],
  ["status-two-digits", "status-digits", "20 OK", text()],
  ["status-100", "status-range", "100 Continue", text()],
  ["status-600", "status-range", "600 Odd", text()],
  ["status-control", "status-no-control", "200 O\rK", text()],
  ["status-wide", "status-bytestring", "200 \u20ac", text()],
  ["headers-object", "header-array", "200 OK", { "X-A": "1" }],
  ["headers-class", "header-array", "200 OK", new Headers()],
  ["header-three", "header-pair", "200 OK", [["X-A", "1", "2"]]],
  ["header-number", "header-string", "200 OK", [["Content-Length", 4]]],
  ["name-space", "header-token", "200 OK", [["X A", "1"]]],
  ["name-colon", "header-token", "200 OK", [["X-A:", "1"]]],
  ["name-empty", "header-token", "200 OK", [["", "1"]]],
  ["value-newline", "header-no-control", "200 OK", [["X-A", "1\r\nX-B: 2"]]],
  ["value-nul", "header-no-control", "200 OK", [["X-A", "\0"]]],
  ["value-bell", "header-no-control", "200 OK", [["X-A", "\x07"]]],
  ["value-wide", "header-bytestring", "200 OK", [["X-A", "\u20ac"]]],
  ["length-text", "length-digits", "200 OK", [["Content-Length", "four"]]],
  ["connection", "header-hop-by-hop", "200 OK", [["Connection", "close"]]],
  ["chunked", "header-hop-by-hop", "200 OK", [[
    "transfer-encoding",
    "chunked",
  ]]],
];

function refusedCase(
  [name, spec, status, headers]: typeof REFUSED[number],
): ServerCase {
  return {
    id: `start-response/refuses-${name}`,
    spec,
    title: "startResponse refuses it at once, and the request fails",
    broken: true,
    app: (probe) => (_environ, startResponse) => {
      const thrown = thrownBy(() =>
        startResponse(status as string, headers as HeaderTuple[])
      );
      probe.tell("thrown", thrown);
      return [bytes("body")];
    },
    run: async (talk) => {
      await expectError(talk);
      expectEqual(await talk.told("thrown"), "an error", "what was thrown");
    },
  };
}

/** Fails after startResponse, and begins anew with excInfo. */
function replacing(late: boolean): (probe: Probe) => Application {
  const again: readonly HeaderTuple[] = [["X-Again", "1"]];
  const one = () => (_environ: unknown, start: Parameters<Application>[1]) => {
    start("200 OK", [["X-First", "1"], ["Content-Length", "99"]]);
    start("503 Service Unavailable", again, MARKER);
    return [bytes("sorry")];
  };
  const other = () =>
    function* (
      _environ: unknown,
      start: Parameters<Application>[1],
    ): Generator<Uint8Array, void> {
      start("200 OK", [["X-First", "1"]]);
      yield new Uint8Array();
      start("503 Service Unavailable", again, "a string");
      yield bytes("sorry");
    };
  return late ? other : one;
}

function replacedCase(name: string, late: boolean): ServerCase {
  return {
    id: `start-response/${name}`,
    spec: "server-start-replaces",
    title: late
      ? "After an empty chunk excInfo still replaces status and headers"
      : "excInfo replaces status and headers as a whole",
    app: replacing(late),
    run: async (talk) => {
      const { head, body, complete } = await talk.ask();
      expectEqual(head.status, 503, "the status");
      expectEqual(head.get("x-first"), undefined, "the replaced header");
      expectEqual(head.get("x-again"), "1", "the new header");
      expectEqual([body, complete], ["sorry", true], "the body");
    },
  };
}

/** The cases of this subject. */
export const START_CASES: readonly ServerCase[] = [
  ...REFUSED.map(refusedCase),
  {
    id: "start-response/refuses-at-once",
    spec: "server-start-checks",
    title: "The last of many headers is checked by the call, and not later",
    broken: true,
    app: (probe) => (_environ, startResponse) => {
      const headers: HeaderTuple[] = [...text()];
      for (let index = 0; index < 40; index++) headers.push([`X-${index}`, ""]);
      headers.push(["X-Last", "1\nX-More: 2"]);
      probe.tell("thrown", thrownBy(() => startResponse("200 OK", headers)));
      probe.tell("went on");
      return [bytes("body")];
    },
    run: async (talk) => {
      await expectError(talk);
      expectEqual(await talk.told("thrown"), "an error", "what was thrown");
      await talk.told("went on");
      expectEqual(talk.events(), ["thrown", "went on"], "what was told");
    },
  },
  replacedCase("replaced", false),
  replacedCase("replaced-late", true),
  {
    id: "start-response/no-exc-info",
    spec: "server-start-arguments",
    title: "undefined and null as excInfo mean that there is none",
    app: (probe) => (_environ, startResponse) => {
      startResponse("200 OK", text(), undefined);
      probe.tell(
        "thrown",
        thrownBy(() => startResponse("200 OK", [["X-Second", "1"]], null)),
      );
      return [bytes("body")];
    },
    broken: true,
    run: async (talk) => {
      await expectError(talk);
      expectEqual(await talk.told("thrown"), "an error", "what was thrown");
    },
  },
  {
    id: "start-response/twice",
    spec: "server-start-second-call",
    title: "A second call without excInfo throws, and the request fails",
    broken: true,
    app: (probe) => (_environ, startResponse) => {
      startResponse("200 OK", text());
      probe.tell("thrown", thrownBy(() => startResponse("200 OK", text())));
      return [bytes("body")];
    },
    run: async (talk) => {
      await expectError(talk);
      expectEqual(await talk.told("thrown"), "an error", "what was thrown");
    },
  },
  {
    id: "start-response/twice-after-refusal",
    spec: "server-start-second-call",
    title: "A second call throws also if the first one threw",
    broken: true,
    app: (probe) => (_environ, startResponse) => {
      thrownBy(() => startResponse("bad", text()));
      probe.tell("thrown", thrownBy(() => startResponse("200 OK", text())));
      return [bytes("body")];
    },
    run: async (talk) => {
      await expectError(talk);
      expectEqual(await talk.told("thrown"), "an error", "what was thrown");
    },
  },
  {
    id: "start-response/saved-by-exc-info",
    spec: "server-start-failure-kept",
    title: "After a refusal a call with excInfo saves the request",
    broken: true,
    app: () => (_environ, startResponse) => {
      thrownBy(() => startResponse("bad", text()));
      startResponse("502 Bad Gateway", text(), MARKER);
      return [bytes("saved")];
    },
    run: async (talk) => {
      const { head, body } = await talk.ask();
      expectEqual([head.status, body], [502, "saved"], "the response");
    },
  },
  {
    id: "start-response/rethrows",
    spec: "server-start-rethrows",
    title: "After the first byte excInfo is thrown, and the connection breaks",
    app: (probe) =>
      async function* (
        _environ,
        startResponse,
      ): AsyncGenerator<Uint8Array, void> {
        startResponse("200 OK", text());
        yield bytes("begun");
        await probe.gate("go on");
        const thrown = thrownBy(() =>
          startResponse("500 Internal Server Error", text(), MARKER)
        );
        probe.tell("thrown", thrown);
        throw MARKER;
      },
    run: async (talk) => {
      const client = await talk.connect();
      await client.send(talk.request());
      const head = await client.head();
      expectEqual(head.status, 200, "the status");
      const first = head.get("transfer-encoding")
        ? await client.chunk()
        : await client.bytes(5);
      expectEqual(first, "begun", "the first chunk");
      talk.open("go on");
      expectEqual(
        await talk.told("thrown"),
        "the given value",
        "what startResponse threw",
      );
      const rest = await client.rest();
      expect(
        !rest.includes("0\r\n\r\n") && !rest.includes("500"),
        "the connection must break, but the response came to an end",
      );
      await talk.settle();
    },
  },
  {
    id: "start-response/never",
    spec: "server-refuses-result",
    title: "A body without startResponse fails the request",
    broken: true,
    app: () => () => [bytes("body")],
    run: expectError,
  },
  {
    id: "start-response/never-empty",
    spec: "server-refuses-result",
    title: "An empty body without startResponse fails the request",
    broken: true,
    app: () => () => [],
    run: expectError,
  },
  {
    id: "start-response/lazy",
    spec: "server-late-start",
    title: "A generator calls startResponse when it is first asked for a chunk",
    app: () =>
      function* (_environ, startResponse): Generator<Uint8Array, void> {
        startResponse("202 Accepted", text());
        yield bytes("lazy");
      },
    run: async (talk) => {
      const { head, body } = await talk.ask();
      expectEqual([head.status, body], [202, "lazy"], "the response");
    },
  },
  {
    id: "start-response/lazy-after-empty",
    spec: "server-late-start",
    title: "startResponse may come after chunks that are empty",
    app: () =>
      async function* (
        _environ,
        startResponse,
      ): AsyncGenerator<Uint8Array, void> {
        yield new Uint8Array();
        yield new Uint8Array();
        startResponse("202 Accepted", text());
        yield new Uint8Array();
        yield bytes("lazy");
      },
    run: async (talk) => {
      const { head, body } = await talk.ask();
      expectEqual([head.status, body], [202, "lazy"], "the response");
    },
  },
  {
    id: "start-response/headers-wait",
    spec: "server-headers-leave",
    title: "Headers do not leave before the first chunk that is not empty",
    app: (probe) =>
      async function* (
        _environ,
        startResponse,
      ): AsyncGenerator<Uint8Array, void> {
        startResponse("200 OK", text());
        yield new Uint8Array();
        await probe.gate("go on");
        startResponse("409 Conflict", text(), MARKER);
        yield bytes("changed");
      },
    run: async (talk) => {
      const client = await talk.connect();
      await client.send(talk.request());
      await talk.settle();
      talk.open("go on");
      const { head, body } = await client.response();
      expectEqual([head.status, body], [409, "changed"], "the response");
    },
  },
  {
    id: "start-response/headers-at-end",
    spec: "server-headers-leave",
    title: "Without any chunk the headers leave at the end",
    app: () =>
      // deno-lint-ignore require-yield -- it has no chunk
      function* (_environ, startResponse): Generator<Uint8Array, void> {
        startResponse("200 OK", [...text(), ["X-Sent", "1"]]);
      },
    run: async (talk) => {
      const { head, body, complete } = await talk.ask();
      expectEqual(head.get("x-sent"), "1", "the header");
      expectEqual([body, complete], ["", true], "the body");
    },
  },
  {
    id: "start-response/late-call",
    spec: "server-start-second-call",
    title: "startResponse throws when the request is over",
    broken: true,
    app: (probe) => (_environ, startResponse) => {
      startResponse("200 OK", text());
      probe.gate("over").then(() =>
        probe.tell(
          "thrown",
          thrownBy(() => startResponse("200 OK", text(), MARKER)),
        )
      );
      return [bytes("body")];
    },
    run: async (talk) => {
      await talk.ask();
      await talk.settle();
      talk.open("over");
      expect(
        await talk.told("thrown") !== "nothing",
        "the late call must throw, but it did not",
      );
    },
  },
];
