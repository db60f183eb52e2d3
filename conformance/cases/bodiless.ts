/**
 * Cases about responses without content, whatever the application returns.
 *
 * @module
 */

import type { ResponseBody } from "../../wsgi/types.ts";
import { expect, expectEqual } from "../expect.ts";
import type { Probe, ServerCase } from "../server_case.ts";
import {
  answering,
  bytes,
  endless,
  endsAfter,
  expectNotReadToEnd,
  generated,
  text,
  withLength,
} from "./fixtures.ts";

/** A response without content, whatever the application returns. */
interface Bodiless {
  readonly name: string;
  readonly method?: string;
  readonly status?: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly body: (probe: Probe) => ResponseBody;
  /** The only Content-Lengths that are right; `undefined` for none. */
  readonly lengths: readonly (string | undefined)[];
  readonly broken?: boolean;
}

const NO_TYPE: readonly [] = [];

const BODILESS: readonly Bodiless[] = [
  {
    name: "head-array",
    method: "HEAD",
    body: () => [bytes("four")],
    lengths: ["4"],
  },
  {
    name: "head-empty",
    method: "HEAD",
    body: () => [],
    lengths: [undefined],
  },
  {
    name: "head-given",
    method: "HEAD",
    headers: withLength(1000),
    body: () => [],
    lengths: ["1000"],
  },
  {
    name: "head-generator",
    method: "HEAD",
    body: () => generated("four"),
    lengths: [undefined],
  },
  {
    name: "head-endless",
    method: "HEAD",
    body: endless,
    lengths: [undefined],
  },
  {
    name: "204",
    status: "204 No Content",
    headers: NO_TYPE,
    body: () => [],
    lengths: [undefined],
  },
  {
    name: "204-body",
    status: "204 No Content",
    headers: NO_TYPE,
    body: () => [bytes("four")],
    lengths: [undefined],
    broken: true,
  },
  {
    name: "205",
    status: "205 Reset Content",
    headers: NO_TYPE,
    body: () => generated("four"),
    lengths: [undefined, "0"],
    broken: true,
  },
  {
    name: "304",
    status: "304 Not Modified",
    headers: [["ETag", '"a"']],
    body: endless,
    lengths: [undefined],
    broken: true,
  },
];

/** Creates a case that detects bytes of a body. */
function bodilessCase(one: Bodiless): ServerCase {
  const { method = "GET", status = "200 OK", headers = text() } = one;
  return {
    id: `bodiless/${one.name}`,
    spec: method === "HEAD" && !one.name.endsWith("endless")
      ? "head-length"
      : one.name === "204"
      ? "length-null-body"
      : one.name.endsWith("endless")
      ? "head-not-iterated"
      : "head-no-content",
    title: "No bytes of the body are sent, and any Content-Length is correct",
    broken: one.broken,
    app: answering(one.body, status, headers),
    run: async (client) => {
      const connection = await client.connect();
      // With two requests, bytes of a body would be parsed as the second
      // response.
      for (let round = 0; round < 2; round++) {
        await connection.send(client.request({ method }));
        const { head } = await connection.response(method);
        expectEqual(head.status, Number(status.slice(0, 3)), "the status");
        const length = head.get("content-length");
        expect(
          one.lengths.includes(length),
          `Content-Length must be ${
            one.lengths.map((length) => length ?? "absent").join(" or ")
          }, got ${length ?? "none"}`,
        );
        if (await endsAfter(connection, head)) break;
      }
      await client.settle();
      expectNotReadToEnd(client);
    },
  };
}

/** The cases of this subject. */
export const BODILESS_CASES: readonly ServerCase[] = [
  ...BODILESS.map(bodilessCase),
  {
    id: "bodiless/head-like-get",
    spec: "head-length",
    title: "HEAD has the status and the headers of GET",
    app: answering(() => [bytes("four")], "203 Odd", [...text(), ["X-A", "1"]]),
    run: async (client) => {
      const get = await client.ask();
      const head = await client.ask({ method: "HEAD" });
      const listed = ({ head }: typeof get) =>
        head.headers.map(([name, value]) => `${name.toLowerCase()}: ${value}`)
          .filter((line) => !/^(date|connection|keep-alive):/.test(line))
          .sort();
      expectEqual(head.head.status, get.head.status, "the status");
      expectEqual(listed(head), listed(get), "the headers");
    },
  },
  {
    id: "bodiless/head-lazy",
    spec: "head-not-iterated",
    title: "For HEAD, a generator runs until it calls startResponse",
    app: (probe) =>
      function* (_environ, startResponse): Generator<Uint8Array, void> {
        startResponse("206 Partial Content", [
          ["Content-Range", "bytes 0-1/2"],
          [
            "Content-Type",
            "text/plain",
          ],
        ]);
        yield bytes("a");
        probe.report("went on");
        yield bytes("b");
      },
    run: async (client) => {
      const { head } = await client.ask({
        method: "HEAD",
        headers: ["Range: bytes=0-1"],
      });
      expectEqual(head.status, 206, "the status");
      await client.settle();
      expectEqual(client.events(), [], "the reported events");
    },
  },
  {
    id: "bodiless/head-write",
    spec: "head-no-content",
    title: "For HEAD, bytes passed to write() are not sent",
    app: () => (_environ, startResponse) => {
      startResponse("200 OK", text())(bytes("written"));
      return [bytes("yielded")];
    },
    run: async (client) => {
      const connection = await client.connect();
      const headers = ["Connection: close"];
      await connection.send(client.request({ method: "HEAD", headers }));
      await connection.head();
      expectEqual(await connection.rest(), "", "the bytes after the head");
    },
  },
  {
    id: "bodiless/connect",
    spec: "length-connect",
    title: "A 2xx to CONNECT has neither Content-Length nor Transfer-Encoding",
    app: answering(() => []),
    run: async (client) => {
      const connection = await client.connect();
      const host = "example.test:443";
      await connection.send(
        client.request({ method: "CONNECT", target: host, host }),
      );
      const head = await connection.head();
      // A server may reject tunnels and close the connection.
      if (head.status !== 200) return;
      expectEqual(head.get("content-length"), undefined, "Content-Length");
      expectEqual(head.get("transfer-encoding"), undefined, "the coding");
    },
  },
];
