// The kit has clients that leave before the first chunk or while reading.

import type { ServerResponse } from "node:http";
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { ClientDisconnected } from "../../../gateway/cancellation.ts";
import type { HeaderTuple } from "../../../wsgi/types.ts";
import { ask, within } from "../../raw_client.ts";
import { get, send } from "../../server/serving.ts";
import { untilAborted } from "../left_client.ts";
import { hanging } from "../recording_body.ts";
import { answering, Events, fail } from "../recording_transport.ts";
import { serveNode } from "./node_serving.ts";

Deno.test("toNodeListener() copies the chunks that it sends", async () => {
  const chunk = new Uint8Array(1 << 20);
  const body = function* (): Generator<Uint8Array, void> {
    for (const byte of [97, 98, 99, 100]) yield chunk.fill(byte);
  };
  await using serving = await serveNode(answering(body, []));
  const { body: got } = await ask(serving, get());
  const counts = Array.from("abcd", (letter) => got.split(letter).length - 1);
  assertEquals(counts, Array(4).fill(1 << 20));
});

Deno.test("toNodeListener() calls onError, and closes the connection if even the error page fails", async () => {
  const seen: unknown[] = [];
  await using serving = await serveNode(() => fail("<secret>"), {
    onError: (error, { PATH_INFO }) => void seen.push(`${error}`, PATH_INFO),
    errorPage: () => fail("page"),
  });
  using client = await send(serving, get("/x"));
  assertEquals(await client.rest(), "");
  assertEquals(seen, ["Error: <secret>", "/x", "Error: page", "/x"]);
  assertStringIncludes(serving.log.join(""), "Error: page");
});

Deno.test("toNodeListener() resets the connection of an HTTP/1.0 response that fails", async () => {
  const body = async function* (): AsyncGenerator<Uint8Array, void> {
    yield await Promise.resolve(new Uint8Array(5));
    fail("late");
  };
  await using serving = await serveNode(answering(body, []));
  using client = await send(serving, "GET / HTTP/1.0\r\n\r\n");
  assertEquals((await client.response()).complete, false);
  assertEquals(client.ending, "reset");
});

/** Returns the header lines of a response, with those that were set before. */
async function linesOf(
  headers: HeaderTuple[],
  before: (response: ServerResponse) => void,
): Promise<string[]> {
  const app = answering(() => [], headers);
  await using serving = await serveNode(app, {}, {}, (_request, response) => {
    response.sendDate = false;
    before(response);
  });
  const { head } = await ask(serving, get());
  const lines = head.headers.map(([name, value]) => `${name}: ${value}`);
  return lines.filter((line) => !/^(?:connection|keep-alive):/i.test(line));
}

const COOKIES: HeaderTuple[] = [["Set-Cookie", "a=1"], ["set-cookie", "b=2"]];
const SENT = ["Set-Cookie: a=1", "Set-Cookie: b=2"];

Deno.test.each<[object, HeaderTuple[], string[]]>([
  [{ "X-A": "1" }, COOKIES, ["X-A: 1", ...SENT]],
  [{ "set-cookie": ["c=3", "d=4"] }, COOKIES, [
    ...["Set-Cookie: c=3", "Set-Cookie: d=4"],
    ...SENT,
  ]],
  [{ Vary: "Origin" }, [["Vary", "Accept"]], ["Vary: Origin", "Vary: Accept"]],
  [{ Vary: "Accept" }, [["vary", "Accept"]], ["vary: Accept"]],
  [{ "x-a": "1" }, [["X-A", "2"], ["X-A", "3"]], ["X-A: 2", "X-A: 3"]],
  [{ "Content-Length": "7" }, [], []],
])(
  "toNodeListener() after setHeader() of %j sends the headers %j as %j",
  async (set, headers, expected) => {
    const lines = await linesOf(headers, (response) => {
      for (const [name, value] of Object.entries(set)) {
        response.setHeader(name, value);
      }
    });
    assertEquals(lines, [...expected, "Content-Length: 0"]);
  },
);

Deno.test("toNodeListener() passes no array to a wrapped writeHead()", async () => {
  let count = 0;
  const lines = await linesOf(COOKIES, (response) => {
    const { writeHead } = response;
    response.writeHead = (...args: unknown[]) => {
      count = args.length;
      return Reflect.apply(writeHead, response, args);
    };
  });
  assertEquals([count, ...lines.slice(0, 2)], [2, ...SENT]);
});

Deno.test.each(["close", "closeWrite"] as const)(
  "toNodeListener() closes the body of a client that leaves by %s()",
  async (leave) => {
    const events = new Events();
    const reason = Promise.withResolvers<unknown>();
    await using serving = await serveNode(answering((environ) => {
      untilAborted(environ).then(reason.resolve);
      return hanging(events);
    }));
    using client = await send(serving);
    await within(events.seen("next"), "the body");
    await client[leave]();
    if (leave === "closeWrite") assertEquals(await client.rest(), "");
    const error = await within(reason.promise, "the signal");
    assert(error instanceof ClientDisconnected);
    await within(events.seen("close"), "close()");
    assertEquals(events.list, ["next", "return", "close"]);
  },
);

Deno.test("toNodeListener() rejects write() when the client leaves", async () => {
  const events = new Events();
  await using serving = await serveNode(async (_environ, startResponse) => {
    const write = startResponse("200 OK", []);
    await assertRejects(async () => {
      for (;;) {
        await write(new Uint8Array(65_536));
        events.add("written");
      }
    }, ClientDisconnected);
    events.add("rejected");
    return [];
  });
  using client = await send(serving);
  await within(events.seen("written"), "the first chunk");
  client.close();
  await within(events.seen("rejected"), "write() to reject");
});

Deno.test("toNodeListener() closes the bodies of pipelined requests when the client leaves", async () => {
  const count = 15;
  const all = Array.from({ length: count }, () => new Events());
  let calls = 0;
  await using serving = await serveNode(
    answering(() => hanging(all[calls++]!)),
  );
  using client = await send(serving, get().repeat(count));
  const seen = (event: string) =>
    within(Promise.all(all.map((events) => events.seen(event))), event);
  await seen("next");
  client.close();
  await seen("close");
  assertEquals(calls, count);
});
