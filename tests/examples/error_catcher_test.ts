import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { errorCatcher } from "../../examples/error_catcher.ts";
import type { Application } from "../../mod.ts";
import { appsOf, clientOf, TEXT } from "./apps.ts";
import { commandOf, ExampleProgram } from "./program.ts";

Deno.test("error_catcher.ts replaces what failed, but not what was sent", async () => {
  await using program = await ExampleProgram.start(
    await commandOf("error_catcher.ts"),
  );
  const failed = await fetch(`${program.url}fail`);
  assertEquals([failed.status, await failed.text()], [
    500,
    "Something went wrong. We know of it.\n",
  ]);
  const late = await fetch(`${program.url}late`);
  assertEquals(late.status, 200);
  await assertRejects(() => late.text());
  assertEquals(
    (await fetch(`${program.url}fail`).then((r) => r.text())).length,
    37,
  );
  assertMatch(await program.end(), /^Caught: Error: failed on request$/m);
});

for (const error of [new Error("broken"), "text", undefined, null]) {
  Deno.test(`errorCatcher() catches ${error} before the start and after it`, async () => {
    const direct: Application = () => {
      throw error;
    };
    const rejecting: Application = (_environ, startResponse) => {
      startResponse("200 OK", [TEXT]);
      return Promise.reject(error);
    };
    for (const app of [direct, rejecting]) {
      const response = await clientOf(errorCatcher, app).get("/");
      assertEquals(response.status, 500);
      assertEquals(response.text().length, 37);
      assertEquals(response.errors, `Caught: ${error}\n`);
    }
  });
}

for (const [kind, app] of appsOf()) {
  Deno.test(`errorCatcher() hands on ${kind}`, async () => {
    const response = await clientOf(errorCatcher, app).get("/");
    assertEquals([response.status, response.text()], [200, "abc"]);
  });
}
