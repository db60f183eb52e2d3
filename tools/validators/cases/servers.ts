// deno-lint-ignore-file explicit-function-return-type -- what is wrong on purpose has no type

/**
 * Servers and middleware that call wrongly.
 *
 * @module
 */

import {
  type Cases,
  header,
  HELLO,
  returning,
  startServerResponse,
  TEXT,
} from "../case.ts";
import {
  createEnviron,
  helloApp,
  type Loose,
  runServer,
} from "../../../tests/validator/scenario.ts";

/** A body that is no array, so that its iteration can be watched. */
function lazyBody(...chunks: Uint8Array[]): Loose {
  return { [Symbol.iterator]: () => chunks.values(), close: () => {} };
}

const lazyApp = returning(lazyBody(HELLO));

/** Servers that call wrongly. */
export const SERVERS: Cases = {
  "server-three-arguments": {
    title: "application called with three arguments",
    rows: ["A2"],
    server: (app, environ) => {
      app(environ, startServerResponse, undefined).close();
    },
  },
  "server-start-returns-nothing": {
    title: "startResponse returns nothing",
    rows: ["b5"],
    server: (app, environ) => {
      app(environ, () => {}).close();
    },
  },
  "server-environ-twice": {
    title: "one environ for two requests",
    rows: ["b53"],
    server: async (app, environ) => {
      await runServer(app, environ);
      await runServer(app, environ);
    },
  },
  "server-never-closes": {
    title: "body never closed",
    rows: ["L1", "b74"],
    validate: (validate) => {
      const app = validate(helloApp);
      app(createEnviron(), startServerResponse);
      app.assertFinished();
    },
  },
  "server-closes-twice": {
    title: "body closed twice",
    rows: ["b15"],
    server: (app, environ) => {
      const body = app(environ, startServerResponse);
      body.close();
      body.close();
    },
  },
  "server-next-after-close": {
    title: "next() after close()",
    rows: ["K1"],
    app: lazyApp,
    server: (app, environ) => {
      const body = app(environ, startServerResponse);
      const iterator = body[Symbol.iterator]();
      body.close();
      iterator.next();
    },
  },
  "server-next-after-end": {
    title: "next() after the end",
    rows: ["b17"],
    app: lazyApp,
    server: (app, environ) => {
      const body = app(environ, startServerResponse);
      const iterator = body[Symbol.iterator]();
      while (!iterator.next().done);
      iterator.next();
      body.close();
    },
  },
  "server-iterates-twice": {
    title: "body iterated twice",
    rows: ["K2", "b16"],
    app: lazyApp,
    server: (app, environ) => {
      const body = app(environ, startServerResponse);
      for (const _chunk of body);
      for (const _chunk of body);
      body.close();
    },
  },
  "server-ignores-exc-info": {
    title: "excInfo not thrown back after the headers",
    rows: ["b4"],
    app: function* (_environ, startResponse) {
      startResponse("200 OK", [TEXT]);
      yield HELLO;
      startResponse("500 Error", [TEXT], new Error("it failed"));
    },
    server: (app, environ) => {
      const body = app(environ, startServerResponse);
      for (const _chunk of body);
      body.close();
    },
  },
};

/** Middleware that breaks what it stands between. */
export const MIDDLEWARE: Cases = {
  "middleware-stale-length": {
    title: "middleware changes the body, not its length",
    rows: ["b66"],
    app: header("Content-Length", "13"),
    middleware: (app) => (environ: Loose, startResponse: Loose) => {
      const body = app(environ, startResponse);
      return {
        *[Symbol.iterator]() {
          for (const chunk of body) yield new Uint8Array(2 * chunk.length);
        },
        close: () => body.close(),
      };
    },
  },
  "middleware-no-close": {
    title: "middleware drops close()",
    rows: ["L2"],
    middleware: (app) =>
      function* (environ: Loose, startResponse: Loose) {
        for (const chunk of app(environ, startResponse)) yield chunk;
      },
  },
  "middleware-drains": {
    title: "middleware reads all before it returns",
    rows: ["K3"],
    app: lazyApp,
    middleware: (app) => (environ: Loose, startResponse: Loose) => {
      const body = app(environ, startResponse);
      return Object.assign([...body], { close: () => body.close() });
    },
  },
  "middleware-skips": {
    title: "middleware joins chunks",
    rows: ["K4"],
    app: returning(lazyBody(HELLO, HELLO)),
    middleware: (app) => (environ: Loose, startResponse: Loose) => {
      const body = app(environ, startResponse);
      return {
        *[Symbol.iterator]() {
          const chunks = [...body];
          yield new Uint8Array(chunks.flatMap((chunk) => [...chunk]));
        },
        close: () => body.close(),
      };
    },
  },
  "middleware-no-start": {
    title: "middleware keeps startResponse to itself",
    rows: ["b69"],
    middleware: (app) => (environ: Loose) => {
      app(environ, startServerResponse).close();
      return [];
    },
  },
};
