/**
 * Cases about connections: keep-alive, pipelining, unread bodies, and clients
 * that leave.
 *
 * @module
 */

import { fromBytes } from "../../wsgi/byte_string.ts";
import { expect, expectEqual } from "../expect.ts";
import type { Probe, ServerCase } from "../server_case.ts";
import { abortedOrOver, bytes, endsAfter, text } from "./fixtures.ts";

/** Responds with the path and does not read the body. */
const path: ServerCase["app"] = () => (environ, startResponse) => {
  startResponse("200 OK", text());
  return [bytes(environ.PATH_INFO)];
};

/** Responds with the body of the request. */
const echo: ServerCase["app"] = () => async (environ, startResponse) => {
  const body = await environ["wsgi.input"].read();
  startResponse("200 OK", text());
  return [bytes(`${environ.PATH_INFO}:${fromBytes(body)}`)];
};

/** Waits for the signal of the request, and reports it. */
const signalled: ServerCase["app"] =
  (probe: Probe) => async (environ, startResponse) => {
    const signal = environ["wsgiref.signal"]?.();
    probe.report("waiting", signal !== undefined);
    if (signal !== undefined) {
      await abortedOrOver(probe, signal);
      probe.report("aborted");
    }
    startResponse("200 OK", text());
    return [];
  };

/** The cases of this subject. */
export const CONNECTION_CASES: readonly ServerCase[] = [
  {
    id: "connection/keep-alive",
    spec: "length-framed",
    title: "Three requests are answered over one connection",
    app: path,
    run: async (client) => {
      const connection = await client.connect();
      for (const target of ["/1", "/2", "/3"]) {
        await connection.send(client.request({ target }));
        const { head, body } = await connection.response();
        expectEqual([head.status, body], [200, target], "the response");
        if (await endsAfter(connection, head)) return;
      }
    },
  },
  {
    id: "connection/pipelined",
    spec: "length-framed",
    title: "Requests that are sent together are answered in their order",
    app: path,
    run: async (client) => {
      const connection = await client.connect();
      const targets = ["/1", "/2", "/3", "/4"];
      await connection.send(
        targets.map((target) => client.request({ target })).join(""),
      );
      for (const target of targets) {
        const { head, body } = await connection.response();
        expectEqual(body, target, "the response");
        if (await endsAfter(connection, head)) return;
      }
    },
  },
  {
    id: "connection/pipelined-bodies",
    spec: "input-limited",
    title: "The bodies of pipelined requests are kept apart",
    app: echo,
    run: async (client) => {
      const connection = await client.connect();
      await connection.send(
        client.request({ method: "POST", target: "/1", body: "one" }) +
          client.request({
            method: "POST",
            target: "/2",
            chunks: ["t", "wo"],
          }) +
          client.request({ method: "POST", target: "/3", body: "" }) +
          client.request({ target: "/4" }).replace("GET", "OPTIONS"),
      );
      for (const expected of ["/1:one", "/2:two", "/3:", "/4:"]) {
        const { head, body } = await connection.response();
        expectEqual(body, expected, "the response");
        if (await endsAfter(connection, head)) return;
      }
    },
  },
  {
    id: "connection/byte-by-byte",
    spec: "input-read-exact",
    title: "A request that arrives byte by byte is read like any other",
    app: echo,
    run: async (client) => {
      const connection = await client.connect();
      const request = client.request({ method: "POST", chunks: ["ab", "c"] });
      for (const byte of request) await connection.send(byte);
      expectEqual((await connection.response()).body, "/:abc", "the response");
    },
  },
  ...["Content-Length: 34", "Transfer-Encoding: chunked"].map((
    header,
    index,
  ): ServerCase => ({
    id: `connection/unread-${index === 0 ? "length" : "chunked"}`,
    spec: "server-unread-body",
    title: "An unread body is not parsed as the next request",
    app: path,
    run: async (client) => {
      const smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
      const body = index === 0
        ? smuggled
        : `${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`;
      const connection = await client.connect();
      const headers = [header.replace("34", String(smuggled.length))];
      await connection.send(
        client.request({ method: "POST", target: "/1", headers }) + body +
          client.request({ target: "/2", headers: ["Connection: close"] }),
      );
      expectEqual((await connection.response()).body, "/1", "the response");
      const rest = await connection.rest();
      expect(
        !rest.includes("smuggled") && !rest.includes("404 "),
        "the body must not be parsed as a request, but it was",
      );
      // The server may also close the connection.
      expect(
        rest === "" || rest.endsWith("/2"),
        `the next response must be that of /2, got ${JSON.stringify(rest)}`,
      );
    },
  })),
  {
    id: "connection/left-signal",
    spec: "ext-signal-aborts",
    title: "The signal, if present, aborts when the client leaves",
    app: signalled,
    run: async (client) => {
      const connection = await client.connect();
      await connection.send(client.request());
      const has = await client.waitFor("waiting");
      connection.close();
      if (has) await client.waitFor("aborted");
      await client.settle();
    },
  },
  {
    id: "connection/left-before-head",
    spec: "error-survived",
    title: "A client that leaves in the middle of a request head does no harm",
    app: path,
    run: async (client) => {
      const connection = await client.connect();
      await connection.send(client.request().slice(0, 30));
      connection.close();
      await client.settle();
      expectEqual(client.events(), [], "the reported events");
    },
  },
  {
    id: "connection/silent",
    spec: "error-survived",
    title: "A connection that sends nothing does no harm",
    app: path,
    run: async (client) => {
      const connection = await client.connect();
      connection.close();
      const open = await client.connect();
      await client.settle();
      await open.send(client.request({ target: "/late" }));
      expectEqual((await open.response()).body, "/late", "the response");
    },
  },
  {
    id: "connection/garbage",
    spec: "error-survived",
    title: "Input that is not HTTP is refused or cut off, and does no harm",
    app: path,
    run: async (client) => {
      const connection = await client.connect();
      await connection.send("\x16\x03\x01\x02\x00 garbage\r\n\r\n");
      const answer = await connection.rest();
      expect(
        answer === "" || /^HTTP\/1\.[01] [45]\d\d/.test(answer),
        `the response must be an error, got ${JSON.stringify(answer)}`,
      );
      await client.settle();
    },
  },
];
