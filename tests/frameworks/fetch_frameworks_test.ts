import { assertEquals, assertMatch } from "@std/assert";
import { fetchPart, h3, hono } from "../../tools/matrix/frameworks.ts";
import { plainFetch } from "../../tools/matrix/frameworks.ts";
import { takeExercises } from "./exercises.ts";

for (const part of [plainFetch, hono, h3]) {
  const missing = await part.missing();
  const reason = missing === undefined ? "" : ` (${missing})`;
  Deno.test({
    name: `makeServer() runs an application of ${part.name}${reason}`,
    ignore: missing !== undefined,
  }, async (t) => {
    const running = await part.start();
    await takeExercises(t, part, running);
    // A framework handles the errors of its handlers.
    const thrown = part === plainFetch ? ["Error: failed on purpose"] : [];
    const logged = running.log.join("").match(/^\w*Error: .*/gm) ?? [];
    assertEquals([...logged], thrown);
  });
}

Deno.test({
  name: "getConnInfo() of Hono returns the address of the client",
  ignore: await hono.missing() !== undefined,
}, async () => {
  const running = await hono.start();
  try {
    const response = await fetch(new URL("client", running.url));
    assertEquals(await response.text(), "127.0.0.1 tcp\n");
  } finally {
    await running.stop();
  }
  assertMatch((await hono.versions())["hono"] ?? "", /^4\./);
});

Deno.test("fetchPart() reports a framework that npm cannot load", async () => {
  const part = fetchPart("x", "no_such_app.ts", "x@^1");
  assertMatch(await part.missing() ?? "", /^Cannot load x@\^1 from npm: .+$/);
  assertEquals(await plainFetch.versions(), {});
});
