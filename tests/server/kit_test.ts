// The conformance kit, in this process, on makeServer().

import { assertEquals } from "@std/assert";
import { checkServer, denoServeDeviations } from "../../conformance/mod.ts";
import { SERVER_CASES } from "../../conformance/server_cases.ts";
import { serve } from "./serving.ts";

const SUBJECTS = [...new Set(SERVER_CASES.map(({ id }) => id.split("/")[0]!))];

Deno.test.each(SUBJECTS)("makeServer() passes the kit: %s", async (subject) => {
  const { cases } = await checkServer((app) => {
    const { server, port } = serve(app);
    return {
      hostname: "127.0.0.1",
      port,
      stop: () => server.shutdown(),
      deviations: denoServeDeviations,
    };
  }, { cases: [`${subject}/*`] });
  const failed = cases.filter(({ outcome }) => outcome === "failed");
  assertEquals(failed.map(({ id, message }) => [id, message]), []);
  const all = SERVER_CASES.filter(({ id }) => id.startsWith(`${subject}/`));
  assertEquals(cases.length, all.length);
});
