// deno-lint-ignore-file explicit-function-return-type -- these programs are wrong on purpose

/**
 * The cases that need code and cannot be described in `cases.jsonl`.
 * `programs.py` has the same programs in Python.
 *
 * @module
 */

import { RequestInput } from "../../gateway/input/input_stream.ts";
import type { HeaderTuple } from "../../mod.ts";
import {
  createEnviron,
  helloApp,
  type Loose,
  runServer,
  type Scenario,
} from "../../tests/validator/scenario.ts";

const TEXT: HeaderTuple = ["Content-Type", "text/plain"];
const HELLO = new TextEncoder().encode("Hello world!\n");
const EMPTY = new Uint8Array();

/** Starts a response and returns a body. */
function returning(body: Loose): NonNullable<Scenario["app"]> {
  return (_environ, startResponse) => {
    startResponse("200 OK", [TEXT]);
    return body;
  };
}

/** Creates a body that is not an array, so that its iteration is observed. */
export function lazyBody(...chunks: Uint8Array[]): Loose {
  return { [Symbol.iterator]: () => chunks.values(), close: () => {} };
}

/** Accepts everything, as startResponse of a lenient server. */
function startServerResponse(): () => Promise<void> {
  return () => Promise.resolve();
}

/**
 * Creates a `wsgi.input` without bytes.
 *
 * @param members Members that replace or extend its own.
 * @returns The stream.
 */
export function inputWith(members: Loose): Loose {
  return Object.assign(new RequestInput(() => null), members);
}

function setInput(members: Loose): Pick<Scenario, "environ"> {
  return {
    environ: (environ) => void (environ["wsgi.input"] = inputWith(members)),
  };
}

/** The programs, or the parts of them that are code, by id. */
export const PROGRAMS: Readonly<Record<string, Scenario>> = {
  "start-named-arguments": {
    app: (_environ, startResponse) => {
      startResponse({ status: "200 OK", headers: [TEXT] });
      return [HELLO];
    },
  },
  "start-after-close": {
    app: (_environ, startResponse) => {
      startResponse("200 OK", [TEXT]);
      const close = () => {
        try {
          startResponse("500 Error", [TEXT], new Error("late"));
        } catch {
          // startResponse throws it, because the headers have been sent.
        }
      };
      return { ...lazyBody(HELLO), close };
    },
  },
  "exc-info-caught": {
    app: function* (_environ, startResponse) {
      startResponse("200 OK", [TEXT]);
      yield HELLO;
      try {
        startResponse("500 Error", [TEXT], new Error("it failed"));
      } catch {
        yield HELLO;
      }
    },
  },
  "finding-swallowed": {
    app: (_environ, startResponse) => {
      try {
        startResponse("200 OK", [TEXT, ["X-Count", 12]]);
      } catch (error) {
        startResponse("200 OK", [TEXT], error);
      }
      return [HELLO];
    },
  },
  "write-string": {
    app: (_environ, startResponse) => {
      startResponse("200 OK", [TEXT])("Hello world!\n");
      return [];
    },
  },
  "write-after-close": {
    app: (_environ, startResponse) => {
      const write = startResponse("200 OK", [TEXT]);
      return Object.assign([HELLO], { close: () => void write(HELLO) });
    },
  },
  "headers-iterator": {
    app: (_environ, startResponse) => {
      startResponse("200 OK", [TEXT].values());
      return [HELLO];
    },
  },
  "body-bytes": { app: returning(HELLO) },
  "body-generator-function": {
    app: returning(function* () {
      yield HELLO;
    }),
  },
  "body-next-only": {
    app: returning({ next: () => ({ done: true, value: undefined }) }),
  },
  "chunk-buffer": { app: returning([HELLO.buffer]) },
  "chunk-array": { app: returning([[HELLO]]) },
  "generator-returns": {
    app: function* (environ, startResponse) {
      startResponse("200 OK", [TEXT]);
      if (environ.PATH_INFO === "/") return HELLO;
      yield EMPTY;
    },
  },
  "close-no-function": {
    app: returning(Object.assign([HELLO], { close: "yes" })),
  },
  "input-seek": setInput({ seek: () => 0 }),
  "input-after-close": {
    input: "one\ntwo\n",
    server: async (app, environ) => {
      await runServer(app, environ);
      // Like a task of the application that is still running.
      await environ["wsgi.input"].read(3);
    },
  },
  "errors-bytes": {
    app: (environ, startResponse) => {
      environ["wsgi.errors"].write(HELLO);
      return helloApp(environ, startResponse);
    },
  },
  "environ-class": {
    environ: (environ) => Object.assign(new (class Variables {})(), environ),
  },
  "environ-other-key": {
    environ: (environ) => void (environ[Symbol("one")] = "one"),
  },
  "environ-input-read-only": {
    environ: (environ) => {
      environ["wsgi.input"] = { read: () => Promise.resolve(EMPTY) };
    },
  },
  "environ-errors-write-only": {
    environ: (environ) => void (environ["wsgi.errors"] = { write() {} }),
  },
  "environ-input-text": setInput({ read: async () => await "one" }),
  "server-reads-too-much": setInput({
    read: async () => await new Uint8Array(4),
  }),
  "server-environ-twice": {
    server: async (app, environ) => {
      await runServer(app, environ);
      await runServer(app, environ);
    },
  },
  "server-never-closes": {
    validate: (validate) => {
      const app = validate(helloApp);
      app(createEnviron(), startServerResponse);
      app.assertFinished();
    },
  },
  "middleware-stale-length": {
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
    middleware: (app) =>
      function* (environ: Loose, startResponse: Loose) {
        for (const chunk of app(environ, startResponse)) yield chunk;
      },
  },
  "middleware-drains": {
    app: returning(lazyBody(HELLO)),
    middleware: (app) => (environ: Loose, startResponse: Loose) => {
      const body = app(environ, startResponse);
      return Object.assign([...body], { close: () => body.close() });
    },
  },
  "middleware-skips": {
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
    middleware: (app) => (environ: Loose) => {
      app(environ, startServerResponse).close();
      return [];
    },
  },
};
