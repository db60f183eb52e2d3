import { assertEquals } from "@std/assert";
import { app as hono } from "../../examples/hono.ts";
import { TestClient } from "../../test_client/test_client.ts";

Deno.test("hono.ts breaks no rule", async () => {
  const client = new TestClient(hono, { validate: { profile: "paranoid" } });
  for (const method of ["GET", "HEAD", "OPTIONS"]) {
    const response = await client.request(method, "/hello/Ada");
    assertEquals(response.status, method === "OPTIONS" ? 404 : 200);
    assertEquals(response.violations, []);
  }
});
