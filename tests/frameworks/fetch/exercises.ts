/** The exercises of the applications next to this file: all have the same paths. */

import { assert, assertEquals } from "@std/assert";
import { assertMatch, assertStringIncludes } from "@std/assert";
import type { Exercise } from "../../../tools/matrix/part.ts";
import { type Visit, visit } from "../visit.ts";
import { LIVE_EXERCISES } from "./live_exercises.ts";

/** Creates a function that sends `"GET hello/Ada"` and follows no redirect. */
function askOf(
  url: URL,
): (request: string, init?: RequestInit) => Promise<Visit> {
  return (request, init = {}) => {
    const [method = "GET", target = ""] = request.split(" ");
    return visit(new URL(target, url), { ...init, method });
  };
}

async function routing(url: URL): Promise<void> {
  const ask = askOf(url);
  assertEquals((await ask("GET hello/Ada")).text, "Hello Ada!\n");
  assertEquals((await ask("GET hello/Zo%C3%AB?a=b")).text, "Hello Zoë!\n");
  // The router must see that this is not a slash. h3 does not decode it.
  assertMatch((await ask("GET hello/a%2Fb")).text, /^Hello a(?:\/|%2F)b!\n$/);
}

async function notFound(url: URL): Promise<void> {
  const ask = askOf(url);
  for (const target of ["GET nowhere", "GET hello/a/b", "POST hello/Ada"]) {
    const { status, text } = await ask(target);
    assert([404, 405].includes(status), `${target}: ${status}`);
    assert(text !== "");
  }
}

async function json(url: URL): Promise<void> {
  const { headers, text } = await askOf(url)("POST sum", {
    body: JSON.stringify({ a: 40, b: 2 }),
    headers: { "Content-Type": "application/json" },
  });
  assertStringIncludes(headers.get("Content-Type") ?? "", "application/json");
  assertEquals(JSON.parse(text), { sum: 42 });
  assertEquals(headers.get("Content-Length"), String(text.length));
}

async function form(url: URL): Promise<void> {
  const ask = askOf(url);
  const name = "Zoë & 100%";
  const parts = new FormData();
  parts.set("name", name);
  for (const body of [new URLSearchParams({ name }), parts]) {
    assertEquals((await ask("POST form", { body })).text, `Hello ${name}!\n`);
  }
}

async function redirect(url: URL): Promise<void> {
  const { status, headers } = await askOf(url)("GET redirect");
  assertEquals(status, 302);
  const location = new URL(headers.get("Location") ?? "", url);
  assertEquals(location.href, new URL("hello/again", url).href);
}

async function cookies(url: URL): Promise<void> {
  const { headers, text } = await askOf(url)("GET cookies", {
    headers: { Cookie: "c=3; d=4" },
  });
  assertEquals(headers.getSetCookie(), ["a=1; Path=/", "b=2; Path=/"]);
  assertEquals(text, "c=3; d=4\n");
}

async function nullBody(url: URL): Promise<void> {
  const ask = askOf(url);
  const empty = await ask("GET null");
  assertEquals([empty.status, empty.text], [200, ""]);
  assertEquals(empty.headers.get("Content-Length"), "0");
  const none = await ask("DELETE null");
  assertEquals([none.status, none.text], [204, ""]);
  assertEquals(none.headers.get("Content-Length"), null);
}

async function failure(url: URL): Promise<void> {
  const ask = askOf(url);
  const { status, text } = await ask("GET fail");
  assertEquals(status, 500);
  assert(!text.includes("on purpose"), `The client sees: ${text}`);
  assertEquals((await ask("GET hello/Ada")).text, "Hello Ada!\n");
}

/** The exercises of every framework. */
export const EXERCISES: readonly Exercise[] = [
  { name: "routing with parameters", run: routing },
  { name: "a 404 of the framework", run: notFound },
  { name: "JSON in and out", run: json },
  { name: "form post", run: form },
  { name: "redirect", run: redirect },
  { name: "two cookies", run: cookies },
  { name: "null body", run: nullBody },
  { name: "an exception in a handler", run: failure },
  ...LIVE_EXERCISES,
];
