import { assertEquals } from "@std/assert";
import { printed } from "./body_cases.ts";

Deno.test("a body that is collected without a close() is reported in the profile paranoid", async () => {
  const program = (profile: string, isClosed: boolean): string => `
    const found = [];
    const bytes = new TextEncoder().encode("Hello");
    const types = [["Content-Type", "text/plain; charset=utf-8"]];
    const bodies = [
      () => [bytes],
      function* () { yield bytes; },
      async function* () { yield bytes; },
    ];
    const onViolation = ({ rule, message }) => found.push(rule + message);
    const call = (make) => {
      const app = validator((environ, startResponse) => {
        startResponse("200 OK", types);
        return make();
      }, { profile: "${profile}", onViolation });
      const environ = setupTestingDefaults({ PATH_INFO: "/leak" });
      const body = app(environ, () => async () => {});
      // It may be led to from the environ, which the validator keeps.
      environ["x.body"] = body;
      if (!${isClosed}) return;
      body[Symbol.iterator]?.().return?.();
      body[Symbol.asyncIterator]?.().return?.();
      body.close();
    };
    bodies.forEach(call);
    for (let i = 0; i < 5; i++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      gc();
    }
    const leaks = found.filter((text) => text.startsWith("close/never-called"));
    console.log(leaks.length, leaks[0]?.includes("GET /leak"));
  `;
  const flag = "--v8-flags=--expose-gc";
  const [leaked, closed, other] = await Promise.all([
    printed(program("paranoid", false), flag),
    printed(program("paranoid", true), flag),
    printed(program("http", false), flag),
  ]);
  assertEquals(leaked.trim(), "3 true");
  assertEquals(closed.trim(), "0 undefined");
  assertEquals(other.trim(), "0 undefined");
});
