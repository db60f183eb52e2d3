/** Servers that are wrong in how they call applications. */

import type { ResponseBody } from "../../../mod.ts";
import { type BrokenServer, call, copy, iterating, then } from "./server.ts";

/** The servers. */
export const CALL: readonly BrokenServer[] = [
  call("aborts the signal after every response", (app) => {
    return (environ, startResponse) => {
      const signal = environ["wsgiref.signal"];
      const ours = new AbortController();
      environ["wsgiref.signal"] = () =>
        AbortSignal.any([signal!(), ours.signal]);
      const wrap = (body: ResponseBody): ResponseBody =>
        Array.isArray(body)
          ? copy(body, body, (close) => {
            ours.abort();
            return close?.();
          })
          : body;
      return then(app(environ, startResponse), wrap);
    };
  }, "environ/signal"),
  call("calls the application twice", (app) => (environ, startResponse) => {
    // Only for these cases: there is a single input.
    if (!/^environ\/(?:fresh|one-call)/.test(environ.HTTP_WSGI_CASE ?? "")) {
      return app(environ, startResponse);
    }
    // The second call shows errors.
    Promise.try(app, { ...environ }, () => () => Promise.resolve())
      .catch(() => {});
    return app(environ, startResponse);
  }, "environ/one-call"),
  call(
    "passes a third argument",
    (app) => (environ, startResponse) =>
      (app as (...args: unknown[]) => ResponseBody)(environ, startResponse, 1),
    "environ/one-call",
    "application/arguments",
  ),
  call(
    "does not await the application",
    (app) => (environ, startResponse) => {
      const result = app(environ, startResponse);
      if (!(result instanceof Promise)) return result;
      result.catch(() => {});
      startResponse("200 OK", []);
      return [];
    },
    `body/interleaved body/promised-* chunks/case chunks/extension
    chunks/trailers chunks/zeros close/left-early connection/byte-by-byte
    connection/expect connection/expect-read connection/half-close
    connection/left-signal connection/pipelined-bodies connection/upgrade-*
    errors/body-error-passed-on errors/rejects
    input/* write/arrives write/order write/over-length write/with-length`,
  ),
  call(
    "requires startResponse to be called before the application returns",
    (app) => (environ, startResponse) => {
      let called = false;
      const check = <T>(body: T): T => {
        if (!called) throw new Error("startResponse was not called");
        return body;
      };
      const result = app(environ, (...args) => {
        called = true;
        return startResponse(...args);
      });
      return then(result, check);
    },
    `bodiless/head-lazy body/backpressure close/finally close/never-started
    errors/after-first-chunk errors/after-length length/end-asked
    start-response/headers-at-end start-response/headers-wait
    start-response/lazy start-response/lazy-after-empty
    start-response/replaced-late start-response/rethrows`,
  ),
  call(
    "shows the error to the client",
    (app) => (environ, startResponse) => {
      const fail = (error: unknown): ResponseBody => {
        const text = error instanceof Error ? error.stack : String(error);
        startResponse("500 Internal Server Error", [], error);
        return [new TextEncoder().encode(text)];
      };
      try {
        const result = app(environ, startResponse);
        return result instanceof Promise ? result.catch(fail) : result;
      } catch (error) {
        return fail(error);
      }
    },
    `errors/after-start errors/body-error-passed-on errors/rejects
    errors/throws errors/throws-string`,
  ),
  iterating(
    "ends a response cleanly when the body fails",
    () => ({
      next: (next) => {
        const end = () => ({ done: true, value: undefined });
        try {
          const result = next();
          return result instanceof Promise ? result.catch(end) : result;
        } catch {
          return end();
        }
      },
    }),
    `errors/after-first-chunk errors/first-async-next errors/first-next
    start-response/rethrows`,
  ),
  call("runs one request at a time, and waits without a limit", (app) => {
    let before: Promise<unknown> = Promise.resolve();
    return async (environ, startResponse) => {
      const ours = before.then(() => app(environ, startResponse));
      before = ours.catch(() => {});
      return await ours;
    };
  }, "body/interleaved errors/late-rejection"),
];
