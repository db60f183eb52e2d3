import { assertEquals, assertStringIncludes } from "@std/assert";
import { ConformanceError, validator } from "../../mod.ts";
import { helloApp, type Loose } from "./scenario.ts";

Deno.test("validator() calls no getter of what is no application", () => {
  const app = {
    get fetch(): never {
      throw new Error("called");
    },
    get then(): never {
      throw new Error("called");
    },
  };
  let message = "";
  try {
    validator(app as Loose);
  } catch (error) {
    message = (error as Error).message;
  }
  assertStringIncludes(message, "application/not-callable");
});

Deno.test("validator() lets an error through that a getter of the environ throws", () => {
  const environ = {
    get REQUEST_METHOD(): never {
      throw new RangeError("mine");
    },
  };
  let found: unknown;
  try {
    validator(helloApp)(environ as Loose, () => async () => {});
  } catch (error) {
    found = error;
  }
  assertEquals(found instanceof RangeError, true);
});

Deno.test("validator() counts a call that it refused as finished", () => {
  const app = validator(helloApp, { onViolation: () => {} });
  for (const args of [[], [null, () => {}], [{}, () => {}]]) {
    try {
      Reflect.apply(app, undefined, args);
    } catch (error) {
      assertEquals(error instanceof ConformanceError, true);
    }
  }
  app.assertFinished();
});
