// deno-lint-ignore-file explicit-function-return-type -- deliberate mistakes have no type
import { assertEquals } from "@std/assert";
import {
  answer,
  bytes,
  closing,
  PLAIN,
  silent,
  start,
  statuses,
  yielding,
} from "./programs.ts";
import {
  createEnviron,
  foundIn,
  helloApp,
  type Loose,
  runServer,
} from "./scenario.ts";
import {
  copying,
  draining,
  passing,
  run,
  type Stack,
  summary,
  type Wrap,
} from "./validated.ts";

const [challenge] = statuses("401 Unauthorized").map(({ app }) => app!);

const CHALLENGE = "http/challenge by application";
const x = bytes("x");

/** Middleware that writes some chunks of the inner body. */
function writing(pick: (chunks: Uint8Array[]) => Uint8Array[]): Wrap {
  return (app) => (environ, startResponse) => {
    let write: Loose;
    const body = app(
      environ,
      (...args: unknown[]) => write = startResponse(...args),
    );
    for (const chunk of pick([...body])) write(chunk);
    body.close();
    return [];
  };
}

const LENGTH_4 = [PLAIN, ["Content-Length", "4"]];

/** An application that sends the length of its body. */
function four(status = "200 OK") {
  return answer(status, LENGTH_4, {}, [bytes("four")]).app!;
}

/** Middleware that keeps Content-Length, and sends a body of its own. */
function replacing(written: number, yielded: number): Wrap {
  return (app) => (environ, startResponse) => {
    app(environ, start).close();
    const write = startResponse("200 OK", LENGTH_4);
    if (written > 0) write(new Uint8Array(written));
    return yielded > 0 ? [new Uint8Array(yielded)] : [];
  };
}

const two = answer("200 OK", [PLAIN], {}, [bytes("first"), bytes("last")]).app!;

/** An application that logs a value that is not text, and answers. */
const logging = (environ: Loose, startResponse: Loose) => {
  environ["wsgi.errors"].write(5);
  return helloApp(environ, startResponse);
};

const fromEntries = (environ: Loose) =>
  Object.fromEntries(Object.entries({ ...environ, HTTP_X: 5 }));

/** Sends the same path with other variables from both sides. */
function paths(outer: unknown[], inner: unknown[]): Stack {
  const toPath = ([SCRIPT_NAME, PATH_INFO]: unknown[]) => ({
    SCRIPT_NAME,
    PATH_INFO,
  });
  return {
    outerOptions: { profile: "paranoid", rules: { "environ/*": "off" } },
    innerOptions: { profile: "paranoid", rules: { "environ/*": "off" } },
    environ: (environ) => ({ ...environ, ...toPath(outer) }),
    middleware: copying((environ) => ({ ...environ, ...toPath(inner) })),
  };
}

let closed: Promise<unknown> | undefined;
let waiting: Promise<Loose> | undefined;
const answered = Promise.withResolvers<void>();

