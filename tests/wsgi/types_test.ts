/**
 * Code that the types reject, and code that they accept. `deno task check`
 * checks these lines; the functions are not called.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { Application, HeaderTuple, Middleware } from "../../mod.ts";
import type { StartResponse } from "../../mod.ts";

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

/** Functions that stand for startResponse, and middleware around it. */
export function otherFunctions(app: Application): readonly Middleware[] {
  const silent: StartResponse = () => () => Promise.resolve();
  const own = (_status: string, _headers: readonly HeaderTuple[]) => () =>
    Promise.resolve();
  const plain: (status: string, headers: HeaderTuple[]) => unknown = silent;
  return [
    () => (environ) => app(environ, own),
    () => (environ) =>
      app(environ, (status) => (plain(status, []), own("", []))),
    () => (environ, startResponse) =>
      app(environ, (status, headers, excInfo) => {
        const isGood = status.startsWith("2");
        const more: HeaderTuple[] = [...headers, ["X-Good", `${isGood}`]];
        return startResponse(status, more, excInfo);
      }),
    () => async (environ, startResponse) => {
      let kept: [string, readonly HeaderTuple[]] = ["", []];
      const body = await app(environ, (status, headers) => {
        kept = [status, headers];
        return silent(status, headers);
      });
      startResponse(...kept);
      return body;
    },
  ];
}

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
