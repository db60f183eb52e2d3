import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fromBytes } from "../../wsgi/byte_string.ts";
import type { Application, FileLike } from "../../wsgi/types.ts";
import { fail } from "../gateway/recording_transport.ts";
import { FileSlice } from "../../static_files/answer.ts";
import { FileWrapper } from "../../wsgi/file_wrapper.ts";
import { staticFiles } from "../../static_files/static_files.ts";
import { TestClient } from "../../test_client/test_client.ts";
import { RawClient, within } from "../raw_client.ts";
import { get, send, serve } from "../server/serving.ts";
import { Tree } from "./static_tree.ts";

/** A wsgi.file_wrapper that reports when its file is closed. */
const watchedWrapper = () => {
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  const wrapped: FileLike[] = [];
  const wrap = (file: FileLike): FileWrapper => {
    wrapped.push(file);
    return new FileWrapper({
      read: (size) => file.read(size),
      close: () => (file.close?.(), resolve()),
    });
  };
  return { wrap, wrapped, closed };
};

Deno.test("staticFiles() sends a large file over a socket, with its length", async () => {
  const content = Uint8Array.from({ length: 1_310_727 }, (_, i) => i % 251);
  await using tree = await Tree.make({ "a.bin": content });
  await using serving = tree.serve();
  const response = await fetch(`http://127.0.0.1:${serving.port}/a.bin`);
  assertEquals(response.headers.get("Content-Length"), `${content.length}`);
  assertEquals(await response.bytes(), content);
});

Deno.test("staticFiles() keeps a connection usable after 304, 416 and HEAD", async () => {
  await using tree = await Tree.make({ "a": "hello" });
  await using serving = tree.serve();
  using client = await RawClient.connect(serving);
  const statuses: number[] = [];
  const extras = "If-None-Match: *|Range: bytes=9-||Range: bytes=1-2|X: y";
  for (const extra of extras.split("|")) {
    const method = extra === "" ? "HEAD" : "GET";
    const line = extra || "X: y";
    await client.send(`${method} /a HTTP/1.1\r\nHost: h\r\n${line}\r\n\r\n`);
    const { head, complete } = await client.response(method);
    assert(complete);
    statuses.push(head.status);
  }
  assertEquals(statuses, [304, 416, 200, 206, 200]);
});

Deno.test("staticFiles() closes its file when the client leaves", async () => {
  await using tree = await Tree.make({ "a": new Uint8Array(30_000_000) });
  const { wrap, closed } = watchedWrapper();
  const environ = { "wsgi.file_wrapper": wrap };
  await using serving = serve(staticFiles(tree.root), { environ });
  const client = await send(serving, get("/a"));
  assertEquals((await client.head()).status, 200);
  await client.bytes(1000);
  client.close();
  await within(closed, "the file to be closed");
});

Deno.test("staticFiles() sends files through wsgi.file_wrapper, and only files", async () => {
  await using tree = await Tree.make({ "a": "hello", "b/c": "" });
  const { wrap, wrapped, closed } = watchedWrapper();
  const environ = { "wsgi.file_wrapper": wrap };
  const client = tree.client();
  assertEquals((await client.get("/a", { environ })).text(), "hello");
  await closed;
  for (const target of ["/b/", "/b", "/b/c", "/none"]) {
    await client.get(target, { environ });
  }
  await client.head("/a", { environ });
  assertEquals(wrapped.length, 1);
});

Deno.test("staticFiles() needs no wsgi.file_wrapper", async () => {
  await using tree = await Tree.make({ "a": "hello" });
  const environ = { "wsgi.file_wrapper": undefined };
  const client = new TestClient(staticFiles(tree.root), { validate: false });
  const response = await client.get("/a", { environ });
  assertEquals([response.text(), response.closed], ["hello", true]);
});

const broken = () => fail("Too many open files");

