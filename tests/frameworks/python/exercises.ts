/** The exercises of `examples/python/*_app.py`, which have the same paths. */

import { assert, assertEquals } from "@std/assert";
import { assertMatch, assertStringIncludes } from "@std/assert";
import { RawClient } from "../../../conformance/raw_client.ts";
import type { RawResponse } from "../../../conformance/raw_response.ts";
import type { Exercise } from "../../../tools/matrix/part.ts";
import { Visitor } from "./visitor.ts";

/** A name that must be encoded in paths and forms. */
const NAME = "Zoë Ω & 100%?+";
const STYLE = new URL(
  "../../../examples/python/static/style.css",
  import.meta.url,
);
/** The path of the second mount of the application. */
export const MOUNTED = "/below";
/** More numbers than are read. */
const ENDLESS = 1_000_000_000;

async function routing(url: URL): Promise<void> {
  const visitor = new Visitor(url);
  assertEquals(await visitor.read("hello/Zo%C3%AB"), "Hello Zoë!\n");
  assertEquals(await visitor.read("hello/a%20b%3Fc?d=e"), "Hello a b?c!\n");
  assertEquals(await visitor.read("count/3"), "0\n1\n2\n");
  for (const path of ["sum/a/2", "sum/1", "sum/1/2/3", "HELLO/a"]) {
    const { status } = await visitor.ask(path);
    assertEquals([status, path], [404, path]);
  }
}

async function json(url: URL): Promise<void> {
  const { headers, text } = await new Visitor(url).ask("sum/40/2");
  assertEquals(headers.get("content-type"), "application/json");
  assertEquals(JSON.parse(text), { sum: 42 });
}

async function form(url: URL): Promise<void> {
  const visitor = new Visitor(url);
  assertStringIncludes(await visitor.seeForm(), '<form method="post">');
  const fields = new URLSearchParams({ name: NAME });
  const shown = await visitor.submit("", fields);
  const location = shown.headers.get("location") ?? "";
  assertEquals(await visitor.read(location), `Hello ${NAME}!\n`);
}

async function redirect(url: URL): Promise<void> {
  const visitor = new Visitor(url);
  await visitor.seeForm();
  const fields = new URLSearchParams({ name: "Ann Lee" });
  const { status, headers } = await visitor.submit("", fields);
  assertEquals(status, 303);
  const location = new URL(headers.get("location") ?? "", url);
  assertEquals(location.href, new URL("hello/Ann%20Lee", url).href);
}

async function session(url: URL): Promise<void> {
  const ann = new Visitor(url);
  const bob = new Visitor(url);
  const counts: number[] = [];
  for (const visitor of [ann, ann, bob, ann]) {
    counts.push(JSON.parse(await visitor.read("visits")).visits);
  }
  assertEquals(counts, [1, 2, 1, 3]);
  // A cookie with a wrong letter is invalid.
  for (const [name, value] of ann.cookies) {
    ann.cookies.set(name, (value.startsWith("e") ? "f" : "e") + value.slice(1));
  }
  assertEquals(JSON.parse(await ann.read("visits")), { visits: 1 });
}

async function staticFile(url: URL): Promise<void> {
  const visitor = new Visitor(url);
  const path = (await visitor.seeForm()).match(/href="([^"]*)"/)?.[1] ?? "";
  assertEquals(path, `${url.pathname}static/style.css`);
  const { headers, text } = await visitor.ask(path);
  assertMatch(headers.get("content-type") ?? "", /^text\/css\b/);
  assertEquals(text, await Deno.readTextFile(STYLE));
  const modified = headers.get("last-modified") ?? "";
  const again = await visitor.ask(path, {
    headers: { "if-modified-since": modified },
  });
  assertEquals([again.status, again.text], [304, ""]);
  for (const name of ["none.css", "..%2Fflask_app.py", "%2e%2e%2fbridge.py"]) {
    const { status } = await visitor.ask(path.replace("style.css", name));
    // Django answers the worse ones with 400.
    assert([400, 404].includes(status), `${status} ${name}`);
  }
}

