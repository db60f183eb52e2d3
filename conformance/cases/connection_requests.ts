/**
 * Cases about requests that ask for more than a response: Expect, Upgrade and
 * CONNECT; and about empty lines before a request.
 *
 * @module
 */

import { fromBytes } from "../../wsgi/byte_string.ts";
import { expect, expectEqual } from "../expect.ts";
import type { RequestParts, ServerCase } from "../server_case.ts";
import { bytes, text } from "./fixtures.ts";

/** Responds with the body of the request, once a gate is open. */
const echo: ServerCase["app"] = (probe) => async (environ, startResponse) => {
  probe.report("called");
  await probe.gate("read");
  const body = await environ["wsgi.input"].read();
  startResponse("200 OK", text());
  return [bytes(fromBytes(body))];
};

/** Responds without reading the body. */
const ignore: ServerCase["app"] = (probe) => (environ, startResponse) => {
  probe.report(environ.PATH_INFO === "/smuggled" ? "smuggled" : "called");
  startResponse("200 OK", text());
  // A tunnel has no body.
  return environ.REQUEST_METHOD === "CONNECT" ? [] : [bytes("unread")];
};

const EXPECTING: RequestParts = {
  method: "POST",
  headers: ["Expect: 100-continue", "Content-Length: 4"],
};

/** The headers of a client that offers to upgrade to HTTP/2. */
const H2C = [
  "Connection: Upgrade, HTTP2-Settings",
  "Upgrade: h2c",
  "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA",
];

function upgradeCase(name: string, parts: RequestParts): ServerCase {
  return {
    id: `connection/upgrade-${name}`,
    spec: "server-upgrade",
    title: "A request with a body that offers an upgrade to h2c is served",
    app: echo,
    run: async (client) => {
      client.open("read");
      const { head, body } = await client.ask(parts);
      expectEqual([head.status, body], [200, "four"], "the response");
    },
  };
}

/** The cases of this subject. */
export const CONNECTION_REQUEST_CASES: readonly ServerCase[] = [
  {
    id: "connection/expect",
    spec: "server-expect",
    title: "A body sent with Expect: 100-continue is read",
    app: echo,
    run: async (client) => {
      client.open("read");
      const connection = await client.connect();
      // The client does not wait for 100, because not every server sends it.
      await connection.send(`${client.request(EXPECTING)}four`);
      expectEqual((await connection.response()).body, "four", "the response");
    },
  },
  {
    id: "connection/expect-read",
    spec: "server-expect-lazy",
    title: "100 Continue is sent when the application reads",
    app: echo,
    run: async (client) => {
      const connection = await client.connect();
      await connection.send(client.request(EXPECTING));
      await client.waitFor("called");
      client.open("read");
      const { line } = await connection.head();
      expectEqual(line.slice(0, 12), "HTTP/1.1 100", "the interim response");
      await connection.send("four");
      const { head, body } = await connection.response();
      expectEqual([head.status, body], [200, "four"], "the response");
    },
  },
  {
    id: "connection/expect-unread",
    spec: "server-expect-lazy",
    title: "100 Continue is not sent if the application does not read",
    app: ignore,
    run: async (client) => {
      const connection = await client.connect();
      await connection.send(client.request(EXPECTING));
      expectEqual((await connection.head()).status, 200, "the first status");
    },
  },
  upgradeCase("length", { method: "POST", headers: H2C, body: "four" }),
  upgradeCase("chunked", { method: "POST", headers: H2C, chunks: ["four"] }),
  {
    id: "connection/connect-body",
    spec: "server-unread-body",
    title: "The body of a CONNECT is not parsed as the next request",
    app: ignore,
    run: async (client) => {
      const connection = await client.connect();
      const host = "example.test:443";
      await connection.send(client.request({
        method: "CONNECT",
        target: host,
        host,
        body: client.request({ target: "/smuggled" }),
      }));
      // The server may serve or reject it.
      await connection.head();
      await client.settle();
      await client.settle();
      expect(
        !client.events().includes("smuggled"),
        "the body must not be parsed as a request, but it was",
      );
    },
  },
  {
    id: "connection/connect-after",
    spec: "server-connect",
    title: "Nothing that follows a CONNECT with a 2xx response is served",
    app: ignore,
    run: async (client) => {
      const connection = await client.connect();
      const host = "example.test:443";
      await connection.send(
        client.request({ method: "CONNECT", target: host, host }) +
          client.request({ target: "/smuggled" }),
      );
      const { status } = await connection.head();
      // A server may reject CONNECT and then serve the following bytes.
      if (!(status >= 200 && status < 300)) return;
      const rest = await connection.rest();
      expect(
        !rest.includes("unread") && !rest.includes("HTTP/"),
        `nothing must come after the head, got ${JSON.stringify(rest)}`,
      );
      await client.settle();
      expect(
        !client.events().includes("smuggled"),
        "the following bytes must not be served, but they were",
      );
    },
  },
  {
    id: "connection/empty-lines",
    spec: "server-empty-lines",
    title: "An empty line before a request is ignored",
    app: ignore,
    run: async (client) => {
      const connection = await client.connect();
      await connection.send(`\r\n${client.request()}`);
      const { head, body } = await connection.response();
      expectEqual([head.status, body], [200, "unread"], "the response");
    },
  },
];
