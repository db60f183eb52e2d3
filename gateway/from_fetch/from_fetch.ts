/**
 * Runs a fetch handler as a WSGI application: a function from `Request` to
 * `Response`, a module `{ fetch }`, an application of Hono or h3.
 *
 * The result works with every gateway of this package, next to other
 * applications in `mount()`, and with the validator around it.
 *
 * ```ts
 * import { fromFetchHandler } from "@wsgi/ref/from-fetch";
 * import { TestClient } from "@wsgi/ref/test-client";
 * import { assertEquals } from "@std/assert";
 *
 * const app = fromFetchHandler((request) =>
 *   new Response(`Hello ${new URL(request.url).pathname}\n`)
 * );
 * const response = await new TestClient(app).get("/world");
 * assertEquals(response.text(), "Hello /world\n");
 * ```
 *
 * @module
 */

import { describe, isThenable } from "../../wsgi/describe.ts";
import { isHost } from "../../wsgi/host.ts";
import {
  checkResponse,
  responseHeaders,
  statusLine,
} from "./check_response.ts";
import { ForwardedSignal } from "./forwarded_signal.ts";
import { sendResponse } from "./from_response.ts";
import { discard } from "./stream_body.ts";
import { requestOf } from "./to_request.ts";
import type {
  Application,
  Environ,
  ResponseBody,
  StartResponse,
} from "../../wsgi/types.ts";

/** The second argument of a fetch handler. */
export interface FetchInfo {
  /**
   * The address of the client, as in `Deno.serve`; taken from `REMOTE_ADDR` and
   * `REMOTE_PORT`. Absent if the server does not know it.
   */
  readonly remoteAddr?: {
    /** Always `"tcp"`. */
    readonly transport: "tcp";
    /** The address of the client. */
    readonly hostname: string;
    /** The port of the client. Absent if the server does not know it. */
    readonly port?: number;
  };
  /** The variables of the request. */
  readonly environ: Environ;
}

/**
 * A function that answers a fetch `Request`.
 *
 * @param request The request, as created by `toRequest()`.
 * @param info The client's address and the environ.
 * @returns The response, or a promise of it.
 */
export type FetchFunction = (
  request: Request,
  info: FetchInfo,
) => Response | Promise<Response>;

/** An object that answers a fetch `Request`, such as Hono's or h3's app. */
export interface FetchModule {
  /**
   * Answers a request.
   *
   * @param request The request, as created by `toRequest()`.
   * @param info The client's address and the environ.
   * @returns The response, or a promise of it.
   */
  fetch(request: Request, info: FetchInfo): Response | Promise<Response>;
}

/** Methods that no `Request` can have: Fetch section 2.2.1. */
const FORBIDDEN_METHOD = /^(?:CONNECT|TRACE|TRACK)$/i;

function toFunction(handler: unknown): FetchFunction {
  if (typeof handler === "function") return handler as FetchFunction;
  const module = handler as Partial<FetchModule> | null | undefined;
  if (typeof module?.fetch === "function") {
    return (request, info) => (module as FetchModule).fetch(request, info);
  }
  throw new TypeError(
    `Cannot make an application: handler must be a function (request) or an object with fetch(), got ${
      describe(handler)
    }`,
  );
}

function infoOf(environ: Environ): FetchInfo {
  const { REMOTE_ADDR: hostname, REMOTE_PORT } = environ;
  if (!hostname) return { environ };
  const remoteAddr = { transport: "tcp", hostname } as const;
  if (!REMOTE_PORT) return { remoteAddr, environ };
  return { remoteAddr: { ...remoteAddr, port: Number(REMOTE_PORT) }, environ };
}

async function respondToHead(
  response: Response,
  startResponse: StartResponse,
): Promise<ResponseBody> {
  const headers = responseHeaders(response);
  const length = response.body ? await discard(response.body) : undefined;
  if (length !== undefined && !response.headers.has("Content-Length")) {
    headers.push(["Content-Length", String(length)]);
  }
  startResponse(statusLine(response), headers);
  return [];
}

