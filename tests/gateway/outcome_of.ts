import { assertEquals } from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import type { Application } from "../../wsgi/types.ts";
import { RawClient, type RawResponse } from "../raw_client.ts";
import { get, serve } from "../server/serving.ts";

/** What no type would let through. */
// deno-lint-ignore no-explicit-any
export type Anything = any;

/** A response and what became of it. */
export interface Outcome extends RawResponse {
  /** What went to `wsgi.errors`. */
  log: string;
  /** Whether the connection was kept for the next request. */
  kept: boolean;
}

/** Gets a response, and makes sure that the server then answers another. */
export async function outcomeOf(app: Application): Promise<Outcome> {
  await using serving = serve((environ, startResponse) => {
    if (environ.PATH_INFO !== "/next") return app(environ, startResponse);
    startResponse("200 OK", []);
    return [toBytes("next")];
  });
  using client = await RawClient.connect(serving);
  await client.send(get());
  const response = await client.response();
  const log = serving.log.join("");
  using other = response.complete
    ? undefined
    : await RawClient.connect(serving);
  if (other !== undefined) assertEquals(await client.rest(), "");
  const next = other ?? client;
  await next.send(get("/next"));
  assertEquals((await next.response()).body, "next");
  return { ...response, log, kept: other === undefined };
}

/**
 * Gets a response that must be the server's own page, with nothing of what went
 * wrong in it.
 *
 * @returns What was logged.
 */
export async function assertFails(app: Application): Promise<string> {
  const { head, body, log, kept } = await outcomeOf(app);
  assertEquals([head.status, body], [500, "500 Internal Server Error\n"]);
  assertEquals(
    head.headers.map(([name]) => name.toLowerCase()).toSorted(),
    ["content-length", "content-type", "date"],
  );
  assertEquals(kept, true);
  return log;
}
