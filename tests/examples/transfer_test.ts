import { assertEquals, assertMatch } from "@std/assert";
import { app as download } from "../../examples/download.ts";
import { app as events } from "../../examples/events.ts";
import { app as upload } from "../../examples/upload.ts";
import { setupTestingDefaults } from "../../mod.ts";
import { TestClient } from "../../test_client/test_client.ts";
import { assertNoComplaint, commandOf, ExampleProgram } from "./program.ts";

const HELLO_HASH =
  "185f8db32271fe25f561a6fc938b2e264306ec304eda518007d1764826381969";

// events.ts -----------------------------------------------------------------------

Deno.test.each([
  { what: "from the beginning", last: undefined, first: 1 },
  { what: "after the last that was seen", last: "41", first: 42 },
  { what: "from the beginning after nonsense", last: "4x", first: 1 },
])("events.ts sends an event at once, $what", async ({ last, first }) => {
  await using program = await ExampleProgram.start(
    await commandOf("events.ts"),
  );
  const leaving = new AbortController();
  const response = await fetch(`${program.url}events`, {
    headers: last === undefined ? {} : { "Last-Event-ID": last },
    signal: leaving.signal,
  });
  assertEquals(response.headers.get("content-type"), "text/event-stream");
  assertEquals(response.headers.get("cache-control"), "no-store");
  const reader = response.body!.getReader();
  const { value } = await reader.read();
  assertEquals(
    new TextDecoder().decode(value),
    `id: ${first}\ndata: ${first}\n\n`,
  );
  leaving.abort();
  await reader.closed.catch(() => {});
  // The log line says that the request is over, and nothing else is printed.
  const line = /^.* "GET \/events HTTP\/1\.1" .*\n/m;
  assertMatch(await program.stderr.until(line), line);
  assertNoComplaint(await program.end());
});

Deno.test("events.ts ends after ten events, a second apart", async () => {
  const pauses: (number | undefined)[] = [];
  const { setTimeout } = globalThis;
  const replaced = (run: () => void, pause?: number): unknown => {
    pauses.push(pause);
    return setTimeout(run, 0);
  };
  globalThis.setTimeout = replaced as typeof setTimeout;
  try {
    const response = await new TestClient(events).get("/events");
    assertEquals(response.chunks.length, 10);
    assertMatch(response.text(), /\n\nid: 10\ndata: 10\n\n$/);
    assertEquals(pauses, Array<number>(10).fill(1000));
  } finally {
    globalThis.setTimeout = setTimeout;
  }
});

Deno.test("events.ts leaves no timer behind when its client leaves", async () => {
  const environ = setupTestingDefaults({
    SCRIPT_NAME: "",
    PATH_INFO: "/events",
  });
  const body = await events(environ, () => () => Promise.resolve());
  const iterator = (body as AsyncIterable<Uint8Array, void>)
    [Symbol.asyncIterator]();
  await iterator.next();
  // It waits for the next event, and what is left of that the sanitizer finds.
  iterator.next();
  const { promise, resolve } = Promise.withResolvers<void>();
  queueMicrotask(resolve);
  await promise;
  await body.close?.();
  assertEquals(await Promise.race([iterator.next(), "waiting"]), "waiting");
});

// download.ts -----------------------------------------------------------------------

Deno.test("download.ts closes its file when nobody reads it, and without a wrapper", async () => {
  // What is left open, the sanitizer finds.
  const client = new TestClient(download);
  const head = await client.head("/");
  assertEquals([head.status, head.text()], [200, ""]);
  const environ = { "wsgi.file_wrapper": undefined };
  const response = await client.get("/", { environ });
  assertMatch(response.text(), /^\/\/ deno run/);
  assertEquals(response.closed, true);
});

// upload.ts -------------------------------------------------------------------------

function formOf(...names: string[]): FormData {
  const form = new FormData();
  for (const name of names) form.append("file", new File(["Hello"], name));
  return form;
}

Deno.test("upload.ts shows name, size and hash of every file", async () => {
  await using program = await ExampleProgram.start(
    await commandOf("upload.ts"),
  );
  const body = formOf("a.txt", "../../é.txt");
  const response = await fetch(program.url, { method: "POST", body });
  assertEquals(response.status, 200);
  assertEquals(
    await response.text(),
    `"a.txt": 5 bytes, ${HELLO_HASH}\n"../../é.txt": 5 bytes, ${HELLO_HASH}\n`,
  );
  assertNoComplaint(await program.end());
});

Deno.test("upload.ts refuses more than ten megabytes", async () => {
  await using program = await ExampleProgram.start(
    await commandOf("upload.ts"),
  );
  const body = new FormData();
  body.append("file", new File([new Uint8Array(10_000_001)], "large"));
  const response = await fetch(program.url, { method: "POST", body });
  assertEquals(response.status, 413);
  await response.body?.cancel();
  const again = await fetch(program.url, { method: "POST", body: formOf("a") });
  assertMatch(await again.text(), /^"a": 5 bytes, /);
});

Deno.test("upload.ts says so when there is no file, or no form", async () => {
  const client = new TestClient(upload);
  const form = new FormData();
  form.append("file", "text");
  form.append("other", new File(["Hello"], "a"));
  const none = await client.post("/", { body: form });
  assertEquals([none.status, none.text()], [200, "No file.\n"]);
  const broken = await client.post("/", {
    headers: { "Content-Type": "multipart/form-data; boundary=x" },
    body: "--y\r\n",
  });
  assertEquals([broken.status, broken.text()], [
    400,
    "The body is not a form.\n",
  ]);
});
