// deno-lint-ignore-file explicit-function-return-type -- programs as people write them
/**
 * Sound programs as people write them. No rule of the profile `http` may report
 * anything about them, wherever the validator is.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { validator, type ValidatorOptions } from "../../mod.ts";
import {
  bytes,
  statuses,
  TEXT,
  withBody,
  withYields,
  yielding,
} from "./programs.ts";
import { gives } from "./input_apps.ts";
import { createEnviron, type Loose, runServer } from "./scenario.ts";

type App = (environ: Loose, startResponse: Loose) => Loose;
type Request = Readonly<Record<string, string>>;

/** Warnings that are intended for such middleware. */
const MEANT: ValidatorOptions["rules"] = {
  "middleware/drained": "off",
  "middleware/chunk-for-chunk": "off",
};

/** Sends requests to an application, and lists the findings. */
async function findingsOf(
  make: (validate: (app: App) => App) => App,
  request: Request,
): Promise<string[]> {
  const found: string[] = [];
  const validate = (app: App) =>
    validator(app as Loose, {
      ...{ throws: false, rules: MEANT },
      onViolation: ({ message }) => void found.push(message),
    }) as App;
  const { BODY: body, ...variables } = request;
  const app = make(validate);
  // Twice: the memory of a validator must not make a difference.
  for (let i = 0; i < 2; i++) {
    const environ = Object.assign(createEnviron(body), variables);
    await runServer(app as Loose, environ);
  }
  return found;
}

/** A response that is kept for later. */
interface Kept {
  head: Loose[];
  chunks: Loose[];
}

/** Calls an application and reads its whole body. */
async function buffer(app: App, environ: Loose): Promise<Kept> {
  const kept: Kept = { head: [], chunks: [] };
  const body = await app(environ, (...args: Loose[]) => {
    kept.head = args;
    return async () => {};
  });
  try {
    kept.chunks = await Array.fromAsync(body);
  } finally {
    await body.close?.();
  }
  return kept;
}

/** Middleware that reads the whole response, and then answers. */
function buffering(
  answer: (kept: Kept, start: Loose, environ: Loose, app: App) => Loose,
): (app: App) => App {
  return (app) => async (environ, startResponse) =>
    await answer(await buffer(app, environ), startResponse, environ, app);
}

const lazily: App = yielding(bytes("Hello "), bytes("world"));

const throwsLate = withYields(function* (startResponse) {
  yield bytes("Half ");
  startResponse("500 Internal Server Error", TEXT, new Error("full"));
  yield bytes("sorry");
}).app!;

const redirects: App = (environ, startResponse) => {
  if (environ.PATH_INFO === "/new") startResponse("200 OK", TEXT);
  else startResponse("302 Found", [...TEXT, ["Location", "/new"]]);
  return [bytes("here")];
};

const transfers: App = (_environ, startResponse) => {
  startResponse("200 OK", TEXT);
  let buffer = new ArrayBuffer(8);
  let left = 3;
  return new ReadableStream({
    type: "bytes",
    pull(controller) {
      if (left-- === 0) return controller.close();
      buffer = buffer.transfer();
      controller.enqueue(new Uint8Array(buffer.slice(0)));
    },
  });
};

const cache = new Map<string, Kept>();

const STARTS_AGAIN = "a buffer around an application that starts again";

/** Middleware, the application behind it, and a request. */
const stacks: Record<string, readonly [(app: App) => App, App, Request?]> = {
  [STARTS_AGAIN]: [
    buffering(({ head, chunks }, startResponse) => {
      startResponse(...head.slice(0, 2));
      return chunks;
    }),
    throwsLate,
  ],
  "gzip": [(app) => async (environ, startResponse) => {
    const body = await app(
      environ,
      (status: string, headers: Loose[], excInfo: Loose) =>
        startResponse(status, [
          ...headers.filter(([name]) => name !== "Content-Length"),
          ["Content-Encoding", "gzip"],
          ["Vary", "Accept-Encoding"],
        ], excInfo),
    );
    const packed = ReadableStream.from(body)
      .pipeThrough(new CompressionStream("gzip"));
    return {
      [Symbol.asyncIterator]: () => packed.values(),
      close: () => body.close?.(),
    };
  }, lazily],
  "an internal redirect": [
    buffering(async ({ head, chunks }, startResponse, environ, app) => {
      if (head[0].startsWith("302")) {
        environ.PATH_INFO = "/new";
        ({ head, chunks } = await buffer(app, environ));
      }
      startResponse(...head);
      return chunks;
    }),
    redirects,
  ],
  "HEAD as GET": [
    (app) => async (environ, startResponse) => {
      const request = { ...environ, REQUEST_METHOD: "GET" };
      const body = await app(request, startResponse);
      if (environ.REQUEST_METHOD !== "HEAD") return body;
      await Array.fromAsync(body);
      await body.close?.();
      return [];
    },
    withBody(() => [bytes("Hello")], [...TEXT, ["Content-Length", "5"]]).app!,
    { REQUEST_METHOD: "HEAD" },
  ],
  "a cache": [(app) => async (environ, startResponse) => {
    const key = environ.PATH_INFO;
    const stored = cache.get(key) ?? await buffer(app, environ);
    cache.set(key, stored);
    startResponse(...stored.head);
    return stored.chunks;
  }, lazily],
  "an error page": [
    (app) => async (environ, startResponse) => {
      try {
        return await app(environ, startResponse);
      } catch (error) {
        startResponse("500 Internal Server Error", TEXT, error);
        return [bytes("sorry")];
      }
    },
    () => {
      throw new Error("The disk is full");
    },
  ],
  "a mount": [
    (app) => (environ, startResponse) => {
      const PATH_INFO = environ.PATH_INFO.slice(4);
      return app({ ...environ, SCRIPT_NAME: "/app", PATH_INFO }, startResponse);
    },
    lazily,
    { PATH_INFO: "/app/a b", REQUEST_URI: "/app/a%20b" },
  ],
  "a form that is read and put back": [
    (app) => async (environ, startResponse) => {
      gives(await environ["wsgi.input"].read())(environ);
      return app(environ, startResponse);
    },
    async (environ, startResponse) => {
      const form = await environ["wsgi.input"].read();
      startResponse("200 OK", TEXT);
      return [form];
    },
    { BODY: "name=ada" },
  ],
  "a body through transferred buffers": [(app) => app, transfers],
};

Deno.test.each(Object.entries(stacks))(
  "validator() finds nothing in %s, on both sides and on one",
  async (name, [middleware, app, request = {}]) => {
    const places: ((validate: (app: App) => App) => App)[] = [
      (validate) => validate(middleware(validate(app))),
      (validate) => validate(middleware(app)),
      (validate) => middleware(validate(app)),
    ];
    // Without a validator outside, the middleware would count as the server.
    if (name === STARTS_AGAIN) places.pop();
    for (const place of places) {
      cache.clear();
      assertEquals(await findingsOf(place, request), []);
    }
  },
);

Deno.test("validator() finds nothing in a router that tries siblings with one environ", async () => {
  const missing = statuses("404 Not Found")[0]!.app!;
  const found = await findingsOf((validate) => {
    const routes = [missing, missing, lazily].map(validate);
    return validate(async (environ, startResponse) => {
      for (const route of routes) {
        const { head, chunks } = await buffer(route, environ);
        if (head[0].startsWith("404")) continue;
        startResponse(...head);
        return chunks;
      }
    });
  }, {});
  assertEquals(found, []);
});
