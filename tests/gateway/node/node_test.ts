import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { toNodeListener } from "../../../gateway/node/node.ts";
import type { Application, Environ } from "../../../wsgi/types.ts";
import { ask, RawClient } from "../../raw_client.ts";
import { serveNode } from "./node_serving.ts";
import { answering } from "../recording_transport.ts";
import { get } from "../../server/serving.ts";

Deno.test("toNodeListener() refuses what is no application", () => {
  assertThrows(
    () => toNodeListener({} as Application),
    TypeError,
    "must be a function (environ, startResponse)",
  );
});

Deno.test("toNodeListener() copies what it sends", async () => {
  const chunk = new Uint8Array(1 << 20);
  const body = function* (): Generator<Uint8Array, void> {
    for (const byte of [97, 98, 99, 100]) yield chunk.fill(byte);
  };
  await using serving = await serveNode(answering(body, []));
  const { body: got } = await ask(serving, get());
  const counts = Array.from("abcd", (letter) => got.split(letter).length - 1);
  assertEquals(counts, Array(4).fill(1 << 20));
});

Deno.test("toNodeListener() calls onError and answers 500", async () => {
  const seen: [unknown, Environ][] = [];
  const error = new Error("<secret>");
  await using serving = await serveNode(() => {
    throw error;
  }, { onError: (error, environ) => void seen.push([error, environ]) });
  const { head, body } = await ask(serving, get("/x"));
  assertEquals(head.line, "HTTP/1.1 500 Internal Server Error");
  assertEquals(body, "500 Internal Server Error\n");
  assertEquals(seen.map(([e, { PATH_INFO }]) => [e, PATH_INFO]), [[
    error,
    "/x",
  ]]);
});

Deno.test("toNodeListener() resets the connection of an HTTP/1.0 response that fails", async () => {
  const body = async function* (): AsyncGenerator<Uint8Array, void> {
    yield await Promise.resolve(new Uint8Array(5));
    throw new Error("late");
  };
  await using serving = await serveNode(answering(body, []));
  using client = await RawClient.connect(serving);
  await client.send("GET / HTTP/1.0\r\n\r\n");
  assertEquals((await client.response()).complete, false);
  assertEquals(client.ending, "reset");
});

Deno.test("toNodeListener() breaks the connection where even the error page fails", async () => {
  const fail = (): never => {
    throw new Error("page");
  };
  await using serving = await serveNode(fail, { errorPage: fail });
  using client = await RawClient.connect(serving);
  await client.send(get());
  assertEquals(await client.rest(), "");
  assertStringIncludes(serving.log.join(""), "Error: page");
});
