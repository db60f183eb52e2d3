// deno-lint-ignore-file explicit-function-return-type -- the applications in it have no types
import { assertEquals } from "@std/assert";
import { bytes, closing, PLAIN, start, yielding } from "./programs.ts";
import { run, type Stack, summary } from "./validated.ts";
import { foundIn, type Loose, type Scenario } from "./scenario.ts";

const LENGTH_4 = [PLAIN, ["Content-Length", "4"]];

/** An application that says how long its body is. */
function four(status = "200 OK") {
  return (_environ: Loose, startResponse: Loose) => {
    startResponse(status, LENGTH_4);
    return [bytes("four")];
  };
}

/** Tests what a stack finds, each rule with what is to blame. */
function finds(name: string, stack: Stack, ...expected: string[]): void {
  Deno.test(name, async () => {
    const { all } = await run(stack);
    const rules = summary(all).map((line) =>
      line.replace(" by middleware", "")
    );
    assertEquals(rules, expected);
  });
}

type Wrap = NonNullable<Stack["middleware"]>;

/** Middleware that writes what it has from the inner body. */
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

const two = (_environ: Loose, startResponse: Loose) => {
  startResponse("200 OK", [PLAIN]);
  return [bytes("first"), bytes("last")];
};

finds("a chunk of an inner array is found in write(), whichever it is", {
  app: two,
  middleware: writing(([first]) => [first!]),
}, "middleware/write");

finds("a chunk of its own may be written", {
  app: two,
  middleware: writing(() => [bytes("own")]),
});

for (const [length, ...rules] of [[0], [1, "middleware/write"]] as const) {
  finds(`a chunk that is passed on has bytes: ${length}`, {
    app: yielding(new Uint8Array(length)),
    middleware: writing((chunks) => chunks),
  }, ...rules);
}

/** Takes a whole body and returns its chunks. */
const draining: Wrap = (app) => (environ, startResponse) => {
  const body = app(environ, startResponse);
  const taken = [...body];
  body.close();
  return taken;
};

finds("an inner array may be taken at once", { middleware: draining });

for (const [length, ...rules] of [[0], [1, "middleware/drained"]] as const) {
  finds(`an inner body that is taken at once has bytes: ${length}`, {
    app: yielding(new Uint8Array(length)),
    middleware: draining,
  }, ...rules);
}

/** Middleware that passes an inner body on so. */
function passing(pass: (body: Loose) => Iterable<unknown>): Wrap {
  return (app) => (environ, startResponse) => {
    const body = app(environ, startResponse);
    const iterate = () => pass(body)[Symbol.iterator]();
    return { [Symbol.iterator]: iterate, close: () => body.close() };
  };
}

Deno.test("validator() says that chunks are collected where the second one is taken", async () => {
  const events: string[] = [];
  await run({
    app: (_environ, startResponse) => {
      startResponse("200 OK", [PLAIN]);
      return {
        *[Symbol.iterator]() {
          for (const text of ["1", "2", "3"]) {
            events.push(text);
            yield bytes(text);
          }
        },
      };
    },
    middleware: passing(function* (body) {
      yield* [...body];
    }),
    outerOptions: {
      throws: false,
      onViolation: ({ rule }) => void events.push(rule),
    },
  });
  assertEquals(events, ["1", "2", "middleware/chunk-for-chunk", "3"]);
});

/** Middleware that begins no response, and has this body. */
function lost(...chunks: Uint8Array[]): Wrap {
  return (app) => (environ: Loose) => {
    app(environ, start).close();
    return chunks;
  };
}

const x = bytes("x");

Deno.test.each<[Uint8Array[], unknown[], string]>([
  [[], ["200 OK", []], "the end of the body"],
  [[bytes("")], ["200 OK", []], "the end of the body"],
  [[x], ["200 OK", []], "a Uint8Array of 1 bytes"],
  [[x, x], ["200 OK", []], "a Uint8Array of 1 bytes"],
  [[], ["200 OK"], "the end of the body before a call, after undefined"],
])(
  "validator() says before what a middleware should have called startResponse: %#",
  async (chunks, args, got) => {
    const { outer } = await run({
      app: (_environ, startResponse) => {
        startResponse(...args);
        return [];
      },
      middleware: lost(...chunks),
      server: closing,
    });
    assertEquals(summary(outer), [
      "middleware/start-response-lost by middleware",
    ]);
    assertEquals(foundIn(outer[0]!.message).startsWith(got), true);
  },
);

