import { assertEquals, assertStringIncludes } from "@std/assert";
import { app as hono } from "../../examples/hono.ts";
import { TestClient } from "../../test_client/test_client.ts";
import { assertNoComplaint, commandOf, ExampleProgram } from "./program.ts";

Deno.test("hono.ts answers with Hono, and with the demo beside it", async () => {
  await using program = await ExampleProgram.start(await commandOf("hono.ts"));
  const ask = async (path: string): Promise<[number, string]> => {
    const response = await fetch(`${program.url}${path}`);
    return [response.status, await response.text()];
  };
  assertEquals(await ask("hello/Zo%C3%AB"), [200, "Hello Zoë!\n"]);
  assertEquals(await ask("hello"), [404, "404 Not Found"]);
  const [status, demo] = await ask("demo/a");
  assertEquals(status, 200);
  assertStringIncludes(demo, 'SCRIPT_NAME = "/demo"');
  assertNoComplaint(await program.end());
});

Deno.test("hono.ts breaks no rule", async () => {
  const client = new TestClient(hono, { validate: { profile: "paranoid" } });
  for (const method of ["GET", "HEAD", "OPTIONS"]) {
    const response = await client.request(method, "/hello/Ada");
    assertEquals(response.status, method === "OPTIONS" ? 404 : 200);
    assertEquals(response.violations, []);
  }
});
