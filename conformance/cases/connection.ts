/**
 * Cases about connections: keep-alive, pipelining, unread bodies, Expect, and
 * clients that leave.
 *
 * @module
 */

import { fromBytes } from "../../wsgi/byte_string.ts";
import { expect, expectEqual } from "../expect.ts";
import type { Probe, ServerCase } from "../server_case.ts";
import { bytes, endsAfter, text } from "./fixtures.ts";

/** Answers with the path, and reads no body. */
const path: ServerCase["app"] = () => (environ, startResponse) => {
  startResponse("200 OK", text());
  return [bytes(environ.PATH_INFO)];
};

/** Answers with the body of the request. */
const echo: ServerCase["app"] = () => async (environ, startResponse) => {
  const body = await environ["wsgi.input"].read();
  startResponse("200 OK", text());
  return [bytes(`${environ.PATH_INFO}:${fromBytes(body)}`)];
};

/** Waits for the signal of the request, and tells of it. */
const signalled: ServerCase["app"] =
  (probe: Probe) => async (environ, startResponse) => {
    const signal = environ["wsgiref.signal"]?.();
    probe.tell("waiting", signal !== undefined);
    if (signal !== undefined) {
      await new Promise((resolve) =>
        signal.addEventListener("abort", resolve, { once: true })
      );
      probe.tell("aborted");
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
    run: async (talk) => {
      const client = await talk.connect();
      for (const target of ["/1", "/2", "/3"]) {
        await client.send(talk.request({ target }));
        const { head, body } = await client.response();
        expectEqual([head.status, body], [200, target], "the response");
        if (await endsAfter(client, head)) return;
      }
    },
  },
  {
    id: "connection/pipelined",
    spec: "length-framed",
    title: "Requests that are sent together are answered in their order",
    app: path,
    run: async (talk) => {
      const client = await talk.connect();
      const targets = ["/1", "/2", "/3", "/4"];
      await client.send(
        targets.map((target) => talk.request({ target })).join(""),
      );
      for (const target of targets) {
        const { head, body } = await client.response();
        expectEqual(body, target, "the response");
        if (await endsAfter(client, head)) return;
      }
    },
  },
  {
    id: "connection/pipelined-bodies",
    spec: "input-limited",
    title: "Bodies of pipelined requests are not mixed up",
    app: echo,
    run: async (talk) => {
      const client = await talk.connect();
      await client.send(
        talk.request({ method: "POST", target: "/1", body: "one" }) +
          talk.request({ method: "POST", target: "/2", chunks: ["t", "wo"] }) +
          talk.request({ method: "POST", target: "/3", body: "" }) +
          talk.request({ target: "/4" }).replace("GET", "OPTIONS"),
      );
      for (const expected of ["/1:one", "/2:two", "/3:", "/4:"]) {
        const { head, body } = await client.response();
        expectEqual(body, expected, "the response");
        if (await endsAfter(client, head)) return;
      }
    },
  },
  {
    id: "connection/byte-by-byte",
    spec: "input-read-exact",
    title: "A request that comes byte by byte is read like any other",
    app: echo,
    run: async (talk) => {
      const client = await talk.connect();
      const request = talk.request({ method: "POST", chunks: ["ab", "c"] });
      for (const byte of request) await client.send(byte);
      expectEqual((await client.response()).body, "/:abc", "the response");
    },
  },
  ...["Content-Length: 34", "Transfer-Encoding: chunked"].map((
    header,
    index,
  ): ServerCase => ({
    id: `connection/unread-${index === 0 ? "length" : "chunked"}`,
    spec: "server-unread-body",
    title: "A body that nobody read is not taken for the next request",
    app: path,
    run: async (talk) => {
      const smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
      const body = index === 0
        ? smuggled
        : `${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`;
      const client = await talk.connect();
      const headers = [header.replace("34", String(smuggled.length))];
      await client.send(
        talk.request({ method: "POST", target: "/1", headers }) + body +
          talk.request({ target: "/2", headers: ["Connection: close"] }),
      );
      expectEqual((await client.response()).body, "/1", "the response");
      const rest = await client.rest();
      expect(
        !rest.includes("smuggled") && !rest.includes("404 "),
        "the body must not be taken for a request, but it was",
      );
      // Closing the connection is as right as going on.
      expect(
        rest === "" || rest.endsWith("/2"),
        `the next response must be that of /2, got ${JSON.stringify(rest)}`,
      );
    },
  })),
  {
    id: "connection/close",
    spec: "length-framed",
    title: "Connection: close ends the connection after the response",
    app: path,
    run: async (talk) => {
      const client = await talk.connect();
      await client.send(talk.request({ headers: ["Connection: close"] }));
      await client.response();
      expectEqual(await client.rest(), "", "what comes after the response");
      expectEqual(client.ending, "fin", "the end of the connection");
    },
  },
  {
    id: "connection/expect",
    spec: "server-expect",
    title: "A body after Expect: 100-continue is read",
    app: echo,
    run: async (talk) => {
      const client = await talk.connect();
      const headers = ["Expect: 100-continue", "Content-Length: 4"];
      await client.send(talk.request({ method: "POST", headers }));
      // Unasked, as a client may: not every server sends 100 before.
      await client.send("four");
      expectEqual((await client.response()).body, "/:four", "the response");
    },
  },
  {
    id: "connection/left-signal",
    spec: "ext-signal-aborts",
    title: "The signal, where there is one, aborts when the client leaves",
    app: signalled,
    run: async (talk) => {
      const client = await talk.connect();
      await client.send(talk.request());
      const has = await talk.told("waiting");
      client.close();
      if (has) await talk.told("aborted");
      await talk.settle();
    },
  },
  {
    id: "connection/left-before-head",
    spec: "error-survived",
    title: "A client that leaves in the middle of a head disturbs nobody",
    app: path,
    run: async (talk) => {
      const client = await talk.connect();
      await client.send(talk.request().slice(0, 30));
      client.close();
      await talk.settle();
      expectEqual(talk.events(), [], "what was told");
    },
  },
  {
    id: "connection/silent",
    spec: "error-survived",
    title: "A connection without a byte disturbs nobody",
    app: path,
    run: async (talk) => {
      const client = await talk.connect();
      client.close();
      const open = await talk.connect();
      await talk.settle();
      await open.send(talk.request({ target: "/late" }));
      expectEqual((await open.response()).body, "/late", "the response");
    },
  },
  {
    id: "connection/garbage",
    spec: "error-survived",
    title: "What is no HTTP is refused or cut off, and disturbs nobody",
    app: path,
    run: async (talk) => {
      const client = await talk.connect();
      await client.send("\x16\x03\x01\x02\x00 garbage\r\n\r\n");
      const answer = await client.rest();
      expect(
        answer === "" || /^HTTP\/1\.[01] [45]\d\d/.test(answer),
        `the answer must be an error, got ${JSON.stringify(answer)}`,
      );
      await talk.settle();
    },
  },
];
