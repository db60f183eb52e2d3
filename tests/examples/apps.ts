/** Applications for the tests of the middleware among the examples. */

import type { Application, HeaderTuple, Middleware } from "../../mod.ts";
import { TestClient } from "../../test_client/test_client.ts";

const encoder = new TextEncoder();

/** The type of a plain text. */
export const TEXT: HeaderTuple = ["Content-Type", "text/plain"];

/** "abc" in every way in which an application can say it. */
export function appsOf(
  ...headers: HeaderTuple[]
): [kind: string, Application][] {
  return [
    ["an array", (_environ, startResponse) => {
      startResponse("200 OK", [TEXT, ["Content-Length", "3"], ...headers]);
      return [encoder.encode("ab"), encoder.encode("c")];
    }],
    [
      "a generator",
      function* (_environ, startResponse): Generator<Uint8Array, void> {
        startResponse("200 OK", [TEXT, ...headers]);
        yield encoder.encode("ab");
        yield encoder.encode("");
        yield encoder.encode("c");
      },
    ],
    [
      "an async generator",
      async function* (
        _environ,
        startResponse,
      ): AsyncGenerator<Uint8Array, void> {
        startResponse("200 OK", [TEXT, ["Content-Length", "3"], ...headers]);
        yield await Promise.resolve(encoder.encode("ab"));
        yield encoder.encode("c");
      },
    ],
    ["write()", async (_environ, startResponse) => {
      const write = startResponse("200 OK", [TEXT, ...headers]);
      await write(encoder.encode("ab"));
      return [encoder.encode("c")];
    }],
    ["a second start", (_environ, startResponse) => {
      startResponse("404 Not Found", [["Content-Type", "image/png"]]);
      startResponse("200 OK", [TEXT, ...headers], new Error("once more"));
      return [encoder.encode("abc")];
    }],
  ];
}

/** Strict on both sides of a middleware: TestClient has the outer validator. */
export function clientOf(middleware: Middleware, app: Application): TestClient {
  return new TestClient(middleware(app));
}
