/**
 * Cases about heads with wrong bytes, which must not reach an application.
 *
 * @module
 */

import { expect, expectEqual } from "../expect.ts";
import type { ServerCase } from "../server_case.ts";
import { reportEnviron } from "./environ_case.ts";

/** A head with a wrong byte in it. */
interface WrongHead {
  readonly name: string;
  readonly spec: string;
  readonly title: string;
  /** The replacement for the line `X-Odd: 1`. */
  readonly line?: string;
  /** The replacement for the request line, if that is wrong. */
  readonly requestLine?: string;
}

const WRONG: readonly WrongHead[] = [
  {
    name: "bare-lf",
    spec: "server-bare-lf",
    title: "A header line that ends with LF alone gets 400",
    line: "X-Odd: 1\nX-Next: 2\r\n",
  },
  {
    name: "bare-lf-request-line",
    spec: "server-bare-lf",
    title: "A request line that ends with LF alone gets 400",
    requestLine: "GET / HTTP/1.1\n",
  },
  {
    name: "bare-cr",
    spec: "server-bad-head",
    title: "A CR in the value of a header gets 400",
    line: "X-Odd: 1\rX-Next: 2\r\n",
  },
  {
    name: "bare-cr-request-line",
    spec: "server-bad-head",
    title: "A CR in the request line gets 400",
    requestLine: "GET /\r HTTP/1.1\r\n",
  },
  {
    name: "nul",
    spec: "server-bad-head",
    title: "A NUL in the value of a header gets 400",
    line: "X-Odd: a\0b\r\n",
  },
  {
    name: "nul-name",
    spec: "server-bad-head",
    title: "A NUL in the name of a header gets 400",
    line: "X-O\0dd: 1\r\n",
  },
  {
    name: "blank-before-colon",
    spec: "server-bad-head",
    title: "A space between the name of a header and its colon gets 400",
    line: "X-Odd : 1\r\n",
  },
  {
    name: "folded",
    spec: "server-bad-head",
    title: "A folded header line gets 400",
    line: "X-Odd: 1\r\n folded\r\n",
  },
  {
    name: "no-colon",
    spec: "server-bad-head",
    title: "A header line without a colon gets 400",
    line: "X-Odd\r\n",
  },
];

function wrongHeadCase(
  { name, spec, title, line, requestLine }: WrongHead,
): ServerCase {
  return {
    id: `refused/${name}`,
    spec,
    title,
    app: reportEnviron,
    run: async (client) => {
      const request = client.request({ headers: ["X-Odd: 1"] });
      const connection = await client.connect();
      await connection.send(
        request.replace("X-Odd: 1\r\n", line ?? "$&")
          .replace("GET / HTTP/1.1\r\n", requestLine ?? "$&"),
      );
      const { head } = await connection.response();
      expectEqual(head.status, 400, "the status");
      await client.settle();
      expect(
        !client.events().includes("environ"),
        "the application must not be called, but it was",
      );
    },
  };
}

/** The cases of this subject. */
export const REFUSED_HEAD_CASES: readonly ServerCase[] = [
  ...WRONG.map(wrongHeadCase),
  {
    id: "refused/nothing-after",
    spec: "server-refused-last",
    title: "Nothing is served after a request whose length is unclear",
    app: reportEnviron,
    run: async (client) => {
      const connection = await client.connect();
      const wrong = { method: "POST", headers: ["Content-Length: +5"] };
      const after = { target: "/after", headers: ["Connection: close"] };
      await connection.send(client.request(wrong) + client.request(after));
      const { head } = await connection.response();
      expectEqual(head.status, 400, "the status");
      const rest = await connection.rest();
      expect(
        !/^HTTP\/1\.[01] 2/m.test(rest),
        "nothing after the refused request must be served, but it was",
      );
    },
  },
];
