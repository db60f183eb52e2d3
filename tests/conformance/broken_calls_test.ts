import { assertEquals } from "@std/assert";
import { BROKEN_CALLS, wronglyFound } from "./broken_servers.ts";

Deno.test("checkServer() finds every server that calls applications incorrectly, only with the cases about its fault", async () => {
  assertEquals(await wronglyFound(BROKEN_CALLS), []);
});
