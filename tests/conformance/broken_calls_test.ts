import { assertEquals } from "@std/assert";
import { BROKEN_CALLS } from "./broken_servers.ts";
import { wronglyFound } from "./found.ts";

Deno.test("checkServer() finds every server that calls applications wrongly, by the cases about its fault alone", async () => {
  assertEquals(await wronglyFound(BROKEN_CALLS), []);
});