function respond(
  response: unknown,
  signal: ForwardedSignal,
  method: string,
  startResponse: StartResponse,
): ResponseBody | Promise<ResponseBody> {
  checkResponse(response, "handler must return a Response");
  // Frameworks respond to HEAD like GET, but WSGI requires no body.
  return method === "HEAD"
    ? respondToHead(response, startResponse)
    : sendResponse(response, startResponse, signal);
}

/** Responds to a request that no `Request` can express. */
function refuse(
  status: string,
  text: string,
  startResponse: StartResponse,
): ResponseBody {
  startResponse(status, [["Content-Type", "text/plain; charset=utf-8"]]);
  return [new TextEncoder().encode(`${text}\n`)];
}

/**
 * Turns a fetch handler into an application.
 *
 * The request is created by `toRequest()`: its body is read from the client
 * when the handler reads it. The body of the response is read one chunk at a
 * time, as fast as the client receives it, and is cancelled when the client
 * leaves. A body that is complete, such as text, becomes an array, so that the
 * server can send its Content-Length; to detect this, the second chunk is
 * requested before the first is sent. For HEAD, the body of the response is
 * cancelled.
 *
 * `request.signal` aborts when `wsgiref.signal` does, with an `AbortError` that
 * has the reason of that signal as its `cause`. This costs little, because
 * `wsgiref.signal` is only called if the handler takes longer than 20 ms, or if
 * a body is closed early. If a client leaves within the first 20 ms, this is
 * noticed when they are over. On a server without `wsgiref.signal`, it never
 * aborts, but the body is cancelled all the same.
 *
 * The handler's second argument is a {@linkcode FetchInfo}. In Hono it is
 * `c.env`, so that `getConnInfo()` of the Deno adapter works. There is no third
 * argument.
 *
 * Differences from a server for fetch handlers:
 *
 * - Hop-by-hop headers of the response, such as `Connection` and
 *   `Transfer-Encoding`, are omitted, because they belong to the server.
 * - The response to CONNECT, TRACE and TRACK, which no `Request` can express,
 *   is 501, and the response to a Host that is not valid in a URL is 400.
 * - A response without a `statusText` gets the usual reason phrase.
 * - Values other than a `Response`, a status of 0 (`Response.error()`) or 101
 *   (a WebSocket), and a body in use are errors, like an exception of the
 *   handler: the response is 500.
 *
 * PEP 3333, "The Application/Framework Side".
 *
 * @param handler A function, or an object with a `fetch()` method.
 * @returns The application.
 * @throws {TypeError} If `handler` is neither.
 *
 * @example An application with routes, and the validator around it
 * ```ts
 * import { fromFetchHandler } from "@wsgi/ref/from-fetch";
 * import { toFetchHandler, validator } from "@wsgi/ref";
 * import { assertEquals } from "@std/assert";
 *
 * const routes = {
 *   fetch: (request: Request) =>
 *     request.method === "POST"
 *       ? new Response(request.body)
 *       : Response.redirect("http://localhost/login"),
 * };
 * const handle = toFetchHandler(validator(fromFetchHandler(routes)));
 *
 * const response = await handle(new Request("http://localhost/"));
 * assertEquals(response.status, 302);
 * assertEquals(response.headers.get("Location"), "http://localhost/login");
 * ```
 */
export function fromFetchHandler(
  handler: FetchFunction | FetchModule,
): Application {
  const answer = toFunction(handler);
  return (environ, startResponse) => {
    const { REQUEST_METHOD: method, HTTP_HOST: host } = environ;
    if (FORBIDDEN_METHOD.test(method)) {
      const text = `No fetch handler can answer ${method}.`;
      return refuse("501 Not Implemented", text, startResponse);
    }
    // Other servers may accept an invalid Host.
    if (host !== undefined && !isHost(host)) {
      return refuse("400 Bad Request", "400 Bad Request", startResponse);
    }
    const signal = new ForwardedSignal(environ);
    const request = requestOf(environ, signal.signal);
    const response: unknown = answer(request, infoOf(environ));
    const finish = (response: unknown): ReturnType<Application> =>
      respond(response, signal, method, startResponse);
    return isThenable(response)
      ? signal.during(response).then(finish)
      : finish(response);
  };
}
