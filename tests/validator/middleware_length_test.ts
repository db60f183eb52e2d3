import { assertEquals } from "@std/assert";
import { withVariables } from "./fixtures/shorthands.ts";
import { foundIn } from "./requests.ts";
import { runScenario, type Scenario } from "./scenario.ts";

const RULE = "middleware/content-length";

/** What is found where a middleware keeps Content-Length and changes chunks. */
async function findings(
  status: string,
  change: (chunk: Uint8Array) => unknown,
  scenario: Scenario = {},
): Promise<string[]> {
  const found = await runScenario({
    app: (_environ, startResponse) => {
      startResponse(status, [
        ["Content-Type", "text/plain"],
        ["Content-Length", "13"],
      ]);
      return [new TextEncoder().encode("Hello world!\n")];
    },
    middleware: (app) => (environ, startResponse) => {
      const body = app(environ, startResponse);
      return {
        *[Symbol.iterator](): Generator<unknown, void> {
          for (const chunk of body) yield change(chunk);
        },
        close: () => body.close(),
      };
    },
    // One that takes every chunk, also of a response without content.
    server: (app, environ) => {
      const body = app(environ, () => () => Promise.resolve());
      for (const _chunk of body);
      body.close();
    },
    ...scenario,
  });
  return found.filter(({ rule }) => rule === RULE).map(({ message }) =>
    foundIn(message).replace(/ with.*/, "")
  );
}

const drop = (chunk: Uint8Array) => chunk.subarray(0, 0);

Deno.test.each<[string, string, (chunk: Uint8Array) => unknown, string[]]>([
  ["lets the same chunks pass", "200 OK", (chunk) => chunk, []],
  [
    "lets others of the same length pass",
    "200 OK",
    (chunk) => chunk.toReversed(),
    [],
  ],
  ["is found for a byte less", "200 OK", (chunk) => chunk.subarray(1), [
    "a body of 12 bytes",
  ]],
  ["is found for a byte more", "200 OK", () => new Uint8Array(14), [
    "14 bytes",
  ]],
  ["is about no 204", "204 No Content", drop, []],
  ["is about no 205", "205 Reset Content", drop, []],
  ["is about no 304", "304 Not Modified", drop, []],
  ["is about a 206", "206 Partial Content", drop, ["a body of 0 bytes"]],
  ["is about a 305", "305 Use Proxy", drop, ["a body of 0 bytes"]],
  ["counts no chunks of another kind", "200 OK", () => "Hello", []],
])("middleware/content-length %s", async (_what, status, change, expected) => {
  assertEquals(await findings(status, change), expected);
});

Deno.test("middleware/content-length is about no answer to HEAD", async () => {
  const head = withVariables({ REQUEST_METHOD: "HEAD" });
  assertEquals(await findings("200 OK", drop, head), []);
});

Deno.test("middleware/content-length counts what write() was given", async () => {
  const scenario: Scenario = {
    app: (_environ, startResponse) => {
      const write = startResponse("200 OK", [
        ["Content-Type", "text/plain"],
        ["Content-Length", "5"],
      ]);
      write(new TextEncoder().encode("Hello"));
      return [];
    },
  };
  assertEquals(await findings("200 OK", (chunk) => chunk, scenario), []);
});
