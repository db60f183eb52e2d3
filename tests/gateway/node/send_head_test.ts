import { assertEquals } from "@std/assert";
import type { ServerResponse } from "node:http";
import type { HeaderTuple } from "../../../wsgi/types.ts";
import { ask } from "../../raw_client.ts";
import { get } from "../../server/serving.ts";
import { answering } from "../recording_transport.ts";
import { serveNode } from "./node_serving.ts";

type Lines = Record<string, string | string[]>;

/** Returns the header lines of a response to which others were added before. */
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

Deno.test.each<[string, Lines, HeaderTuple[], string[]]>([
  ["all cookies of the application", { "X-A": "1" }, COOKIES, [
    "X-A: 1",
    "Set-Cookie: a=1",
    "Set-Cookie: b=2",
    "Content-Length: 0",
  ]],
  ["cookies of both", { "set-cookie": ["c=3", "d=4"] }, COOKIES, [
    ...["c=3", "d=4", "a=1", "b=2"].map((cookie) => `Set-Cookie: ${cookie}`),
    "Content-Length: 0",
  ]],
  ["Vary of both", { "Vary": "Origin" }, [["Vary", "Accept"]], [
    "Vary: Origin",
    "Vary: Accept",
    "Content-Length: 0",
  ]],
  ["Vary once", { "Vary": "Accept" }, [["vary", "Accept"]], [
    "vary: Accept",
    "Content-Length: 0",
  ]],
  ["other headers of the application", { "x-a": "1" }, [
    ["X-A", "2"],
    ["X-A", "3"],
  ], ["X-A: 2", "X-A: 3", "Content-Length: 0"]],
  ["its own length", { "Content-Length": "7" }, [], ["Content-Length: 0"]],
])("toNodeListener() sends %s beside headers that were set before", async (
  _what,
  set,
  headers,
  expected,
) => {
  const lines = await linesOf(headers, (response) => {
    for (const [name, value] of Object.entries(set)) {
      response.setHeader(name, value);
    }
  });
  assertEquals(lines, expected);
});

Deno.test("toNodeListener() gives no array to a writeHead() that was wrapped", async () => {
  let count = 0;
  const lines = await linesOf(COOKIES, (response) => {
    const { writeHead } = response;
    response.writeHead = (...args: unknown[]) => {
      count = args.length;
      return Reflect.apply(writeHead, response, args);
    };
  });
  assertEquals(count, 2);
  assertEquals(lines.slice(0, 2), ["Set-Cookie: a=1", "Set-Cookie: b=2"]);
});
