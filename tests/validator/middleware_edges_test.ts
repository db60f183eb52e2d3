// deno-lint-ignore-file explicit-function-return-type -- the applications in it have no types
import { assertEquals } from "@std/assert";
import type { Loose } from "./scenario.ts";
import { run, summary } from "./stack.ts";
import { bytes, PLAIN, start, yielding } from "./requests.ts";

const PARANOID = {
  outerOptions: { profile: "paranoid" },
  innerOptions: { profile: "paranoid" },
} as const;

Deno.test("validator() finds a chunk of an inner array in write(), whichever it is", async () => {
  const app = (_environ: Loose, startResponse: Loose) => {
    startResponse("200 OK", [PLAIN]);
    return [bytes("first"), bytes("last")];
  };
  const writing = (pick: (chunks: Uint8Array[]) => Uint8Array) =>
    run({
      app,
      middleware: (app) => (environ, startResponse) => {
        let write: Loose;
        const body = app(environ, (...args: unknown[]) => {
          write = startResponse(...args);
          return write;
        });
        write(pick([...body]));
        body.close();
        return [];
      },
    });
  const given = await writing(([first]) => first!);
  assertEquals(summary(given.all), ["middleware/write by middleware"]);
  const own = await writing(() => bytes("own"));
  assertEquals(summary(own.all), []);
});

Deno.test.each([[0, []], [1, ["middleware/write by middleware"]]])(
  "validator() takes a chunk of %i bytes for one that was passed on",
  async (length, expected) => {
    const { all } = await run({
      app: yielding(new Uint8Array(length)),
      middleware: (app) => (environ, startResponse) => {
        let write: Loose;
        const body = app(
          environ,
          (...args: unknown[]) => write = startResponse(...args),
        );
        for (const chunk of body) write(chunk);
        body.close();
        return [];
      },
    });
    assertEquals(summary(all), [...expected]);
  },
);

Deno.test.each<[string, Uint8Array[], string[]]>([
  ["no bytes", [bytes("")], []],
  ["one byte", [bytes("x")], ["middleware/drained by middleware"]],
])(
  "validator() tells that a middleware has taken an inner body with %s",
  async (_what, chunks, expected) => {
    const { all } = await run({
      app: yielding(...chunks),
      middleware: (app) => (environ, startResponse) => {
        const body = app(environ, startResponse);
        const taken = [...body];
        body.close();
        return taken;
      },
    });
    assertEquals(summary(all), expected);
  },
);

Deno.test("validator() lets a middleware take an inner array at once", async () => {
  const { all } = await run({
    middleware: (app) => (environ, startResponse) => {
      const body = app(environ, startResponse);
      const taken = [...body];
      body.close();
      return taken;
    },
  });
  assertEquals(summary(all), []);
});

Deno.test("validator() tells that chunks are collected where the second one is taken", async () => {
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
    middleware: (app) => (environ, startResponse) => {
      const body = app(environ, startResponse);
      return {
        *[Symbol.iterator]() {
          yield* [...body];
        },
        close: () => body.close(),
      };
    },
    outerOptions: {
      throws: false,
      onViolation: ({ rule }) => void events.push(rule),
    },
  });
  assertEquals(events, ["1", "2", "middleware/chunk-for-chunk", "3"]);
});

/** Middleware that begins no response, and has this body. */
function lost(...chunks: Uint8Array[]): (app: Loose) => Loose {
  return (app) => (environ: Loose) => {
    const body = app(environ, start);
    body.close();
    return chunks;
  };
}

Deno.test("validator() says before what a middleware should have called startResponse", async () => {
  const gotOf = async (...chunks: Uint8Array[]) => {
    const { outer } = await run({
      middleware: lost(...chunks),
      server: (app, environ) => app(environ, start).close(),
    });
    assertEquals(summary(outer), [
      "middleware/start-response-lost by middleware",
    ]);
    return /, got (.*) before/.exec(outer[0]?.message ?? "")?.[1];
  };
  assertEquals(await gotOf(), "the end of the body");
  assertEquals(await gotOf(bytes("")), "the end of the body");
  assertEquals(await gotOf(bytes("x")), "a Uint8Array of 1 bytes");
  assertEquals(await gotOf(bytes("x"), bytes("y")), "a Uint8Array of 1 bytes");
});

