// The conformance kit, testing the development server.

import { assertEquals } from "@std/assert";
import { checkServer } from "../../conformance/mod.ts";
import { Developing } from "./developing.ts";

const PROBE = import.meta.resolve("../../conformance/probe.ts");

/** Without its pages, and without a validator that throws. */
const PLAIN = { hostname: "0.0.0.0", rules: { "*": "off" } } as const;

Deno.test("devServer() passes the kit without a deviation", async () => {
  const { cases } = await checkServer(async (_app, remote) => {
    const app = `import { remoteProbe } from ${JSON.stringify(PROBE)};
export default remoteProbe(${JSON.stringify(remote.listen())});`;
    const developing = await Developing.start({ "app.js": app }, PLAIN);
    const stop = () => developing[Symbol.asyncDispose]();
    return { hostname: "127.0.0.1", port: developing.server.port, stop };
  }, { timeout: 10_000 });
  const wrong = cases.filter(({ outcome }) => outcome !== "passed");
  assertEquals(wrong.map(({ id, message }) => [id, message]), []);
  assertEquals(cases.length > 300, true);
});
