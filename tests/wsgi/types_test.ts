/**
 * Code that the types reject, and code that they accept. `deno task check`
 * checks these lines; the functions are not called.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { HeaderTuple, Middleware, StartResponse } from "../../mod.ts";

interface Given {
  readonly code: number;
  readonly reason: string;
  readonly isFound: boolean;
  readonly table: Readonly<Record<string, string>>;
}

/** Every status that is known to be wrong at compile time. */
export function wrongStatuses(
  start: StartResponse,
  { isFound }: Given,
): void {
  // @ts-expect-error There is no reason phrase.
  start("200", []);
  // @ts-expect-error One of the two has no reason phrase.
  start(isFound ? "200 OK" : "404", []);
  // @ts-expect-error It is a number.
  start(200, []);
  const status = "404";
  // @ts-expect-error A constant is also known.
  start(status, []);
}

/** Statuses that are right, or that are not known before the program runs. */
export function otherStatuses(start: StartResponse, given: Given): void {
  const { code, reason, isFound, table } = given;
  start("200 OK", []);
  start("200 ", []);
  start(isFound ? "200 OK" : "404 Not Found", [], new Error("late"));
  start(reason, []);
  start(`${code} ${reason}`, []);
  start(table[reason] ?? "500 Internal Server Error", []);
  const args: Parameters<StartResponse> = ["200 OK", []];
  start(...args);
}

/** Functions that stand for startResponse, and an application inside. */
export const delayed: Middleware = (app) => async (environ, startResponse) => {
  const silent: StartResponse = () => () => Promise.resolve();
  const plain: (status: string, headers: HeaderTuple[]) => unknown = silent;
  let kept: [string, readonly HeaderTuple[]] = ["", []];
  const own = (status: string, headers: readonly HeaderTuple[]) => {
    plain(status.trim(), [...headers, ["X-Status", status]]);
    kept = [status, headers];
    return silent(status, headers);
  };
  const body = await app(environ, own);
  startResponse(...kept);
  return body;
};

Deno.test("StartResponse accepts strings that are known only at run time", () => {
  const given: string[] = [];
  const start: StartResponse = (status) => {
    given.push(status);
    return () => Promise.resolve();
  };
  const table = { none: "404" };
  otherStatuses(start, { code: 200, reason: "none", isFound: true, table });
  assertEquals(given.slice(3, 6), ["none", "200 none", "404"]);
});
