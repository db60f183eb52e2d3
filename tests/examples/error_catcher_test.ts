import { assertEquals } from "@std/assert";
import { errorCatcher } from "../../examples/error_catcher.ts";
import type { Application } from "../../mod.ts";
import { appsOf, clientOf, TEXT } from "./apps.ts";

for (const error of [new Error("broken"), "text", undefined, null]) {
  Deno.test(`errorCatcher() catches ${error} before the start and after it`, async () => {
    const direct: Application = () => {
      throw error;
    };
    const rejecting: Application = (_environ, startResponse) => {
      startResponse("200 OK", [TEXT]);
      return Promise.reject(error);
    };
    for (const app of [direct, rejecting]) {
      const response = await clientOf(errorCatcher, app).get("/");
      assertEquals(response.status, 500);
      assertEquals(response.text().length, 44);
      assertEquals(response.errors, `Caught: ${error}\n`);
    }
  });
}

for (const [kind, app] of appsOf()) {
  Deno.test(`errorCatcher() hands on ${kind}`, async () => {
    const response = await clientOf(errorCatcher, app).get("/");
    assertEquals([response.status, response.text()], [200, "abc"]);
  });
}