Deno.test("staticFiles() closes its file when startResponse or the wrapper throws, and passes errors on", async () => {
  await using tree = await Tree.make({ "a": "hello" });
  const app = staticFiles(tree.root);
  const noStart: Application = (environ) => app(environ, broken);
  const noFile: Application = (environ, startResponse) => {
    const { open } = Deno;
    Deno.open = broken;
    return Promise.try(app, environ, startResponse)
      .finally(() => Deno.open = open);
  };
  const wrapper = { environ: { "wsgi.file_wrapper": broken } };
  // The sanitizers detect files that stay open.
  for (const [one, more] of [[noStart], [app, wrapper], [noFile]] as const) {
    const options = { validate: false, throws: false, ...more };
    const response = await new TestClient(one, options).get("/a");
    assertEquals(response.status, 500);
    assertStringIncludes(response.errors, "Too many open files");
  }
});

Deno.test("staticFiles() closes the connection if a file became shorter", async () => {
  await using tree = await Tree.make({ "a": "0123456789".repeat(20_000) });
  const client = new TestClient(staticFiles(tree.root), { throws: false });
  const onChunk = () => Deno.truncate(`${tree.root}/a`, 100);
  const response = await client.get("/a", { onChunk });
  const { status, complete, closed, bytes } = response;
  assertEquals([status, complete, closed], [200, false, true]);
  assertEquals(bytes.length, 65_536);
});

Deno.test("staticFiles() sends no more bytes than its Content-Length", async () => {
  await using tree = await Tree.make({ "a": "x".repeat(100_000) });
  const more = (): Promise<void> =>
    Deno.writeTextFile(`${tree.root}/a`, "more", { append: true });
  const response = await tree.client().get("/a", { onChunk: more });
  assertEquals([response.bytes.length, response.complete], [100_000, true]);
});

Deno.test("FileSlice reads only its bytes, and can be closed twice and during a read", async () => {
  await using tree = await Tree.make({ "a": "0123456789" });
  const file = await Deno.open(`${tree.root}/a`);
  const slice = new FileSlice(file, 5);
  const blocks: (string | null)[] = [];
  for (let i = 0; i < 4; i++) {
    const block = await slice.read(3);
    blocks.push(block && fromBytes(block));
  }
  slice.close();
  assertEquals(blocks, ["012", "34", null, null]);
  const other = new FileSlice(await Deno.open(`${tree.root}/a`), 10);
  const reading = other.read(3).catch(() => null);
  other.close();
  other.close();
  await within(reading, "the read to end");
  assertEquals(await other.read(3), null);
});

Deno.test("staticFiles() does not open a pipe", {
  ignore: Deno.build.os === "windows",
}, async () => {
  await using tree = await Tree.make({});
  const args = [`${tree.root}/pipe`];
  const { success } = await new Deno.Command("mkfifo", { args }).output();
  assert(success);
  assertEquals((await tree.client().get("/pipe")).status, 404);
});

Deno.test(
  "staticFiles() responds with 403 to files that it may not read, and logs the reason",
  { permissions: { read: true, write: true, env: true, sys: true } },
  async () => {
    await using tree = await Tree.make({ "a": "hello" });
    const { realPath } = Deno;
    const error = new Deno.errors.NotCapable("Requires\nread");
    Deno.realPath = () => Promise.reject(error);
    try {
      const { status, errors } = await tree.client().get("/a");
      assertEquals([status, errors], [403, "Requires read\n"]);
    } finally {
      Deno.realPath = realPath;
    }
  },
);

Deno.test("staticFiles() responds with 403 to files and folders of others", {
  // Root may read everything.
  ignore: Deno.build.os === "windows" || Deno.uid() === 0,
}, async () => {
  await using tree = await Tree.make({ "a": "", "b/c": "" });
  await Deno.chmod(`${tree.root}/a`, 0);
  await Deno.chmod(`${tree.root}/b`, 0);
  try {
    for (const target of ["/a", "/b/", "/b/c"]) {
      assertEquals((await tree.client().get(target)).status, 403);
    }
  } finally {
    await Deno.chmod(`${tree.root}/b`, 0o700);
  }
});
