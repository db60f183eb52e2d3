import { assertRejects } from "@std/assert";
import {
  type ApplicationCheckOptions,
  checkApplication,
} from "../../conformance/check_application.ts";
import { app as hello } from "../../examples/hello.ts";
import type { Application } from "../../mod.ts";

Deno.test("checkApplication() needs an application", async () => {
  await assertRejects(
    () => checkApplication("app" as unknown as Application),
    TypeError,
    "it must be a function (environ, startResponse)",
  );
});

const wrong: readonly [ApplicationCheckOptions, string][] = [
  [{ paths: [] }, "paths must be an array of at least one path"],
  [{ paths: "/" as unknown as string[] }, 'got "/"'],
  [{ paths: ["search"] }, "each of paths must be a request target"],
  [{ paths: ["/a b"] }, 'got "/a b"'],
  [{ paths: ["/é\u0100"] }, "each of paths must be a request target"],
  [{ paths: ["/a#b"] }, 'got "/a#b"'],
  [{ requests: [{ path: "" }] }, "path of a request must be"],
  [{ timeout: 0 }, "timeout must be milliseconds from 1, got 0"],
  [{ timeout: NaN }, "timeout must be milliseconds from 1, got NaN"],
  [{ cases: [""] }, "a glob must be a string"],
  [{ rules: { "no/such": "off" } }, 'no rule matches "no/such"'],
  [{ profile: "all" as "core" }, "profile must be"],
];

for (const [options, message] of wrong) {
  Deno.test(`checkApplication() refuses ${JSON.stringify(options)}`, async () => {
    await assertRejects(() => checkApplication(hello, options), Error, message);
  });
}
