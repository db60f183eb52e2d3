// deno-lint-ignore-file explicit-function-return-type -- the applications in it have no types
import { assertEquals } from "@std/assert";
import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { validator } from "../../mod.ts";
import type { Profile } from "../../validator.ts";
import { startResponse, TEXT } from "./body_cases.ts";
import { createEnviron, type Loose, stderrOf } from "./scenario.ts";
import { bytes } from "./requests.ts";

/** What a validator has watched, and what it was told to forget again. */
function watchedBy(
  use: (app: Loose) => void,
  app: (environ: Loose, startResponse: Loose) => Loose,
  profile: Profile = "paranoid",
): { requests: string[]; forgotten: number } {
  const { prototype } = FinalizationRegistry;
  const { register, unregister } = prototype;
  const tokens = new Set<unknown>();
  const requests: string[] = [];
  let forgotten = 0;
  prototype.register = function (_target, held: Loose, token): void {
    tokens.add(token);
    requests.push(held.request);
  };
  prototype.unregister = function (token): boolean {
    if (tokens.delete(token)) forgotten++;
    return true;
  };
  try {
    use(validator(app, { profile, throws: false, onViolation: () => {} }));
  } finally {
    Object.assign(prototype, { register, unregister });
  }
  return { requests, forgotten };
}

function hello(_environ: Loose, startResponse: Loose): Loose {
  startResponse("200 OK", TEXT);
  return [bytes("x")];
}

Deno.test("validator() watches bodies in the profile paranoid, until they are closed", () => {
  const environ = { ...createEnviron(), PATH_INFO: "/leak" };
  const use = (app: Loose) => app(environ, startResponse).close();
  assertEquals(watchedBy(use, hello), {
    requests: ["GET /leak"],
    forgotten: 1,
  });
  assertEquals(watchedBy(use, hello, "http"), { requests: [], forgotten: 0 });
});

Deno.test("validator() watches bodies of requests without a path", () => {
  const environ = { ...createEnviron(), PATH_INFO: 5 };
  const use = (app: Loose) => void app(environ, startResponse);
  assertEquals(watchedBy(use, hello), { requests: ["GET "], forgotten: 0 });
});

Deno.test("validator() watches no body that it cannot see closed", () => {
  const environ: Loose = createEnviron();
  environ["wsgi.file_wrapper"] = () => Object.freeze([bytes("x")]);
  const use = (app: Loose) => void app(environ, startResponse);
  const app = (environ: Loose, startResponse: Loose) => {
    startResponse("200 OK", TEXT);
    return environ["wsgi.file_wrapper"]({ read: () => null });
  };
  assertEquals(watchedBy(use, app), { requests: [], forgotten: 0 });
});

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

Deno.test.each<[string, () => Loose]>([
  ["array", () => [bytes("x")]],
  ["generator", function* () {}],
  ["async generator", async function* () {}],
])(
  "validator() prints that an %s was collected without a close()",
  async (_what, make) => {
    let isCollected = false;
    const registry = new FinalizationRegistry(() => isCollected = true);
    const app = validator((_environ, startResponse) => {
      startResponse("200 OK", TEXT);
      return make();
    }, { profile: "paranoid" });
    const use = () => {
      const environ: Loose = { ...createEnviron(), PATH_INFO: "/leak" };
      // It may be led to from the environ, which the validator keeps.
      environ["x.body"] = app(environ, startResponse);
      registry.register(environ["x.body"], undefined);
    };
    const printed = await stderrOf(async () => {
      use();
      // What is on the stack is not collected, so not within the same job.
      for (let i = 0; i < 20 && !isCollected; i++) {
        await setImmediate();
        collect();
      }
      // Each registry has a job of its own.
      await setImmediate();
    });
    assertEquals(isCollected, true);
    assertEquals(printed.includes("the body of GET /leak as garbage"), true);
  },
);
