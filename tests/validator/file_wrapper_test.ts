// deno-lint-ignore-file explicit-function-return-type -- the applications in it have no types
import { assertEquals, assertStrictEquals } from "@std/assert";
import { FileWrapper, type Violation } from "../../mod.ts";
import { play, start, TEXT } from "./programs.ts";
import { layer, summary, wrapping } from "./validated.ts";
import { createEnviron, type Loose } from "./scenario.ts";

const bytes = new TextEncoder().encode("Hello");

Deno.test("validator() keeps a file wrapper the same object, and checks its chunks", async () => {
  const blocks = [bytes];
  let wrapper: Loose;
  const { app, body, found } = wrapping(
    (file) => wrapper = new FileWrapper(file),
    { read: () => blocks.shift() },
    { throws: false, headers: [...TEXT, ["Content-Length", "10"]] },
  );
  assertStrictEquals(body, wrapper);
  assertStrictEquals((await Array.fromAsync(body))[0], bytes);
  await body.close();
  assertEquals(found, ["body/content-length"]);
  app.assertFinished();
});

Deno.test("validator() counts a file wrapper that cannot be watched as finished", () => {
  const wrapper = Object.freeze([bytes]);
  const { app, body } = wrapping(() => wrapper);
  assertStrictEquals(body, wrapper);
  app.assertFinished();
});

/** A server's file wrapper that is sync, with these chunks. */
const syncWrapper = (...chunks: unknown[]) => () => ({
  *[Symbol.iterator]() {
    yield* chunks;
  },
});

Deno.test("validator() does not measure an array that wsgi.file_wrapper has returned", async () => {
  const wrap = () => [bytes, bytes];
  const { body, found } = wrapping(wrap, undefined, { throws: false });
  await play(body, "next close");
  assertEquals(found, []);
});

Deno.test("validator() checks the chunks of a sync file wrapper", () => {
  const wrap = syncWrapper("text");
  const { app, body, found } = wrapping(wrap, undefined, { throws: false });
  assertEquals(Symbol.asyncIterator in body, false);
  assertEquals([...body], ["text"]);
  body.close();
  body.close();
  assertEquals(found, ["body/chunk", "close/called-twice"]);
  app.assertFinished();
});

Deno.test("validator() watches a file wrapper in each validator of a stack", () => {
  const [inside, outside]: Violation[][] = [[], []];
  const app = (environ: Loose, start: Loose) => {
    start("200 OK", TEXT);
    return environ["wsgi.file_wrapper"]({ read: () => null });
  };
  const inner = layer(app, [inside!], { rules: { "body/chunk": "off" } });
  const outer = layer(inner, [outside!]);
  const wrap = syncWrapper("text") as Loose;
  const body = outer({ ...createEnviron(), "wsgi.file_wrapper": wrap }, start);
  assertEquals([...body], ["text"]);
  body.close();
  outer.assertFinished();
  inner.assertFinished();
  assertEquals([inside, outside].map((found) => summary(found!)), [
    [],
    ["body/chunk by application"],
  ]);
});

Deno.test("validator() allows a file longer than its Content-Length, and a server that reuses its buffer", () => {
  const buffer = new Uint8Array(5);
  const wrap = () => ({
    *[Symbol.iterator]() {
      yield buffer.fill(1);
      yield buffer.fill(2);
    },
  });
  const headers = [...TEXT, ["Content-Length", "7"]];
  const { body, found } = wrapping(wrap, undefined, { headers });
  assertEquals([...body].length, 2);
  body.close();
  assertEquals(found, []);
});

Deno.test("validator() keeps a file wrapper writable", async () => {
  const { body } = wrapping((file) => new FileWrapper(file));
  // A middleware may do its own work at the end.
  const { close } = body;
  const calls: string[] = [];
  body.close = () => {
    calls.push("close");
    return close.call(body);
  };
  for await (const _chunk of body);
  await body.close();
  assertEquals(calls, ["close"]);
});
