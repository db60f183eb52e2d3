import { assertEquals, assertThrows } from "@std/assert";
import { parseLoad } from "../../bench/wrk.ts";

Deno.test("parseLoad() reads the last line that is an object", () => {
  const load = {
    requests: 10,
    micros: 1_000_000,
    bytes: 1000,
    errors: 0,
    p50: 100,
    p99: 900,
  };
  const output = `Running 1s test\n{no}\n${JSON.stringify(load)}\n`;
  assertEquals(parseLoad(output), load);
});

Deno.test("parseLoad() says what it has read when there is no result", () => {
  assertThrows(
    () => parseLoad("unable to connect"),
    Error,
    'there is no result in "unable to connect"',
  );
});
