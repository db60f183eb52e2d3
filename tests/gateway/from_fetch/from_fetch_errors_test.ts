import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  type FetchFunction,
  fromFetchHandler,
} from "../../../gateway/from_fetch/from_fetch.ts";
import { run } from "../fetch/run_fetch.ts";

/** What a handler's mistake leaves in the log; the client gets a 500. */
async function complaintAbout(handler: FetchFunction): Promise<string> {
  const { response, log } = await run(fromFetchHandler(handler));
  assertEquals(response.status, 500);
  assertEquals(await response.text(), "500 Internal Server Error\n");
  return log.join("");
}

Deno.test.each([
  { name: "undefined", value: undefined, got: "got undefined" },
  { name: "null", value: null, got: "got null" },
  { name: "text", value: "text", got: 'got "text"' },
  { name: "an object", value: { status: 200 }, got: "got an object" },
  { name: "a Request", value: new Request("http://h"), got: "got a Request" },
])("fromFetchHandler() refuses $name instead of a Response", async (row) => {
  const complaint = await complaintAbout(() => row.value as Response);
  assertStringIncludes(
    complaint,
    `Cannot answer the request: handler must return a Response, ${row.got}`,
  );
});

Deno.test("fromFetchHandler() refuses a status that no answer has", async () => {
  assertStringIncludes(
    await complaintAbout(() => Response.error()),
    "status must be from 200 to 599, got 0",
  );
  const switching = { status: 101, headers: new Headers(), body: null };
  assertStringIncludes(
    await complaintAbout(() => switching as unknown as Response),
    "got 101: WSGI has no place for an upgrade",
  );
});

Deno.test("fromFetchHandler() refuses a Response whose body was read", async () => {
  const wanted = "its body must be unread, got one that is in use";
  assertStringIncludes(
    await complaintAbout(async () => {
      const response = new Response("text");
      await response.text();
      return response;
    }),
    wanted,
  );
  assertStringIncludes(
    await complaintAbout(() => {
      const response = new Response("text");
      response.body?.getReader();
      return response;
    }),
    wanted,
  );
});

Deno.test("fromFetchHandler() lets go of a body whose headers the server refuses", async () => {
  const cancelled = Promise.withResolvers<void>();
  const complaint = await complaintAbout(() =>
    new Response(
      new ReadableStream({ cancel: () => cancelled.resolve() }),
      { headers: { "X-Control": "\x01" } },
    )
  );
  assertStringIncludes(complaint, "X-Control".toLowerCase());
  await cancelled.promise;
});

Deno.test("fromFetchHandler() lets the server answer what the handler throws", async () => {
  assertStringIncludes(
    await complaintAbout(() => {
      throw new Error("sync failure");
    }),
    "sync failure",
  );
  assertStringIncludes(
    await complaintAbout(() => Promise.reject(new Error("async failure"))),
    "async failure",
  );
});
