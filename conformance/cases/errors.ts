/**
 * Cases about errors of the application.
 *
 * @module
 */

import type { Application } from "../../wsgi/types.ts";
import { expect, expectEqual } from "../expect.ts";
import { isChunked } from "../raw_response.ts";
import type { ServerCase } from "../server_case.ts";
import { bytes, readPiece, text } from "./fixtures.ts";

const ERROR = new Error("kit: <b>on purpose</b>");

function fail(): never {
  throw ERROR;
}

/** Ways to fail before the first byte. */
const EARLY: readonly [name: string, app: Application][] = [
  ["throws", fail],
  ["throws-undefined", () => {
    throw undefined;
  }],
  ["throws-string", () => {
    throw "kit: a string";
  }],
  ["rejects", async () => {
    await Promise.resolve();
    return fail();
  }],
  ["after-start", (_environ, startResponse) => {
    startResponse("200 OK", text());
    return fail();
  }],
  ["first-next", (_environ, startResponse) => {
    startResponse("200 OK", text());
    return (function* (): Generator<Uint8Array, void> {
      yield new Uint8Array();
      fail();
    })();
  }],
  [
    "first-async-next",
    async function* (
      _environ,
      startResponse,
    ): AsyncGenerator<Uint8Array, void> {
      startResponse("200 OK", text());
      yield new Uint8Array();
      await Promise.resolve();
      fail();
    },
  ],
];

function earlyCase([name, app]: typeof EARLY[number]): ServerCase {
  return {
    id: `errors/${name}`,
    spec: "error-500",
    title:
      "If the application fails before the first byte, the response is a complete 500",
    broken: true,
    app: () => app,
    run: async (client) => {
      const { head, body, complete } = await client.ask();
      expectEqual([head.status, complete], [500, true], "the response");
      expect(
        !body.includes("kit:") && !/\bat .*:\d+:\d+/.test(body),
        "the response must not show the error or its stack, but it does",
      );
      await client.settle();
    },
  };
}

/** The cases of this subject. */
export const ERROR_CASES: readonly ServerCase[] = [
  ...EARLY.map(earlyCase),
  {
    id: "errors/after-first-chunk",
    spec: "error-breaks",
    title:
      "If the application fails after the first byte, the connection breaks",
    broken: true,
    app: (probe) =>
      async function* (
        _environ,
        startResponse,
      ): AsyncGenerator<Uint8Array, void> {
        startResponse("200 OK", text());
        yield bytes("begun");
        await probe.gate("go on");
        fail();
      },
    run: async (client) => {
      const connection = await client.connect();
      await connection.send(client.request());
      const head = await connection.head();
      expectEqual(head.status, 200, "the status");
      const first = await readPiece(connection, head, 5);
      expectEqual(first, "begun", "the first chunk");
      client.open("go on");
      const rest = await connection.rest();
      expect(
        isChunked(head)
          ? !rest.endsWith("0\r\n\r\n")
          : connection.ending === "reset",
        "the connection must break, but the response came to an end",
      );
      expect(
        !/kit:|Error|500/.test(rest),
        `nothing must be added to the body, got ${JSON.stringify(rest)}`,
      );
      await client.settle();
    },
  },
  {
    id: "errors/after-length",
    spec: "error-breaks",
    title: "If a body with Content-Length fails, the response is shorter",
    broken: true,
    app: () =>
      function* (_environ, startResponse): Generator<Uint8Array, void> {
        startResponse("200 OK", [...text(), ["Content-Length", "100"]]);
        yield bytes("begun");
        fail();
      },
    run: async (client) => {
      const { head, body, complete } = await client.ask();
      expectEqual([head.status, complete], [200, false], "the response");
      expect(
        "begun".startsWith(body),
        `nothing must be added to the body, got ${JSON.stringify(body)}`,
      );
      await client.settle();
    },
  },
  {
    id: "errors/request-not-shown",
    spec: "error-own-answers",
    title: "The error response shows no unescaped part of the request",
    broken: true,
    app: () => fail,
    run: async (client) => {
      const { body } = await client.ask({
        target: "/<script>evil</script>",
        headers: ["X-Evil: <script>evil</script>"],
      });
      expect(
        !body.includes("<script>"),
        "markup of the request must be escaped or left out, but it is there",
      );
    },
  },
  {
    id: "errors/late-rejection",
    spec: "async-late-rejection",
    title:
      "A promise that rejects after the client has left does not end the process",
    broken: true,
    app: (probe) => async () => {
      probe.report("waiting");
      await probe.gate("left");
      probe.report("fails");
      return fail();
    },
    run: async (client) => {
      const connection = await client.connect();
      await connection.send(client.request());
      await client.waitFor("waiting");
      connection.close();
      await client.settle();
      client.open("left");
      await client.waitFor("fails");
      await client.settle();
    },
  },
  {
    id: "errors/stream",
    spec: "error-500",
    title: "Writing to wsgi.errors does not affect the response",
    app: () => (environ, startResponse) => {
      const errors = environ["wsgi.errors"];
      errors.write("");
      errors.writelines([]);
      errors.flush();
      startResponse("200 OK", text());
      return [bytes("body")];
    },
    run: async (client) => {
      const { head, body } = await client.ask();
      expectEqual([head.status, body], [200, "body"], "the response");
    },
  },
  {
    id: "errors/body-error-passed-on",
    spec: "error-request-body",
    title:
      "A RequestBodyError that the application does not catch is answered with 400",
    broken: true,
    app: (probe) => async (environ, startResponse) => {
      probe.report("called");
      try {
        await environ["wsgi.input"].read();
      } catch (error) {
        probe.report("status", (error as { status?: unknown }).status);
        throw error;
      }
      startResponse("200 OK", text());
      return [bytes("clean")];
    },
    run: async (client) => {
      const connection = await client.connect();
      const headers = ["Content-Length: 10"];
      await connection.send(
        `${client.request({ method: "POST", headers })}0123`,
      );
      await connection.closeWrite();
      const answer = await connection.rest();
      expect(
        !answer.includes("clean"),
        "the response must not be a success, but it is",
      );
      if (client.events().includes("called") && answer !== "") {
        expect(
          /^HTTP\/1\.[01] 400 /.test(answer),
          `the status must be 400, got ${JSON.stringify(answer.slice(0, 40))}`,
        );
      }
      await client.settle();
    },
  },
];
