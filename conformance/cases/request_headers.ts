/**
 * Cases about the headers of the request.
 *
 * @module
 */

import { expect, expectEqual } from "../expect.ts";
import type { RequestParts, ServerCase } from "../server_case.ts";
import { environOf, tellEnviron } from "./apps.ts";

/** Headers, and the variables that must come of them; `undefined` for none. */
interface Sent {
  readonly name: string;
  readonly spec: string;
  readonly title: string;
  readonly parts: RequestParts;
  readonly expected: Readonly<Record<string, string | undefined>>;
}

const SENT: readonly Sent[] = [
  {
    name: "named",
    spec: "environ-http-headers",
    title: "A header becomes HTTP_ with its name in upper case",
    parts: { headers: ["Accept-Language: de, en", "x-lower: 1", "X-UPPER: 2"] },
    expected: {
      HTTP_ACCEPT_LANGUAGE: "de, en",
      HTTP_X_LOWER: "1",
      HTTP_X_UPPER: "2",
    },
  },
  {
    name: "token",
    spec: "environ-http-name",
    title: "A name of unusual token characters is kept",
    parts: { headers: ["X.A~!#$: 1"] },
    expected: { "HTTP_X.A~!#$": "1" },
  },
  {
    name: "empty",
    spec: "environ-http-headers",
    title: "A header without a value becomes an empty string",
    parts: { headers: ["X-Empty:", "X-Spaces:   "] },
    expected: { HTTP_X_EMPTY: "", HTTP_X_SPACES: "" },
  },
  {
    name: "trimmed",
    spec: "environ-http-headers",
    title: "White space around a value is not a part of it, but inside it is",
    parts: { headers: ["X-Trimmed: \t a  b\tc \t"] },
    expected: { HTTP_X_TRIMMED: "a  b\tc" },
  },
  {
    name: "bytes",
    spec: "environ-bytestring",
    title: "Bytes above ASCII arrive as code units of the same value",
    parts: { headers: ["X-Bytes: caf\u00e9 \u00ff \u00c3\u00a9"] },
    expected: { HTTP_X_BYTES: "caf\u00e9 \u00ff \u00c3\u00a9" },
  },
  {
    name: "repeated",
    spec: "environ-http-repeated",
    title: "Repeated headers are joined in their order, with a comma",
    parts: {
      headers: ["X-Many: 1", "X-Other: x", "x-many: 2, 3", "X-MANY: 4"],
    },
    expected: { HTTP_X_MANY: "1, 2, 3, 4" },
  },
  {
    name: "cookies",
    spec: "environ-http-repeated",
    title: "Repeated Cookie headers are joined with a semicolon",
    parts: { headers: ["Cookie: a=1", "Cookie: b=2; c=3"] },
    expected: { HTTP_COOKIE: "a=1; b=2; c=3" },
  },
  {
    name: "underscore",
    spec: "environ-http-underscore",
    title: "A header whose name has _ never passes for one with -",
    parts: { headers: ["X_Real_Ip: 6.6.6.6", "Content_Type: a/b"] },
    expected: {
      HTTP_X_REAL_IP: undefined,
      HTTP_CONTENT_TYPE: undefined,
      CONTENT_TYPE: undefined,
    },
  },
  {
    name: "underscore-beside",
    spec: "environ-http-underscore",
    title: "Beside X_A the value of X-A is that of X-A alone",
    parts: { headers: ["X_A: evil", "X-A: good", "X_A: evil"] },
    expected: { HTTP_X_A: "good" },
  },
  {
    name: "own-variable",
    spec: "environ-http-own",
    title: "Headers with the names of variables change no variable",
    parts: {
      headers: ["Script-Name: /x", "Remote-User: root", "Path-Info: /x"],
    },
    expected: {
      HTTP_SCRIPT_NAME: "/x",
      HTTP_REMOTE_USER: "root",
      HTTP_PATH_INFO: "/x",
      REMOTE_USER: undefined,
      PATH_INFO: "/",
    },
  },
  {
    name: "proxy",
    spec: "environ-http-forbidden",
    title: "A Proxy header is dropped (httpoxy)",
    parts: { headers: ["Proxy: http://evil.test/"] },
    expected: { HTTP_PROXY: undefined },
  },
  {
    name: "content",
    spec: "environ-http-forbidden",
    title: "Content-Type and Content-Length have variables of their own only",
    parts: {
      method: "POST",
      headers: ["Content-Type: text/plain; charset=utf-8"],
      body: "four",
    },
    expected: {
      CONTENT_TYPE: "text/plain; charset=utf-8",
      CONTENT_LENGTH: "4",
      HTTP_CONTENT_TYPE: undefined,
      HTTP_CONTENT_LENGTH: undefined,
    },
  },
  {
    name: "transfer-encoding",
    spec: "environ-http-forbidden",
    title: "Transfer-Encoding is dropped, and there is no CONTENT_LENGTH",
    parts: { method: "POST", chunks: ["four"] },
    expected: { HTTP_TRANSFER_ENCODING: undefined, CONTENT_LENGTH: undefined },
  },
  {
    name: "host",
    spec: "environ-http-host",
    title: "HTTP_HOST is the Host as it was sent",
    parts: { host: "Example.test:8080" },
    expected: { HTTP_HOST: "Example.test:8080" },
  },
  {
    name: "host-none",
    spec: "environ-http-host",
    title: "Without a Host, as HTTP/1.0 allows, there is no HTTP_HOST",
    parts: { version: "HTTP/1.0", host: false },
    expected: { HTTP_HOST: undefined },
  },
  {
    name: "authorization",
    spec: "environ-http-headers",
    title: "Authorization reaches the application",
    parts: { headers: ["Authorization: Basic YTpi"] },
    expected: { HTTP_AUTHORIZATION: "Basic YTpi" },
  },
];