async function streamedResponse(url: URL): Promise<void> {
  using client = await RawClient.connect({ port: Number(url.port) });
  await client.send(
    `GET ${url.pathname}count/${ENDLESS} HTTP/1.1\r\nHost: ${url.host}\r\n\r\n`,
  );
  const head = await client.head();
  assertEquals([head.status, head.get("content-length")], [200, undefined]);
  for (const number of [0, 1, 2]) {
    assertEquals(await client.chunk(), `${number}\n`);
  }
  client.close();
  // It is answered once the generator is closed.
  assertEquals(await new Visitor(url).read("hello/next"), "Hello next!\n");
}

async function exceptionPage(url: URL): Promise<void> {
  const visitor = new Visitor(url);
  const { status, text } = await visitor.ask("fail");
  assertEquals(status, 500);
  for (const part of ["ZeroDivisionError", "division by zero", "1 / 0"]) {
    assertStringIncludes(text, part);
  }
  assertEquals(await visitor.read("hello/next"), "Hello next!\n");
}

async function upload(url: URL): Promise<void> {
  // More than any framework keeps in memory.
  const bytes = Uint8Array.from({ length: 3_000_000 }, (_, index) => index);
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  const expected = {
    name: "zoë.bin",
    size: bytes.length,
    sha256: new Uint8Array(digest).toHex(),
  };
  const visitor = new Visitor(url);
  // Whole, and in pieces without a length.
  const toPieces = (form: FormData): RequestInit => {
    const { body, headers } = new Response(form);
    return { body, headers };
  };
  for (const toInit of [(body: FormData) => ({ body }), toPieces]) {
    await visitor.seeForm();
    const fields = new FormData();
    fields.append("file", new File([bytes], expected.name));
    const { status, text } = await visitor.submit("upload", fields, toInit);
    assertEquals([status, JSON.parse(text)], [200, expected]);
  }
}

async function head(url: URL): Promise<void> {
  using client = await RawClient.connect({ port: Number(url.port) });
  const ask = async (path: string, method = "HEAD"): Promise<RawResponse> => {
    await client.send(
      `${method} ${url.pathname}${path} HTTP/1.1\r\nHost: ${url.host}\r\n\r\n`,
    );
    return await client.response(method);
  };
  for (const path of ["hello/a", "static/style.css", "sum/1/2"]) {
    const { head } = await ask(path);
    const shown = await ask(path, "GET");
    for (const name of ["content-type", "content-length"]) {
      assertEquals([path, head.get(name)], [path, shown.head.get(name)]);
    }
    assertEquals(head.get("content-length"), String(shown.body.length));
  }
  assertEquals((await ask(`count/${ENDLESS}`)).head.status, 200);
  assertEquals((await ask("nowhere")).head.status, 404);
  // The response before it had no body.
  assertEquals((await ask("hello/b", "GET")).body, "Hello b!\n");
}

async function notFound(url: URL): Promise<void> {
  const { status, headers, text } = await new Visitor(url).ask("nowhere");
  assertEquals(status, 404);
  assertMatch(headers.get("content-type") ?? "", /^text\/html\b/);
  assertMatch(text, /not found/i);
}

async function requestsAtOnce(url: URL): Promise<void> {
  await Promise.all(Array.from({ length: 8 }, async (_, index) => {
    const visitor = new Visitor(url);
    const { sum } = JSON.parse(await visitor.read(`sum/${index}/1`));
    const lines = (await visitor.read(`count/${index}`)).length;
    assertEquals([sum, lines], [index + 1, index * 2]);
  }));
}

/** The links of a page must begin with the path where it is mounted. */
async function mounted(url: URL): Promise<void> {
  const below = new URL(`.${MOUNTED}/`, url);
  for (const run of [form, redirect, staticFile]) await run(below);
}

/** The exercises, by the names of the columns of the matrix. */
export const EXERCISES: readonly Exercise[] = [
  { name: "routing with parameters", run: routing },
  { name: "JSON", run: json },
  { name: "form post", run: form },
  { name: "redirect", run: redirect },
  { name: "session", run: session },
  { name: "static file", run: staticFile },
  { name: "streamed response", run: streamedResponse },
  { name: "exception page", run: exceptionPage },
  { name: "upload", run: upload },
  { name: "HEAD", run: head },
  { name: "a 404 of the framework", run: notFound },
  { name: "concurrent requests", run: requestsAtOnce },
  { name: "mounted", run: mounted },
];
