/** Servers that are wrong between `Deno.serve` and the handler. */

import type { BrokenServer, Create, Handler, Swap } from "./server.ts";
import { denoServe } from "./server.ts";

/** Creates a server whose handler is wrapped in another one. */
const handler: Create<Swap<Handler>> = (name, wrong, found) => ({
  name,
  start: (app) => denoServe(app, wrong),
  found,
});

/** Creates a server that changes the headers of responses. */
const headers: Create<(headers: Headers) => void> = (name, change, found) =>
  handler(name, (right) => async (request, info) => {
    const response = await right(request, info);
    const headers = new Headers(response.headers);
    change(headers);
    // A response whose body was asked for is sent in another way.
    if (String([...headers]) === String([...response.headers])) return response;
    const { status, statusText, body } = response;
    return new Response(body, { status, statusText, headers });
  }, found);

/** The servers. */
export const HANDLERS: readonly BrokenServer[] = [
  headers("joins Set-Cookie", (headers) => {
    const cookies = headers.getSetCookie();
    if (cookies.length > 1) headers.set("Set-Cookie", cookies.join(", "));
  }, "response/headers-repeated"),
  headers("drops headers without a value", (headers) => {
    for (const [name, value] of [...headers]) {
      if (value === "") headers.delete(name);
    }
  }, "response/headers-order"),
  headers("adds a charset to the type of a text", (headers) => {
    if (headers.get("Content-Type") !== "text/html") return;
    headers.set("Content-Type", "text/html; charset=utf-8");
  }, "response/content-type-once"),
  handler("replaces the pages for errors", (right) => async (request, info) => {
    const response = await right(request, info);
    if (response.status !== 404) return response;
    await response.body?.cancel();
    return new Response("This page does not exist.\n", { status: 404 });
  }, "response/status-404"),
  handler(
    "reads the request before it calls the application",
    (right) => async (request, info) => {
      const { method, headers, url, signal } = request;
      if (!headers.has("Content-Length") && !headers.has("Transfer-Encoding")) {
        return await right(request, info);
      }
      const body = await request.arrayBuffer();
      const read = new Request(url, { method, headers, body, signal });
      return await right(read, info);
    },
    "connection/expect-read input/arrives-late input/lazy refused/length-7",
  ),
];
