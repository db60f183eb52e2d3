import { assertEquals } from "@std/assert";
import { runScenario, type Scenario } from "./scenario.ts";

const RULE = "middleware/content-length";

/** What a middleware that keeps Content-Length is told about it. */
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
  return found.filter(({ rule }) => rule === RULE).map(({ message }) => {
    const got = message.slice(message.indexOf(", got ") + 6);
    return got.slice(0, got.indexOf(" with"));
  });
}

function drop(chunk: Uint8Array): Uint8Array {
  return chunk.subarray(0, 0);
}

Deno.test("middleware/content-length lets other chunks of the same length pass", async () => {
  assertEquals(await findings("200 OK", (chunk) => chunk), []);
  assertEquals(await findings("200 OK", (chunk) => chunk.toReversed()), []);
});

Deno.test("middleware/content-length is found for a byte less and a byte more", async () => {
  assertEquals(await findings("200 OK", (chunk) => chunk.subarray(1)), [
    "a body of 12 bytes",
  ]);
  assertEquals(await findings("200 OK", () => new Uint8Array(14)), [
    "14 bytes",
  ]);
});

Deno.test.each([
  ["204 No Content"],
  ["205 Reset Content"],
  ["304 Not Modified"],
])(
  "middleware/content-length is about no response without content: %s",
  async (status) => {
    assertEquals(await findings(status, drop), []);
  },
);

Deno.test.each([["206 Partial Content"], ["305 Use Proxy"]])(
  "middleware/content-length is about a response with content: %s",
  async (status) => {
    assertEquals(await findings(status, drop), ["a body of 0 bytes"]);
  },
);

Deno.test("middleware/content-length is about no answer to HEAD", async () => {
  const environ = { REQUEST_METHOD: "HEAD" };
  assertEquals(
    await findings("200 OK", drop, {
      environ: (given) => Object.assign(given, environ),
    }),
    [],
  );
});

Deno.test("middleware/content-length counts no body with chunks of another kind", async () => {
  assertEquals(await findings("200 OK", () => "Hello"), []);
});

Deno.test("middleware/content-length counts what write() was given", async () => {
  assertEquals(
    await findings("200 OK", (chunk) => chunk, {
      app: (_environ, startResponse) => {
        const write = startResponse("200 OK", [
          ["Content-Type", "text/plain"],
          ["Content-Length", "5"],
        ]);
        write(new TextEncoder().encode("Hello"));
        return [];
      },
    }),
    [],
  );
});
