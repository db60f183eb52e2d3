import { assertEquals } from "@std/assert";
import { conditionalGet } from "../../examples/conditional_get.ts";
import { appsOf, clientOf } from "./apps.ts";

for (
  const [kind, app] of appsOf(["ETag", '"1"'], ["Cache-Control", "no-cache"])
) {
  Deno.test(`conditionalGet() answers a known page from ${kind} with 304`, async () => {
    const client = clientOf(conditionalGet, app);
    for (const tags of ['"1"', 'W/"1"', '"0", "1"', "*"]) {
      const headers = { "If-None-Match": tags };
      const response = await client.get("/", { headers });
      assertEquals([response.status, response.text()], [304, ""]);
      assertEquals(response.headers, [
        ["ETag", '"1"'],
        ["Cache-Control", "no-cache"],
      ]);
    }
  });

  Deno.test(`conditionalGet() hands on an unknown page from ${kind}`, async () => {
    const client = clientOf(conditionalGet, app);
    for (const tags of ['"2"', "1", ""]) {
      const headers = { "If-None-Match": tags };
      const response = await client.get("/", { headers });
      assertEquals([response.status, response.text()], [200, "abc"]);
    }
    const headers = { "If-None-Match": '"1"' };
    assertEquals((await client.post("/", { headers })).status, 200);
  });
}
