/**
 * Cases about malformed requests, which must not reach an application.
 *
 * @module
 */

import { expect } from "../expect.ts";
import type { RequestParts, ServerCase } from "../server_case.ts";
import { reportEnviron } from "./environ_case.ts";

/** A malformed request, which must not reach the application. */
interface Refused {
  readonly name: string;
  readonly spec: string;
  readonly title: string;
  readonly parts: RequestParts;
  /** @default {[400]} */
  readonly statuses?: readonly number[];
  /** The bytes after the head. */
  readonly body?: string;
}

/** Transfer codings that are unknown or contradict the request. */
const CODINGS: readonly [
  name: string,
  value: string,
  statuses: readonly number[],
  version?: string,
][] = [
  ["gzip", "gzip, chunked", [501]],
  ["unknown", "x-foo, chunked", [501]],
  // The length cannot be known either (400).
  ["not-chunked", "gzip", [400, 501]],
  ["twice", "chunked, chunked", [400]],
  ["not-last", "chunked, gzip", [400]],
  ["empty", "", [400]],
  ["1.0", "chunked", [400], "HTTP/1.0"],
];

const REFUSED: readonly Refused[] = [
  ...["a b", "a/b", "a:b", "[::1", "a@b", "a?b", "a#b", "\u00e9"].map((
    host,
    index,
  ): Refused => ({
    name: `host-${index + 1}`,
    spec: "server-bad-host",
    title: `The Host ${JSON.stringify(host)} gets 400`,
    parts: { host },
  })),
  {
    name: "two-hosts",
    spec: "server-bad-host",
    title: "Two Host headers get 400",
    parts: { headers: ["Host: other.test"] },
  },
  {
    name: "host-missing",
    spec: "server-bad-host",
    title: "An HTTP/1.1 request without a Host gets 400",
    parts: { host: false },
  },
  {
    name: "two-lengths",
    spec: "server-bad-length",
    title: "Two different Content-Lengths get 400",
    parts: {
      method: "POST",
      headers: ["Content-Length: 4", "Content-Length: 5"],
    },
  },
  {
    name: "same-lengths",
    spec: "server-bad-length",
    title: "Two equal Content-Lengths get 400",
    parts: {
      method: "POST",
      headers: ["Content-Length: 0", "Content-Length: 0"],
    },
  },
  ...["+5", "-5", "0x5", "5.0", "5 5", "abc"].map((value, index): Refused => ({
    name: `length-${index + 1}`,
    spec: "server-bad-length",
    title: `The Content-Length ${JSON.stringify(value)} gets 400`,
    parts: { method: "POST", headers: [`Content-Length: ${value}`] },
  })),
  {
    name: "length-7",
    spec: "server-bad-length",
    title: "A Content-Length over 9007199254740991 gets 400, or 413",
    parts: { method: "POST", headers: ["Content-Length: 9007199254740992"] },
    // It also exceeds any limit (server-body-limit).
    statuses: [400, 413],
  },
  {
    name: "length-and-chunked",
    spec: "server-bad-length",
    title: "A Content-Length together with Transfer-Encoding gets 400",
    parts: {
      method: "POST",
      headers: ["Content-Length: 4"],
      chunks: ["four"],
    },
  },
  ...CODINGS.map(([name, value, statuses, version]): Refused => ({
    name: `coding-${name}`,
    spec: "server-bad-coding",
    title: `The Transfer-Encoding ${JSON.stringify(value)} ${
      version === undefined ? "" : `in ${version} `
    }gets ${statuses.join(" or ")}`,
    parts: {
      method: "POST",
      version,
      headers: [`Transfer-Encoding: ${value}`],
    },
    statuses,
    body: "4\r\nfour\r\n0\r\n\r\n",
  })),
  {
    name: "version",
    spec: "server-bad-version",
    title: "A request line with HTTP/2.0 gets 505",
    parts: { version: "HTTP/2.0" },
    statuses: [505],
  },
  {
    name: "expectation",
    spec: "server-bad-expectation",
    title: "An Expect other than 100-continue gets 417",
    parts: { headers: ["Expect: 200-ok"] },
    statuses: [417],
  },
  {
    name: "two-types",
    spec: "server-bad-type",
    title: "Two Content-Types get 400",
    parts: {
      method: "POST",
      headers: ["Content-Type: a/b", "Content-Type: c/d"],
      body: "",
    },
  },
];

function refusedRequestCase(one: Refused): ServerCase {
  const { name, spec, title, parts, statuses = [400], body = "" } = one;
  return {
    id: `refused/${name}`,
    spec,
    title,
    app: reportEnviron,
    run: async (client) => {
      const connection = await client.connect();
      await connection.send(client.request(parts) + body);
      const { head } = await connection.response();
      expect(
        statuses.includes(head.status),
        `the status must be ${statuses.join(" or ")}, got "${head.line}"`,
      );
      await client.settle();
      expect(
        !client.events().includes("environ"),
        "the application must not be called, but it was",
      );
    },
  };
}

/** The cases of this subject. */
export const REFUSED_CASES: readonly ServerCase[] = REFUSED.map(
  refusedRequestCase,
);
