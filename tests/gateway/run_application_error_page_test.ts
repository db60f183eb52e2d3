import { assertEquals, assertStringIncludes } from "@std/assert";
import { RequestBodyError } from "../../gateway/input/request_body_error.ts";
import { createHead } from "../../gateway/response_head.ts";
import { runApplication } from "../../gateway/run_application.ts";
import type { Application } from "../../wsgi/types.ts";
import { RespondingTransport, testEnviron } from "./recording_transport.ts";

/** Runs an application that throws, and gives what was sent and logged. */
async function failWith(
  error: unknown,
  errorPage: (code: number) => ReturnType<typeof page>,
): Promise<{ transport: RespondingTransport; log: string }> {
  const transport = new RespondingTransport();
  const { environ, written } = testEnviron();
  const app: Application = () => {
    throw error;
  };
  await runApplication(app, environ, transport, { errorPage });
  return { transport, log: written.join("") };
}

function page(
  status: string,
): [head: ReturnType<typeof createHead>, page: Uint8Array] {
  return [createHead(status, [["X", "y"]]), new TextEncoder().encode("sorry")];
}

Deno.test("runApplication() answers a failure with what errorPage makes", async () => {
  const codes: number[] = [];
  const { transport, log } = await failWith(new Error("broken"), (code) => {
    codes.push(code);
    return page("502 Bad");
  });
  assertEquals(codes, [500]);
  assertEquals([transport.status, transport.body], ["502 Bad", "sorry"]);
  assertEquals(transport.headers, [["X", "y"], ["Content-Length", "5"]]);
  assertStringIncludes(log, "Error: broken\n");
});

Deno.test("runApplication() tells errorPage which status would answer", async () => {
  const error = new RequestBodyError("too large", 413);
  const { transport } = await failWith(error, (code) => page(`${code} No`));
  assertEquals(transport.status, "413 No");
});

Deno.test("runApplication() breaks off when errorPage fails", async () => {
  const { transport, log } = await failWith(new Error("first"), () => {
    throw new Error("second");
  });
  assertEquals([transport.outcome, transport.head], ["aborted", undefined]);
  assertStringIncludes(log, "Error: first\n");
  assertStringIncludes(log, "Error: second\n");
});
