import {
  assertEquals,
  assertNotMatch,
  assertStringIncludes,
} from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import type { Application, HeaderTuple } from "../../wsgi/types.ts";
import { assertFails, outcomeOf } from "../gateway/outcome_of.ts";

/** An application with these headers. */
function withHeaders(headers: HeaderTuple[]): Application {
  return (_environ, startResponse) => {
    startResponse("200 OK", headers);
    return [toBytes("abc")];
  };
}

const CONTROLS = [..."\x00\x01\x07\x08\n\v\f\r\x0e\x1b\x1f\x7f"];

Deno.test("makeServer() survives every control character in a header value", async () => {
  for (const control of CONTROLS) {
    const log = await assertFails(withHeaders([["X-A", `a${control}b`]]));
    assertStringIncludes(log, 'value of header "X-A" must have no control');
    // deno-lint-ignore no-control-regex -- they must not be there
    assertNotMatch(log, /[\x00-\x08\x0b-\x1f\x7f]/);
  }
});

Deno.test("makeServer() survives every control character in a status or name", async () => {
  for (const control of [...CONTROLS, "\t"]) {
    await assertFails((_environ, startResponse) => {
      startResponse(`200 O${control}K`, []);
      return [];
    });
    await assertFails(withHeaders([[`X${control}A`, "1"]]));
  }
});

Deno.test.each([
  ["Connection"],
  ["keep-alive"],
  ["Proxy-Connection"],
  ["TE"],
  ["Trailer"],
  ["Transfer-Encoding"],
  ["UPGRADE"],
])("makeServer() refuses the hop-by-hop header %s", async (name) => {
  const log = await assertFails(withHeaders([["X-A", "1"], [name, "close"]]));
  assertStringIncludes(log, `hop-by-hop headers belong to the server`);
});

Deno.test("makeServer() lets Proxy-Authenticate through", async () => {
  const { head } = await outcomeOf(withHeaders([["Proxy-Authenticate", "a"]]));
  assertEquals(head.get("proxy-authenticate"), "a");
});

Deno.test.each([
  ["200"],
  ["200OK"],
  ["20 OK"],
  ["100 Continue"],
  ["101 Switching Protocols"],
  ["199 Low"],
  ["600 High"],
  ["OK 200"],
  [""],
])("makeServer() refuses the status %s", async (status) => {
  await assertFails((_environ, startResponse) => {
    startResponse(status, []);
    return [];
  });
});
