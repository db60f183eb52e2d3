import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { addHeader, upperCase } from "../../examples/middleware.ts";
import { type Application, setupTestingDefaults } from "../../mod.ts";
import { appsOf } from "./apps.ts";
import { ask, serve, watch, type Watched } from "./watched.ts";

const encoder = new TextEncoder();

const HEADERS = [["Content-Type", "text/plain"]] as const;

/** Both middlewares around an application, with a validator in every gap. */
function wrapped(app: Application): Watched {
  return watch((check) =>
    check(
      addHeader("X-Served-By", "Deno")(
        check(upperCase(check(app, { name: "inner" })), { name: "upper" }),
      ),
      { name: "outer" },
    )
  );
}

const APPS: [kind: string, Application][] = [
  ...appsOf(),
  ["a stream", (_environ, startResponse) => {
    startResponse("200 OK", HEADERS);
    return new Blob(["ab", "c"]).stream();
  }],
];

Deno.test.each(APPS.map(([kind, app]) => ({ kind, app })))(
  "the examples of middleware pass on $kind",
  async ({ app }) => {
    const watched = wrapped(app);
    await using server = serve(watched);
    const response = await fetch(server.url);
    const { status, headers } = response;
    assertEquals(
      [status, headers.get("content-type"), headers.get("x-served-by")],
      [200, "text/plain", "Deno"],
    );
    assertEquals(await response.text(), "ABC");
    await server.shutdown();
    watched.assertClean();
  },
);

Deno.test("upperCase() yields one chunk for each chunk, empty ones too", async () => {
  const yielded: number[] = [];
  const body = await upperCase(function* (): Generator<Uint8Array, void> {
    for (const text of ["a", "", "bc"]) {
      yielded.push(text.length);
      yield encoder.encode(text);
    }
  })(setupTestingDefaults({}), () => () => Promise.resolve());
  assertEquals(yielded, []);
  const got: number[] = [];
  for await (const chunk of body) {
    got.push(chunk.length);
    assertEquals(yielded, got);
  }
  assertEquals(got, [1, 0, 2]);
});

Deno.test("upperCase() passes on the throw of a late excInfo", async () => {
  const late = new Error("too late");
  let caught: unknown;
  const watched = wrapped(function* (
    _environ,
    startResponse,
  ): Generator<Uint8Array, void> {
    startResponse("200 OK", HEADERS);
    yield encoder.encode("a");
    try {
      startResponse("500 Internal Server Error", HEADERS, late);
    } catch (error) {
      caught = error;
      throw error;
    }
  });
  const response = await ask(watched);
  await assertRejects(() => response.text());
  assertStrictEquals(caught, late);
  assertEquals(watched.complaints, ["logged: Error: too late"]);
});

/**
 * A body that tells what is done to it, and whose second chunk never comes. No
 * validator goes around it, which would end the iterator by itself.
 */
class Recording {
  readonly calls: string[] = [];
  readonly #waiting = Promise.withResolvers<void>();
  /** Fulfilled when the second chunk is awaited. */
  readonly waiting: Promise<void> = this.#waiting.promise;

  readonly app: Application = (_environ, startResponse) => {
    startResponse("200 OK", HEADERS);
    return {
      [Symbol.asyncIterator]: () => ({
        next: () => this.#next(),
        return: () => {
          this.calls.push("return");
          return Promise.resolve({ done: true, value: undefined });
        },
      }),
      close: () => void this.calls.push("close"),
    };
  };

  #next(): Promise<IteratorResult<Uint8Array, void>> {
    this.calls.push("next");
    if (this.calls.length === 1) {
      return Promise.resolve({ value: encoder.encode("a") });
    }
    this.#waiting.resolve();
    return Promise.withResolvers<never>().promise;
  }
}

Deno.test("upperCase() passes on return() and close() while a chunk is awaited", async () => {
  const recording = new Recording();
  const watched = watch((check) => check(upperCase(recording.app)));
  const response = await ask(watched);
  const reader = response.body!.getReader();
  assertEquals((await reader.read()).value, encoder.encode("A"));
  const second = reader.read();
  await recording.waiting;
  await reader.cancel();
  assertEquals((await second).done, true);
  assertEquals(recording.calls, ["next", "next", "return", "close"]);
  watched.assertClean();
});

Deno.test("upperCase() passes on return() and close() of a body that was never begun", async () => {
  const recording = new Recording();
  const watched = watch((check) => check(upperCase(recording.app)));
  const response = await ask(watched, { method: "HEAD" });
  assertEquals(await response.text(), "");
  assertEquals(recording.calls, ["return", "close"]);
  watched.assertClean();
});