for (
  const [outer, inner] of [
    [[undefined, "/a/b"], ["/a", "/b"]],
    [["/a", undefined], ["", "/a"]],
  ] as const
) {
  Deno.test(`validator() takes a path that is no text for none: ${outer}`, async () => {
    const toVariables = ([script, info]: readonly unknown[]) => ({
      ...{ SCRIPT_NAME: script, PATH_INFO: info },
    });
    const { all } = await run({
      outerOptions: { profile: "paranoid" },
      innerOptions: { profile: "paranoid" },
      environ: (environ) => ({ ...environ, ...toVariables(outer) }),
      middleware: (app) => (environ, startResponse) =>
        app({ ...environ, ...toVariables(inner) }, startResponse),
    });
    const rules = all.map(({ rule }) => rule);
    assertEquals(rules.filter((rule) => rule.startsWith("middleware/")), []);
  });
}

finds(
  "changed headers are found also where the middleware has not answered yet",
  {
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
  },
  "middleware/headers-changed",
);

// Content-Length --------------------------------------------------------------

/** Middleware that keeps Content-Length, and answers itself with so many bytes. */
function answering(written: number, yielded: number): Wrap {
  return (app) => (environ, startResponse) => {
    app(environ, start).close();
    const write = startResponse("200 OK", LENGTH_4);
    if (written > 0) write(new Uint8Array(written));
    return yielded > 0 ? [new Uint8Array(yielded)] : [];
  };
}

for (
  const [written, yielded] of [[0, 4], [4, 0], [3, 1], [0, 3], [3, 0], [
    2,
    1,
  ]] as const
) {
  const rules = written + yielded === 4 ? [] : ["middleware/content-length"];
  finds(`a body is measured against the inner length: ${written}, ${yielded}`, {
    app: four(),
    middleware: answering(written, yielded),
  }, ...rules);
}

finds("a Content-Length is compared with none where no response was begun", {
  app: () => [bytes("four")],
  middleware: answering(0, 4),
  server: closing,
}, "start-response/late by application");

finds("no body is measured without a response", {
  app: () => [bytes("x")],
  server: closing,
}, "start-response/late by application");

/** What is said of the length of a body whose chunks are changed. */
async function lengths(
  status: string,
  change: (chunk: Uint8Array) => unknown,
  environ?: Scenario["environ"],
): Promise<string[]> {
  const { outer } = await run({
    app: four(status),
    ...environ && { environ },
    middleware: passing(function* (body) {
      for (const chunk of body) yield change(chunk);
    }),
    // One that takes every chunk, also of a response without content.
    server: (app, environ) => {
      const body = app(environ, start);
      for (const _chunk of body);
      body.close();
    },
  });
  return outer.filter(({ rule }) => rule === "middleware/content-length")
    .map(({ message }) => foundIn(message).replace(/ with.*/, ""));
}

const drop = (chunk: Uint8Array) => chunk.subarray(0, 0);

Deno.test.each<[string, string, (chunk: Uint8Array) => unknown, string[]]>([
  ["the same chunks", "200 OK", (chunk) => chunk, []],
  ["the same length", "200 OK", (chunk) => chunk.toReversed(), []],
  ["a byte less", "200 OK", (chunk) => chunk.subarray(1), [
    "a body of 3 bytes",
  ]],
  ["a byte more", "200 OK", () => new Uint8Array(5), ["5 bytes"]],
  ["nothing", "204 No Content", drop, []],
  ["nothing", "205 Reset Content", drop, []],
  ["nothing", "304 Not Modified", drop, []],
  ["nothing", "206 Partial Content", drop, ["a body of 0 bytes"]],
  ["nothing", "305 Use Proxy", drop, ["a body of 0 bytes"]],
  ["another kind", "200 OK", () => "Hello", []],
  ["what has a length", "200 OK", () => ({ byteLength: 9 }), []],
])(
  "middleware/content-length counts %s with %s",
  async (_what, status, change, expected) => {
    assertEquals(await lengths(status, change), expected);
  },
);

Deno.test("middleware/content-length is about no answer to HEAD", async () => {
  const head = (environ: Loose) => ({ ...environ, REQUEST_METHOD: "HEAD" });
  assertEquals(await lengths("200 OK", drop, head), []);
});
