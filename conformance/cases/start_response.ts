/**
 * Cases about repeated calls of `startResponse`, with and without `excInfo`,
 * and about a missing call.
 *
 * @module
 */

import type { Application, HeaderTuple } from "../../wsgi/types.ts";
import { expect, expectEqual } from "../expect.ts";
import type { Probe, ServerCase } from "../server_case.ts";
import {
  bytes,
  expectFailure,
  expectThrown,
  MARKER,
  readPiece,
  text,
  thrownBy,
} from "./fixtures.ts";

/** Fails after startResponse, and starts again with excInfo. */
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
      ? "After an empty chunk, excInfo still replaces status and headers"
      : "excInfo replaces the status and all headers",
    app: replacing(late),
    run: async (client) => {
      const { head, body, complete } = await client.ask();
      expectEqual(head.status, 503, "the status");
      expectEqual(head.get("x-first"), undefined, "the replaced header");
      expectEqual(head.get("x-again"), "1", "the new header");
      expectEqual([body, complete], ["sorry", true], "the body");
    },
  };
}

/** The cases of this subject. */
export const START_CASES: readonly ServerCase[] = [
  replacedCase("replaced", false),
  replacedCase("replaced-late", true),
  {
    id: "start-response/no-exc-info",
    spec: "server-start-arguments",
    title: "undefined and null as excInfo mean that there is no error",
    app: (probe) => (_environ, startResponse) => {
      startResponse("200 OK", text(), undefined);
      probe.report(
        "thrown",
        thrownBy(() => startResponse("200 OK", [["X-Second", "1"]], null)),
      );
      return [bytes("body")];
    },
    broken: true,
    run: async (client) => {
      await expectFailure(client);
      await expectThrown(client);
    },
  },
  {
    id: "start-response/twice",
    spec: "server-start-second-call",
    title: "A second call without excInfo throws, and the request fails",
    broken: true,
    app: (probe) => (_environ, startResponse) => {
      startResponse("200 OK", text());
      probe.report("thrown", thrownBy(() => startResponse("200 OK", text())));
      return [bytes("body")];
    },
    run: async (client) => {
      await expectFailure(client);
      await expectThrown(client);
    },
  },
  {
    id: "start-response/twice-after-refusal",
    spec: "server-start-second-call",
    title: "A second call throws even if the first one threw",
    broken: true,
    app: (probe) => (_environ, startResponse) => {
      thrownBy(() => startResponse("bad", text()));
      probe.report("thrown", thrownBy(() => startResponse("200 OK", text())));
      return [bytes("body")];
    },
    run: async (client) => {
      await expectFailure(client);
      await expectThrown(client);
    },
  },
  {
    id: "start-response/saved-by-exc-info",
    spec: "server-start-failure-kept",
    title: "After a rejected call, a call with excInfo saves the request",
    broken: true,
    app: () => (_environ, startResponse) => {
      thrownBy(() => startResponse("bad", text()));
      startResponse("502 Bad Gateway", text(), MARKER);
      return [bytes("saved")];
    },
    run: async (client) => {
      const { head, body } = await client.ask();
      expectEqual([head.status, body], [502, "saved"], "the response");
    },
  },
  {
    id: "start-response/rethrows",
    spec: "server-start-rethrows",
    title: "After the first byte, excInfo is thrown and the connection breaks",
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
        probe.report("thrown", thrown);
        throw MARKER;
      },
    run: async (client) => {
      const connection = await client.connect();
      await connection.send(client.request());
      const head = await connection.head();
      expectEqual(head.status, 200, "the status");
      const first = await readPiece(connection, head, 5);
      expectEqual(first, "begun", "the first chunk");
      client.open("go on");
      expectEqual(
        await client.waitFor("thrown"),
        "the given value",
        "the error of startResponse",
      );
      const rest = await connection.rest();
      expect(
        !rest.includes("0\r\n\r\n") && !rest.includes("500"),
        "the connection must break, but the response came to an end",
      );
      await client.settle();
    },
  },
  {
    id: "start-response/never",
    spec: "server-refuses-result",
    title:
      "If startResponse is not called before the first chunk, the response is a 500",
    broken: true,
    app: () => () => [bytes("body")],
    run: expectFailure,
  },
  {
    id: "start-response/never-empty",
    spec: "server-refuses-result",
    title:
      "If startResponse is not called and the body is empty, the response is a 500",
    broken: true,
    app: () => () => [],
    run: expectFailure,
  },
  {
    id: "start-response/late-call",
    spec: "server-start-second-call",
    title: "startResponse throws when the request is over",
    broken: true,
    app: (probe) => (_environ, startResponse) => {
      startResponse("200 OK", text());
      probe.gate("over").then(() =>
        probe.report(
          "thrown",
          thrownBy(() => startResponse("200 OK", text(), MARKER)),
        )
      );
      return [bytes("body")];
    },
    run: async (client) => {
      await client.ask();
      await client.settle();
      client.open("over");
      expect(
        await client.waitFor("thrown") !== "nothing",
        "the late call must throw, but it did not",
      );
    },
  },
];
