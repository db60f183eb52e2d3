import { assertEquals, assertMatch } from "@std/assert";
import { app as echo } from "../../examples/echo.ts";
import { app as streaming } from "../../examples/streaming.ts";
import { PROGRAM_DEADLINE_MS } from "./program.ts";
import { appOf, assertPage, EXAMPLES } from "./list.ts";
import { ask, replaceTimers, serve, watch } from "./watched.ts";

Deno.test.each(
  EXAMPLES.flatMap((example) =>
    ["GET", "HEAD", "POST"].map((method) => ({ ...example, method }))
  ),
)("$file breaks no rule for $method", async (example) => {
  const { file, method, page, posted = page } = example;
  const { status = 200, postStatus = status } = example;
  const app = await appOf(file);
  const watched = watch((check) => check(app));
  await using server = serve(watched);
  const body = method === "POST" ? { body: "Hello" } : {};
  const pages = new Map([["GET", page], ["HEAD", ""], ["POST", posted]]);
  {
    // Nobody waits for the end of a countdown.
    using _ = replaceTimers((run, setTimeout) => setTimeout(run, 0));
    const response = await fetch(server.url, { method, ...body });
    assertEquals(response.status, method === "POST" ? postStatus : status);
    const text = await response.text();
    assertPage(
      text.replace(server.url, "http://127.0.0.1:8000/"),
      pages.get(method)!,
    );
  }
  // A body is closed after its end.
  await server.shutdown();
  watched.assertClean();
});

Deno.test("echo.ts answers a body that was cut short with 400", async () => {
  const watched = watch((check) => check(echo));
  const response = await ask(watched, {
    method: "POST",
    headers: { "content-length": "10" },
    body: "Hello",
  });
  assertEquals(response.status, 400);
  await response.body?.cancel();
  assertEquals(watched.complaints.length, 1);
  assertMatch(watched.complaints[0] ?? "", /^logged: RequestBodyError: /);
});

Deno.test("streaming.ts leaves no timer behind when its client leaves", async () => {
  const watched = watch((check) => check(streaming));
  const pausing = Promise.withResolvers<void>();
  using _ = replaceTimers((run, setTimeout) => {
    pausing.resolve();
    // If nobody clears it, the sanitizer finds it.
    return setTimeout(run, PROGRAM_DEADLINE_MS);
  });
  const response = await ask(watched);
  const reader = response.body!.getReader();
  assertEquals((await reader.read()).value, new TextEncoder().encode("10\n"));
  const second = reader.read();
  await pausing.promise;
  await reader.cancel();
  assertEquals((await second).done, true);
  assertEquals(watched.log(), "closed\n");
  watched.assertClean();
});
