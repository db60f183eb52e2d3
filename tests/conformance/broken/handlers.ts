/** Servers that are wrong between `Deno.serve` and the handler. */

import { StderrStream } from "../../../wsgi/error_stream.ts";
import { denoServeDeviations } from "../../../conformance/mod.ts";
import { toFetchHandler } from "../../../mod.ts";
import type { BrokenServer } from "./server.ts";

type Handler = (
  request: Request,
  info: Deno.ServeHandlerInfo,
) => Response | Promise<Response>;

/** Creates a server whose handler is wrapped in another one. */
function handler(
  name: string,
  wrong: (right: Handler) => Handler,
  found: string,
): BrokenServer {
  return {
    name,
    start: (app) => {
      const server = Deno.serve(
        {
          hostname: "127.0.0.1",
          port: 0,
          onListen: () => {},
          onError: () => new Response(null, { status: 500 }),
        },
        wrong(toFetchHandler(app, {
          environ: { "wsgi.errors": new StderrStream(() => {}) },
        })),
      );
      return {
        hostname: "127.0.0.1",
        port: server.addr.port,
        deviations: denoServeDeviations,
        stop: () => server.shutdown(),
      };
    },
    found,
  };
}

/** The same response with other headers. */
function withHeaders(response: Response, headers: Headers): Response {
  const { status, statusText, body } = response;
  return new Response(body, { status, statusText, headers });
}

/** The servers. */
export const HANDLERS: readonly BrokenServer[] = [
  handler("joins Set-Cookie", (right) => async (request, info) => {
    const response = await right(request, info);
    const cookies = response.headers.getSetCookie();
    if (cookies.length < 2) return response;
    const headers = new Headers(response.headers);
    headers.set("Set-Cookie", cookies.join(", "));
    return withHeaders(response, headers);
  }, "response/headers-repeated"),
  handler("drops headers without a value", (right) => async (request, info) => {
    const response = await right(request, info);
    const empty = [...response.headers].filter(([, value]) => value === "");
    if (empty.length === 0) return response;
    const headers = new Headers(response.headers);
    for (const [name] of empty) headers.delete(name);
    return withHeaders(response, headers);
  }, "response/headers-order"),
  handler("adds a charset to the type of a text", (right) => {
    return async (request, info) => {
      const response = await right(request, info);
      if (response.headers.get("Content-Type") !== "text/html") return response;
      const headers = new Headers(response.headers);
      headers.set("Content-Type", "text/html; charset=utf-8");
      return withHeaders(response, headers);
    };
  }, "response/content-type-once"),
  handler("replaces the pages for errors", (right) => {
    return async (request, info) => {
      const response = await right(request, info);
      if (response.status !== 404) return response;
      await response.body?.cancel();
      return new Response("This page does not exist.\n", { status: 404 });
    };
  }, "response/status-404"),
  handler(
    "reads the request before it calls the application",
    (right) => async (request, info) => {
      const { headers: sent } = request;
      if (!sent.has("Content-Length") && !sent.has("Transfer-Encoding")) {
        return await right(request, info);
      }
      const { method, headers, url, signal } = request;
      const body = await request.arrayBuffer();
      const read = new Request(url, { method, headers, body, signal });
      return await right(read, info);
    },
    "connection/expect-read input/arrives-late input/lazy refused/length-7",
  ),
];
