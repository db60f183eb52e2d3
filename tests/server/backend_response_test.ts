import {
  assert,
  assertEquals,
  assertFalse,
  assertLess,
  assertStringIncludes,
} from "@std/assert";
import type { Application } from "../../wsgi/types.ts";
import { validator } from "../../validator.ts";
import { RawClient, within } from "../raw_client.ts";
import {
  ask,
  request,
  serve,
  statusOf,
  test,
  utf8,
} from "./backend_gateway.ts";

const encoder = new TextEncoder();
const MIB = 1024 * 1024;

test("sends status, headers and body, and ends the connection", async (gateway) => {
  const app: Application = (_environ, startResponse) => {
    startResponse("418 I'm a teapot", [
      ["Set-Cookie", "a"],
      ["Set-Cookie", "b"],
      ["X-Text", "\xe9"],
    ]);
    return [encoder.encode("caf"), encoder.encode("é")];
  };
  await using serving = serve(gateway, validator(app));
  const { head, body, complete } = await ask(serving);
  assertEquals(head.line, `${gateway.prefix} 418 I'm a teapot`);
  assertEquals(head.headers, [
    ["Set-Cookie", "a"],
    ["Set-Cookie", "b"],
    ["X-Text", "\xe9"],
    ["Content-Length", "5"],
  ]);
  assertEquals([body, complete], [utf8("café"), true]);
});

test("sends no Content-Length and no body with 2xx to CONNECT", async (gateway) => {
  await using serving = serve(gateway, (_environ, startResponse) => {
    startResponse("200 OK", [["Content-Length", "1"]]);
    return [encoder.encode("x")];
  });
  const { head, body } = await ask(serving, { REQUEST_METHOD: "CONNECT" });
  assertEquals([head.headers, body], [[], ""]);
});

test("drops a header named Status", async (gateway) => {
  await using serving = serve(gateway, (_environ, startResponse) => {
    startResponse("200 OK", [["status", "500 x"], ["X-A", "1"]]);
    return [];
  });
  const { head } = await ask(serving);
  assertEquals(head.headers, [["X-A", "1"], ["Content-Length", "0"]]);
  assertStringIncludes(serving.log.join(""), "Status was dropped");
});

test("sends each chunk when it is made", async (gateway) => {
  const steps = [1, 2].map(() => Promise.withResolvers<void>());
  await using serving = serve(
    gateway,
    async function* (
      _environ,
      startResponse,
    ): AsyncGenerator<Uint8Array, void> {
      startResponse("200 OK", []);
      for (const [i, step] of steps.entries()) {
        yield encoder.encode(String(i));
        await step.promise;
      }
    },
  );
  using client = await RawClient.connect(serving);
  await client.send(request(gateway));
  await client.head();
  for (const [i, step] of steps.entries()) {
    assertEquals(await client.bytes(1), String(i));
    step.resolve();
  }
  assertEquals([await client.rest(), client.ending], ["", "fin"]);
});

test("sends no body for HEAD, 204 and 304", async (gateway) => {
  await using serving = serve(gateway, (environ, startResponse) => {
    startResponse(environ.QUERY_STRING, []);
    return [encoder.encode("body")];
  });
  for (
    const [method, status] of [
      ["HEAD", "200 OK"],
      ["GET", "204 No Content"],
      ["GET", "304 Not Modified"],
    ] as const
  ) {
    const { head, body, complete } = await ask(serving, {
      REQUEST_METHOD: method,
      QUERY_STRING: status,
    });
    assertEquals([head.line, body, complete], [
      `${gateway.prefix} ${status}`,
      "",
      true,
    ]);
  }
});

test("sends a file in whole", async (gateway) => {
  const file = new URL(import.meta.url);
  await using serving = serve(gateway, async (environ, startResponse) => {
    startResponse("200 OK", []);
    const wrap = environ["wsgi.file_wrapper"];
    const opened = await Deno.open(file);
    return wrap === undefined ? [] : wrap(opened);
  });
  const { body } = await ask(serving);
  assertEquals(body, utf8(await Deno.readTextFile(file)));
});

test("sends all of a body that the client reads late", async (gateway) => {
  const body = new Uint8Array(10 * MIB).fill(0x61);
  await using serving = serve(gateway, (_environ, startResponse) => {
    startResponse("200 OK", []);
    return [body];
  });
  using client = await RawClient.connect(serving);
  await client.send(request(gateway));
  await client.head();
  assertEquals(await client.skip(20 * MIB), 10 * MIB);
  assertEquals(client.ending, "fin");
});