Deno.test("validator() says that a call of startResponse was lost that had no headers", async () => {
  const { outer } = await run({
    app: (_environ, startResponse) => {
      startResponse("200 OK");
      return [];
    },
    middleware: lost(),
    server: (app, environ) => app(environ, start).close(),
  });
  assertEquals(
    outer.map(({ message }) => /, got (.*) from the inner/.exec(message)?.[1]),
    ["the end of the body before a call, after undefined"],
  );
});

Deno.test.each([
  [{ SCRIPT_NAME: undefined, PATH_INFO: "/a/b" }, {
    SCRIPT_NAME: "/a",
    PATH_INFO: "/b",
  }],
  [{ SCRIPT_NAME: "/a", PATH_INFO: undefined }, {
    SCRIPT_NAME: "",
    PATH_INFO: "/a",
  }],
])(
  "validator() takes a path that is no text for none: %j",
  async (outer, inner) => {
    const { all } = await run({
      ...PARANOID,
      environ: (environ) => ({ ...environ, ...outer }),
      middleware: (app) => (environ, startResponse) =>
        app({ ...environ, ...inner }, startResponse),
    });
    assertEquals(
      all.filter(({ rule }) => rule.startsWith("middleware/")).length,
      0,
    );
  },
);

Deno.test("validator() compares the Content-Length of a middleware with none", async () => {
  const { outer } = await run({
    app: () => [bytes("x")],
    middleware: (app) => (environ, startResponse) => {
      app(environ, start).close();
      startResponse("200 OK", [PLAIN, ["Content-Length", "1"]]);
      return [bytes("x")];
    },
    server: (app, environ) => app(environ, start).close(),
  });
  assertEquals(summary(outer), []);
});

Deno.test("validator() finds changed headers also where the middleware has not answered yet", async () => {
  const { all } = await run({
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
  });
  assertEquals(summary(all), ["middleware/headers-changed by middleware"]);
});

Deno.test.each<[string, (length: number) => Loose]>([
  ["yields", (length) => (startResponse: Loose) => {
    startResponse("200 OK", [PLAIN, ["Content-Length", "4"]]);
    return [new Uint8Array(length)];
  }],
  ["writes", (length) => (startResponse: Loose) => {
    const write = startResponse("200 OK", [PLAIN, ["Content-Length", "4"]]);
    write(new Uint8Array(length));
    return [];
  }],
  ["writes and yields", (length) => (startResponse: Loose) => {
    const write = startResponse("200 OK", [PLAIN, ["Content-Length", "4"]]);
    write(new Uint8Array(length - 1));
    return [new Uint8Array(1)];
  }],
])(
  "validator() measures what a middleware %s against the length of the inner application",
  async (_what, answer) => {
    const measure = async (length: number) => {
      const { all } = await run({
        app: (_environ, startResponse) => {
          startResponse("200 OK", [PLAIN, ["Content-Length", "4"]]);
          return [bytes("four")];
        },
        middleware: (app) => (environ, startResponse) => {
          app(environ, start).close();
          return answer(length)(startResponse);
        },
      });
      return summary(all);
    };
    assertEquals(await measure(4), []);
    assertEquals(await measure(3), ["middleware/content-length by middleware"]);
  },
);

Deno.test("validator() measures no body without a response", async () => {
  const { all } = await run({
    app: () => [bytes("x")],
    middleware: (app) => (environ, startResponse) =>
      app(environ, startResponse),
    server: (app, environ) => app(environ, start).close(),
  });
  assertEquals(summary(all), ["start-response/late by application"]);
});

Deno.test("validator() measures no chunk of a middleware that is none", async () => {
  const { outer } = await run({
    app: (_environ, startResponse) => {
      startResponse("200 OK", [PLAIN, ["Content-Length", "4"]]);
      return [bytes("four")];
    },
    middleware: (app) => (environ, startResponse) => {
      const body = app(environ, startResponse);
      return Object.assign([...body, { byteLength: 9 }], {
        close: () => body.close(),
      });
    },
  });
  assertEquals(summary(outer), ["body/chunk by middleware"]);
});