function sentCase({ name, spec, title, parts, expected }: Sent): ServerCase {
  return {
    id: `headers/${name}`,
    spec,
    title,
    app: tellEnviron,
    run: async (talk) => {
      const environ = await environOf(talk, parts);
      for (const [key, value] of Object.entries(expected)) {
        expectEqual(environ[key], value, key);
      }
    },
  };
}

/** A malformed request; the application must not see it. */
interface Refused {
  readonly name: string;
  readonly spec: string;
  readonly title: string;
  readonly parts: RequestParts;
  /** @default {[400]} */
  readonly statuses?: readonly number[];
}

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
    name: "two-lengths",
    spec: "server-bad-length",
    title: "Two Content-Lengths that differ get 400",
    parts: {
      method: "POST",
      headers: ["Content-Length: 4", "Content-Length: 5"],
    },
  },
  {
    name: "same-lengths",
    spec: "server-bad-length",
    title: "Two Content-Lengths get 400 even if they are the same",
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
    // It is over any limit as well (server-body-limit).
    statuses: [400, 413],
  },
  {
    name: "length-and-chunked",
    spec: "server-bad-length",
    title: "A Content-Length beside Transfer-Encoding gets 400",
    parts: {
      method: "POST",
      headers: ["Content-Length: 4"],
      chunks: ["four"],
    },
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

function refusedCase(one: Refused): ServerCase {
  const { name, spec, title, parts, statuses = [400] } = one;
  return {
    id: `refused/${name}`,
    spec,
    title,
    app: tellEnviron,
    run: async (talk) => {
      const { head } = await talk.ask(parts);
      expect(
        statuses.includes(head.status),
        `the status must be ${statuses.join(" or ")}, got "${head.line}"`,
      );
      await talk.settle();
      expect(
        !talk.events().includes("environ"),
        "the application must not be called, but it was",
      );
    },
  };
}

/** The cases of this subject. */
export const HEADER_CASES: readonly ServerCase[] = SENT.map(sentCase);

/** The cases about requests that no application may see. */
export const REFUSED_CASES: readonly ServerCase[] = REFUSED.map(refusedCase);