test("asks for no more than the client reads", async (gateway) => {
  let made = 0;
  const closed = Promise.withResolvers<void>();
  await using serving = serve(gateway, (_environ, startResponse) => {
    startResponse("200 OK", []);
    return {
      *[Symbol.iterator](): Generator<Uint8Array, void> {
        for (;; made++) yield new Uint8Array(MIB);
      },
      close: () => closed.resolve(),
    };
  });
  using client = await RawClient.connect(serving);
  await client.send(request(gateway));
  await client.head();
  await client.skip(MIB);
  // What comes in spite of that is in the buffers of the two sockets.
  await client.skip(8 * MIB);
  assertLess(made, 30);
  client.close();
  await within(closed.promise, "close()");
});

test("answers an error before the first byte with 500", async (gateway) => {
  await using serving = serve(
    gateway,
    validator(() => {
      throw new Error("on purpose");
    }),
  );
  const { head, body } = await ask(serving);
  assertEquals(head.line, `${gateway.prefix} 500 Internal Server Error`);
  assertEquals(body, "500 Internal Server Error\n");
  assertStringIncludes(serving.log.join(""), "on purpose");
});

test("breaks a response whose body fails", async (gateway) => {
  await using serving = serve(gateway, (_environ, startResponse) => {
    startResponse("200 OK", [["Content-Length", "10"]]);
    return (function* (): Generator<Uint8Array, void> {
      yield encoder.encode("12345");
      throw new Error("on purpose");
    })();
  });
  const { head, body } = await ask(serving);
  assertEquals([statusOf(head), head.get("content-length")], [200, "10"]);
  assertEquals(body, "12345");
});

test("tells an application that waits when the client leaves", async (gateway) => {
  const told = Promise.withResolvers<unknown>();
  const begun = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  await using serving = serve(gateway, async (environ, startResponse) => {
    const signal = environ["wsgiref.signal"]?.();
    startResponse("200 OK", []);
    begun.resolve();
    await new Promise<void>((resolve) =>
      signal?.addEventListener("abort", () => {
        told.resolve(signal.reason);
        resolve();
      })
    );
    return Object.assign([encoder.encode("late")], { close: closed.resolve });
  });
  using client = await RawClient.connect(serving);
  await client.send(request(gateway));
  await begun.promise;
  client.close();
  const reason = await within(told.promise, "the signal");
  assert(reason instanceof Error);
  assertEquals(reason.name, "ClientDisconnected");
  await within(closed.promise, "close()");
  assertEquals(serving.log, []);
});

test("closes the body of a client that leaves while it waits for a chunk", async (gateway) => {
  const closed = Promise.withResolvers<void>();
  await using serving = serve(gateway, (_environ, startResponse) => {
    startResponse("200 OK", []);
    return {
      async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
        yield encoder.encode("first");
        await closed.promise;
      },
      close: () => closed.resolve(),
    };
  });
  using client = await RawClient.connect(serving);
  await client.send(request(gateway, { REQUEST_METHOD: "POST" }, "unread"));
  await client.head();
  client.close();
  await within(closed.promise, "close()");
  assertEquals(serving.log, []);
});

test("takes an end after Content-Length for no leaving", async (gateway) => {
  let signal: AbortSignal | undefined;
  const gone = Promise.withResolvers<void>();
  const done = Promise.withResolvers<void>();
  await using serving = serve(gateway, async (environ, startResponse) => {
    signal = environ["wsgiref.signal"]?.();
    const write = startResponse("200 OK", [["Content-Length", "2"]]);
    await write(encoder.encode("ok"));
    // As nginx does, which closes as soon as it has the two bytes.
    await gone.promise;
    // The server has seen it when another request is over.
    return Object.assign([], { close: () => done.resolve() });
  });
  {
    using client = await RawClient.connect(serving);
    await client.send(request(gateway));
    await client.head();
    await client.bytes(2);
  }
  using other = await RawClient.connect(serving);
  await other.closeWrite();
  await other.rest();
  gone.resolve();
  await within(done.promise, "close()");
  assertFalse(signal?.aborted);
  assertEquals(serving.log, []);
});

test("answers at once who has closed the sending side", async (gateway) => {
  const body = new Uint8Array(3 * MIB);
  await using serving = serve(gateway, (_environ, startResponse) => {
    startResponse("200 OK", []);
    return [body];
  });
  using client = await RawClient.connect(serving);
  await client.send(request(gateway));
  await client.closeWrite();
  assertEquals(statusOf(await client.head()), 200);
  assertEquals(await client.skip(4 * MIB), 3 * MIB);
});
