/**
 * Cases about arguments that `startResponse` rejects.
 *
 * @module
 */

import type { HeaderTuple } from "../../wsgi/types.ts";
import { expectEqual } from "../expect.ts";
import type { ServerCase } from "../server_case.ts";
import {
  bytes,
  expectFailure,
  expectThrown,
  text,
  thrownBy,
} from "./fixtures.ts";

/** Arguments that startResponse must reject. */
const REFUSED: readonly [
  name: string,
  spec: string,
  status: unknown,
  headers: unknown,
][] = [
  ["status-number", "status-string", 200, text()],
  ["status-no-space", "status-digits", "200", text()],
  ["status-two-digits", "status-digits", "20 OK", text()],
  ["status-100", "status-range", "100 Continue", text()],
  ["status-600", "status-range", "600 Odd", text()],
  ["status-control", "status-no-control", "200 O\rK", text()],
  ["status-wide", "status-bytestring", "200 \u20ac", text()],
  ["headers-object", "header-array", "200 OK", { "X-A": "1" }],
  ["headers-class", "header-array", "200 OK", new Headers()],
  ["header-three", "header-pair", "200 OK", [["X-A", "1", "2"]]],
  ["header-number", "header-string", "200 OK", [["Content-Length", 4]]],
  ["name-space", "header-token", "200 OK", [["X A", "1"]]],
  ["name-colon", "header-token", "200 OK", [["X-A:", "1"]]],
  ["name-empty", "header-token", "200 OK", [["", "1"]]],
  ["value-newline", "header-no-control", "200 OK", [["X-A", "1\r\nX-B: 2"]]],
  ["value-nul", "header-no-control", "200 OK", [["X-A", "\0"]]],
  ["value-bell", "header-no-control", "200 OK", [["X-A", "\x07"]]],
  ["value-wide", "header-bytestring", "200 OK", [["X-A", "\u20ac"]]],
  ["length-text", "length-digits", "200 OK", [["Content-Length", "four"]]],
  ["connection", "header-hop-by-hop", "200 OK", [["Connection", "close"]]],
  ["chunked", "header-hop-by-hop", "200 OK", [[
    "transfer-encoding",
    "chunked",
  ]]],
];

function refusedStartCase(
  [name, spec, status, headers]: typeof REFUSED[number],
): ServerCase {
  return {
    id: `start-response/refuses-${name}`,
    spec,
    title:
      "startResponse throws for an invalid argument, and the request fails",
    broken: true,
    app: (probe) => (_environ, startResponse) => {
      const thrown = thrownBy(() =>
        startResponse(status as string, headers as HeaderTuple[])
      );
      probe.report("thrown", thrown);
      return [bytes("body")];
    },
    run: async (client) => {
      await expectFailure(client);
      await expectThrown(client);
    },
  };
}

/** The cases of this subject. */
export const START_REFUSED_CASES: readonly ServerCase[] = [
  ...REFUSED.map(refusedStartCase),
  {
    id: "start-response/refuses-at-once",
    spec: "server-start-checks",
    title:
      "startResponse checks all headers, including the last of many, immediately",
    broken: true,
    app: (probe) => (_environ, startResponse) => {
      const headers: HeaderTuple[] = [...text()];
      for (let index = 0; index < 40; index++) headers.push([`X-${index}`, ""]);
      headers.push(["X-Last", "1\nX-More: 2"]);
      probe.report("thrown", thrownBy(() => startResponse("200 OK", headers)));
      probe.report("went on");
      return [bytes("body")];
    },
    run: async (client) => {
      await expectFailure(client);
      await expectThrown(client);
      await client.waitFor("went on");
      expectEqual(
        client.events(),
        ["thrown", "went on"],
        "the reported events",
      );
    },
  },
];
