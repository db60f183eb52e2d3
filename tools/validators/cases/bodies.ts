// deno-lint-ignore-file explicit-function-return-type -- what is wrong on purpose has no type

/**
 * Programs that are wrong about the body, wsgi.input or wsgi.errors.
 *
 * @module
 */

import {
  type Cases,
  HELLO,
  inputWith,
  returning,
  TEXT,
  toBytes,
} from "../case.ts";
import { runServer } from "../../../tests/validator/scenario.ts";

/** Programs that are wrong about the body. */
export const BODIES: Cases = {
  "body-string": {
    title: "string as the body",
    rows: ["I2"],
    app: returning("Hello world!\n"),
  },
  "body-bytes": {
    title: "bytes as the body",
    rows: ["I2"],
    app: returning(HELLO),
  },
  "body-nothing": {
    title: "return forgotten",
    rows: ["I1", "b72"],
    app: (_environ, startResponse) => {
      startResponse("200 OK", [TEXT]);
    },
  },
  "body-number": {
    title: "number as the body",
    rows: ["I1", "b72"],
    app: returning(13),
  },
  "body-generator-function": {
    title: "generator function not called",
    rows: ["I1", "b72"],
    app: returning(function* () {
      yield HELLO;
    }),
  },
  "body-next-only": {
    title: "iterator that is not iterable",
    rows: ["I1", "b72"],
    app: returning({ next: () => ({ done: true, value: undefined }) }),
  },
  "chunk-string": {
    title: "string as a chunk",
    rows: ["J1", "b27"],
    app: returning(["Hello world!\n"]),
  },
  "chunk-number": {
    title: "number as a chunk",
    rows: ["J1", "b27"],
    app: returning([13]),
  },
  "chunk-nothing": {
    title: "null as a chunk",
    rows: ["J1", "b27"],
    app: returning([null]),
  },
  "chunk-buffer": {
    title: "another kind of buffer as a chunk",
    rows: ["J1", "b27"],
    app: returning([HELLO.buffer]),
  },
  "chunk-array": {
    title: "array as a chunk",
    rows: ["J1", "b27"],
    app: returning([[HELLO]]),
  },
  "generator-returns": {
    title: "generator returns its chunk",
    rows: ["b11"],
    app: function* (environ, startResponse) {
      startResponse("200 OK", [TEXT]);
      if (environ.PATH_INFO === "/") return HELLO;
      yield toBytes("Another page\n");
    },
  },
  "close-no-function": {
    title: "close that is no function",
    rows: ["O6"],
    app: returning(Object.assign([HELLO], { close: "yes" })),
  },
};

/** Programs that misuse wsgi.input or wsgi.errors. */
export const STREAMS: Cases = {
  "input-close": {
    title: "`wsgi.input` closed",
    rows: ["M10"],
    app: (environ, startResponse) => {
      environ["wsgi.input"].close();
      startResponse("200 OK", [TEXT]);
      return [HELLO];
    },
  },
  "input-size-string": {
    title: "read() with a string",
    rows: ["M4"],
    input: "one\ntwo\n",
    app: async (environ, startResponse) => {
      await environ["wsgi.input"].read("3");
      startResponse("200 OK", [TEXT]);
      return [HELLO];
    },
  },
  "input-two-arguments": {
    title: "readline() with two arguments",
    rows: ["M5"],
    input: "one\ntwo\n",
    app: async (environ, startResponse) => {
      await environ["wsgi.input"].readline(3, 4);
      startResponse("200 OK", [TEXT]);
      return [HELLO];
    },
  },
  "input-seek": {
    title: "seek() of `wsgi.input` used",
    rows: ["M11"],
    environ: (environ) => {
      environ["wsgi.input"] = inputWith({ seek: () => 0 });
    },
    app: (environ, startResponse) => {
      environ["wsgi.input"].seek(0);
      startResponse("200 OK", [TEXT]);
      return [HELLO];
    },
  },
  "input-after-close": {
    title: "read() after the body was closed",
    rows: ["b63"],
    input: "one\ntwo\n",
    server: async (app, environ) => {
      await runServer(app, environ);
      // What the application has left running.
      await environ["wsgi.input"].read(3);
    },
  },
  "errors-bytes": {
    title: "bytes written to `wsgi.errors`",
    rows: ["N2"],
    app: (environ, startResponse) => {
      environ["wsgi.errors"].write(HELLO);
      startResponse("200 OK", [TEXT]);
      return [HELLO];
    },
  },
  "errors-close": {
    title: "`wsgi.errors` closed",
    rows: ["N3"],
    app: (environ, startResponse) => {
      environ["wsgi.errors"].close();
      startResponse("200 OK", [TEXT]);
      return [HELLO];
    },
  },
};
