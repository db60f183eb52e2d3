/**
 * Cases about status and headers on the wire.
 *
 * @module
 */

import type { HeaderTuple } from "../../wsgi/types.ts";
import { expect, expectEqual } from "../expect.ts";
import type { ServerCase } from "../server_case.ts";
import { answering, bytes, text } from "./fixtures.ts";

/** Shared by all requests, like constants of a module. */
const SHARED: readonly HeaderTuple[] = Object.freeze([
  Object.freeze(["Content-Type", "text/plain"] as const),
  Object.freeze(["X-Shared", "1"] as const),
]);

/** The cases of this subject. */
export const RESPONSE_CASES: readonly ServerCase[] = [
  {
    id: "response/status",
    spec: "server-plain",
    title: "The status code and the body reach the client",
    app: answering(() => [bytes("Hello world!\n")]),
    run: async (client) => {
      const { head, body } = await client.ask();
      expectEqual(head.status, 200, "the status");
      expectEqual(body, "Hello world!\n", "the body");
    },
  },
  ...["201 Created", "299 ", "404 Not Found", "418 I'm a teapot", "599 Odd"]
    .map((status): ServerCase => ({
      id: `response/status-${status.slice(0, 3)}`,
      spec: "status-range",
      title: `A status of ${status.slice(0, 3)} reaches the client`,
      app: answering(() => [bytes("body")], status),
      run: async (client) => {
        const { head, body } = await client.ask();
        expectEqual(head.status, Number(status.slice(0, 3)), "the status");
        expectEqual(body, "body", "the body");
      },
    })),
  {
    id: "response/reason",
    spec: "server-reason-sent",
    title: "The reason phrase reaches the client unchanged",
    app: answering(() => [bytes("body")], "404 Nothing Here"),
    run: async (client) => {
      const { head } = await client.ask();
      expectEqual(
        head.line.slice(head.line.indexOf(" ") + 1),
        "404 Nothing Here",
        "code and reason",
      );
    },
  },
  {
    id: "response/headers-order",
    spec: "server-headers-as-given",
    title: "Every header reaches the client, in the application's order",
    app: answering(() => [bytes("body")], "200 OK", [
      ["X-Third", "3"],
      ["Content-Type", "text/plain"],
      ["X-First", "1"],
      ["X-Empty", ""],
    ]),
    run: async (client) => {
      const { head } = await client.ask();
      const sent = head.headers.filter(([name]) => /^(x|content-t)/i.test(name))
        .map(([name, value]) => `${name.toLowerCase()}: ${value}`);
      expectEqual(sent, [
        "x-third: 3",
        "content-type: text/plain",
        "x-first: 1",
        "x-empty: ",
      ], "the headers");
    },
  },
  {
    id: "response/headers-case",
    spec: "server-headers-spelling",
    title: "The name of a header is sent in the letter case of the application",
    app: answering(() => [bytes("body")], "200 OK", [
      ["cOnTeNt-tYpE", "text/plain"],
      ["X-lower-UPPER", "1"],
    ]),
    run: async (client) => {
      const { head } = await client.ask();
      const sent = head.headers.map(([name]) => name)
        .filter((name) => /^(x-lower|content-t)/i.test(name)).sort();
      expectEqual(sent, ["X-lower-UPPER", "cOnTeNt-tYpE"], "the names");
    },
  },
  {
    id: "response/headers-repeated",
    spec: "server-headers-as-given",
    title: "Repeated headers are sent separately, and not joined",
    app: answering(() => [bytes("body")], "200 OK", [
      ...text(),
      ["Set-Cookie", "a=1; Path=/"],
      ["X-Between", "1"],
      ["Set-Cookie", "b=2, with a comma"],
      ["set-cookie", "a=1; Path=/"],
    ]),
    run: async (client) => {
      const { head } = await client.ask();
      expectEqual(head.all("set-cookie"), [
        "a=1; Path=/",
        "b=2, with a comma",
        "a=1; Path=/",
      ], "the cookies");
    },
  },
  {
    id: "response/headers-bytes",
    spec: "server-headers-as-given",
    title: "Characters above ASCII in a header value are sent as single bytes",
    app: answering(() => [bytes("body")], "200 OK", [
      ...text(),
      ["X-Bytes", "caf\u00e9 \u00ff"],
    ]),
    run: async (client) => {
      const { head } = await client.ask();
      expectEqual(head.get("x-bytes"), "caf\u00e9 \u00ff", "the value");
    },
  },
  {
    id: "response/headers-shared",
    spec: "server-start-copies",
    title: "A frozen header array can be used for several requests",
    app: () => (_environ, startResponse) => {
      startResponse("200 OK", SHARED);
      return [bytes("body")];
    },
    run: async (client) => {
      for (let round = 0; round < 3; round++) {
        const { head } = await client.ask();
        expectEqual(head.status, 200, "the status");
        expectEqual(head.all("x-shared"), ["1"], "the header");
      }
    },
  },
  {
    id: "response/headers-copied",
    spec: "server-start-copies",
    title: "Changes to the header array after startResponse have no effect",
    app: () => (_environ, startResponse) => {
      const headers: [string, string][] = [
        ["Content-Type", "text/plain"],
        ["X-Kept", "as it was"],
      ];
      startResponse("200 OK", headers);
      const kept = headers[1];
      if (kept) kept[1] = "changed";
      headers.push(["X-Late", "1"]);
      return [bytes("body")];
    },
    run: async (client) => {
      const { head } = await client.ask();
      expectEqual(head.get("x-kept"), "as it was", "the value");
      expectEqual(head.get("x-late"), undefined, "the late header");
    },
  },
  {
    id: "response/content-type-once",
    spec: "server-headers-case",
    title: "Header names are compared case-insensitively",
    app: answering(() => [bytes("four")], "200 OK", [
      ["cOnTeNt-TyPe", "text/html"],
      ["CONTENT-LENGTH", "4"],
      ["dATE", "Sun, 06 Nov 1994 08:49:37 GMT"],
    ]),
    run: async (client) => {
      const { head, body } = await client.ask();
      expectEqual(head.all("content-type"), ["text/html"], "Content-Type");
      expectEqual(head.all("content-length"), ["4"], "Content-Length");
      expectEqual(head.all("date").length, 1, "the number of Date headers");
      expectEqual(body, "four", "the body");
    },
  },
  {
    id: "response/date",
    spec: "server-headers-added",
    title: "A response without a Date gets one",
    app: answering(() => [bytes("body")]),
    run: async (client) => {
      const { head } = await client.ask();
      const date = head.get("date") ?? "none";
      expect(
        /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/
          .test(date),
        `Date must be an IMF-fixdate, got ${date}`,
      );
    },
  },
  {
    id: "response/large-head",
    spec: "server-headers-as-given",
    title: "Sixty headers with a total of 3 KiB reach the client",
    app: answering(() => [bytes("body")], "200 OK", [
      ...text(),
      ...Array.from(
        { length: 60 },
        (_, index): HeaderTuple => [`X-${index}`, "v".repeat(40)],
      ),
    ]),
    run: async (client) => {
      const { head, body } = await client.ask();
      const sent = head.headers.filter(([name]) => /^x-\d+$/i.test(name));
      expectEqual(sent.length, 60, "the number of headers");
      expectEqual(body, "body", "the body");
    },
  },
];
