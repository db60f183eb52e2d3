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
  [undefined, "undefined"],
  [null, "null"],
  ["text", '"text"'],
  [{ status: 200 }, "an object"],
  [new Request("http://h"), "a Request"],
])(
  "fromFetchHandler() refuses %s instead of a Response",
  async (value, got) => {
    const complaint = await complaintAbout(() => value as Response);
    assertStringIncludes(
      complaint,
      `Cannot answer the request: handler must return a Response, got ${got}`,
    );
  },
);

/** A Response that was used before. */
async function used(use: (response: Response) => unknown): Promise<Response> {
  const response = new Response("text");
  await use(response);
  return response;
}

const SWITCHING = { status: 101, headers: new Headers(), body: null };
const IN_USE = "its body must be unread, got one that is in use";

Deno.test.each<[string, FetchFunction, string]>([
  ["status 0", () => Response.error(), "must be from 200 to 599, got 0"],
  [
    "an upgrade",
    () => SWITCHING as unknown as Response,
    "got 101: WSGI has no place for an upgrade",
  ],
  ["a body that was read", () => used((it) => it.text()), IN_USE],
  ["a locked body", () => used((it) => void it.body?.getReader()), IN_USE],
  ["what is thrown", () => fail("sync failure"), "sync failure"],
  ["a rejection", async () => await fail("async failure"), "async failure"],
])(
  "fromFetchHandler() answers %s with 500 and says why",
  async (_what, handler, complaint) => {
    assertStringIncludes(await complaintAbout(handler), complaint);
  },
);

function fail(message: string): never {
  throw new Error(message);
}

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