Deno.test.each<[string, Stack, string[]]>([
  // Who is to blame
  ["the application where the inner validator checks less", {
    app: challenge!,
    innerOptions: { profile: "core" },
  }, [CHALLENGE]],
  ["wsgi.errors in the outer validator alone", {
    app: logging,
    innerOptions: { rules: { "errors/write": "off" } },
  }, ["errors/write by application"]],
  ["each fault once without middleware between", {
    middleware: (app) => app,
    app: (environ, startResponse) => {
      environ["wsgi.errors"].write(5);
      startResponse(200, []);
      return "Hello";
    },
    environ: (environ) => {
      delete environ.SERVER_PROTOCOL;
      silent(environ);
    },
    server: (app, environ) => app(environ, start),
  }, [
    "environ/missing-server-protocol by server",
    "errors/write by application",
    "status/string by application",
    "body/string by application",
  ]],
  // Links between validators
  ["middleware that copies string keys", {
    middleware: copying(fromEntries),
  }, ["environ/string by middleware"]],
  ["middleware that copies string keys, and replaces the input", {
    middleware: copying((environ) => ({
      ...fromEntries(environ),
      "wsgi.input": createEnviron()["wsgi.input"],
    })),
  }, ["environ/string by middleware"]],
  ["a repeated call with the same arguments", {
    middleware: (app) => (environ, startResponse) => {
      app(environ, start).close();
      delete environ.SERVER_PROTOCOL;
      return app(environ, startResponse);
    },
    app: logging,
    environ: silent,
  }, [
    "errors/write by application",
    "environ/missing-server-protocol by middleware",
    "errors/write by application",
  ]],
  ["nothing if middleware calls its application again", {
    middleware: (app) => async (environ, startResponse) => {
      const body = app(environ, start);
      const iterator = body[Symbol.asyncIterator]();
      await iterator.next();
      await iterator.return();
      await body.close();
      return app(environ, startResponse);
    },
    app: async function* (environ, startResponse) {
      startResponse("200 OK", [PLAIN]);
      yield await environ["wsgi.input"].read(5);
      environ["wsgi.errors"].write("Hello\n");
      yield new Uint8Array(1);
    },
  }, []],
  ["nothing if middleware waits for an application that it gave up", {
    app: () => answered.promise.then(() => []),
    innerOptions: { rules: { "start-response/never-called": "off" } },
    middleware: (app) => (environ, startResponse) => {
      waiting = app(environ, start);
      startResponse("503 Service Unavailable", [["Retry-After", "60"]]);
      return [];
    },
    server: async (app, environ) => {
      await runServer(app, environ);
      answered.resolve();
      (await waiting).close();
    },
  }, []],
  ["nothing if the close() of an inner body is called and not awaited", {
    app: (...args) =>
      Object.assign(helloApp(...args), { close: () => Promise.resolve() }),
    middleware: (app) => (environ, startResponse) => {
      const body = app(environ, startResponse);
      const close = () => void (closed = body.close());
      return { [Symbol.iterator]: () => body.values(), close };
    },
    server: async (app, environ) => {
      const body = app(environ, start);
      for (const _chunk of body);
      body.close();
      await closed;
    },
  }, []],
  // Bodies
  ["any chunk of an inner array in write()", {
    app: two,
    middleware: writing(([first]) => [first!]),
  }, ["middleware/write by middleware"]],
  ["nothing if middleware writes a chunk of its own", {
    app: two,
    middleware: writing(() => [bytes("own")]),
  }, []],
  ["nothing if middleware writes an empty chunk", {
    app: yielding(bytes("")),
    middleware: writing((chunks) => chunks),
  }, []],
  ["a yielded chunk in write()", {
    app: yielding(x),
    middleware: writing((chunks) => chunks),
  }, ["middleware/write by middleware"]],
  ["nothing if an inner array is read immediately", {
    middleware: draining,
  }, []],
  ["an inner body that is read completely before the first chunk", {
    app: yielding(x),
    middleware: draining,
  }, ["middleware/drained by middleware"]],
  ["nothing if an empty chunk stands for one that is held back", {
    app: yielding(x, x),
    middleware: passing(function* (body) {
      for (const _chunk of body) yield bytes("");
    }),
  }, []],
  ["nothing if middleware continues an iterator", {
    app: yielding(x, x),
    middleware: passing(function* (body) {
      const iterator = body[Symbol.iterator]();
      yield iterator.next().value;
      yield* iterator;
    }),
  }, []],
  ["changed headers if the middleware has not answered yet", {
    middleware: (app) => (environ, startResponse) => {
      let given: Loose;
      const body = app(environ, (status: string, headers: Loose) => {
        headers.push(["X-A", "1"]);
        given = [status, headers];
        return start();
      });
      startResponse(...given);
      return body;
    },
  }, ["middleware/headers-changed by middleware"]],
  // A path that is not a string counts as missing
  ...[
    paths([undefined, "/a/b"], ["/a", "/b"]),
    paths(["/a", undefined], ["", "/a"]),
  ].map((stack): [string, Stack, string[]] => [
    "nothing about a path that is not a string",
    stack,
    [],
  ]),
  // Content-Length
  ...[[0, 4], [4, 0], [3, 1], [0, 3], [3, 0], [2, 1]].map((
    [written = 0, yielded = 0],
  ): [string, Stack, string[]] => [
    `a wrong length of ${written} written and ${yielded} yielded bytes`,
    { app: four(), middleware: replacing(written, yielded) },
    written + yielded === 4 ? [] : ["middleware/content-length by middleware"],
  ]),
  ["no length if no inner response was started", {
    app: () => [bytes("four")],
    middleware: replacing(0, 4),
    server: closing,
  }, ["start-response/late by application"]],
  ["no length without a response", { app: () => [x], server: closing }, [
    "start-response/late by application",
  ]],
])("validator() in a stack reports %s", async (_what, stack, expected) => {
  assertEquals(summary((await run(stack)).all), expected);
});

// middleware/content-length ----------------------------------------------------

const drop = (chunk: Uint8Array) => chunk.subarray(0, 0);

Deno.test.each<[string, string, (chunk: Uint8Array) => unknown, string[]]>([
  ["a byte less", "200 OK", (chunk) => chunk.subarray(1), [
    "a body of 3 bytes",
  ]],
  ["a byte more", "200 OK", () => new Uint8Array(5), ["5 bytes"]],
  ["nothing", "304 Not Modified", drop, []],
  ["nothing", "206 Partial Content", drop, ["a body of 0 bytes"]],
  ["nothing", "305 Use Proxy", drop, ["a body of 0 bytes"]],
  ["another kind", "200 OK", () => "Hello", []],
  ["what has a length", "200 OK", () => ({ byteLength: 9 }), []],
])(
  "middleware/content-length counts %s with %s",
  async (_what, status, change, expected) => {
    const { outer } = await run({
      app: four(status),
      middleware: passing(function* (body) {
        for (const chunk of body) yield change(chunk);
      }),
      // A server that reads every chunk, even of a response without content.
      server: (app, environ) => {
        const body = app(environ, start);
        for (const _chunk of body);
        body.close();
      },
    });
    const found = outer.filter(({ rule }) => rule.endsWith("/content-length"))
      .map(({ message }) => foundIn(message).replace(/ with.*/, ""));
    assertEquals(found, expected);
  },
);
