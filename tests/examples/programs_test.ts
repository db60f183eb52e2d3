import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { app as echo } from "../../examples/echo.ts";
import { app as streaming } from "../../examples/streaming.ts";
import {
  assertNoComplaint,
  commandOf,
  ExampleProgram,
  PROGRAM_DEADLINE_MS,
} from "./program.ts";
import {
  assertPage,
  ELSEWHERE,
  EXAMPLES,
  getPage,
  HELLO,
  TEXT,
} from "./list.ts";
import { ask, replaceTimers, watch } from "./watched.ts";

const ROOT = new URL("../../", import.meta.url);

Deno.test("every example is tested", async () => {
  const files: string[] = [];
  for await (const { name } of Deno.readDir(new URL("examples/", ROOT))) {
    if (name.endsWith(".ts")) files.push(name);
  }
  assertEquals(
    files.toSorted(),
    [...EXAMPLES.map(({ file }) => file), ...Object.keys(ELSEWHERE)].toSorted(),
  );
  for (const [file, test] of Object.entries(ELSEWHERE)) {
    const source = await Deno.readTextFile(new URL(test, ROOT));
    assertStringIncludes(source, `examples/${file}`);
  }
});

/** The examples that are programs, but whose answer is a test of its own. */
const APART = ["bare_server.ts", "streaming.ts"];

Deno.test.each(
  EXAMPLES.filter(({ file }) => !APART.includes(file)),
)("$file answers when it is started by its first line", async (example) => {
  const { file, page, status = 200, type = TEXT } = example;
  await using program = await ExampleProgram.start(await commandOf(file));
  const response = await fetch(program.url);
  assertEquals(
    [response.status, response.headers.get("content-type")],
    [status, type],
  );
  // It may name its own address.
  const body = await response.text();
  assertPage(body.replace(program.url, "http://127.0.0.1:8000/"), page);
  const head = await fetch(program.url, { method: "HEAD" });
  assertEquals([head.status, await head.text()], [status, ""]);
  const stderr = await program.end();
  assertNoComplaint(stderr);
});

Deno.test("hello_class.ts closes its body once for each request", async () => {
  await using program = await ExampleProgram.start(
    await commandOf("hello_class.ts"),
  );
  assertEquals(await getPage(program.url), HELLO);
  assertEquals(await getPage(program.url), HELLO);
  await program.stderr.until(/^closed\n[^]*^closed\n/m);
  assertEquals((await program.end()).match(/^closed$/gm)?.length, 2);
});

Deno.test("echo.ts sends the body back while it still arrives", async () => {
  await using program = await ExampleProgram.start(await commandOf("echo.ts"));
  const size = 65_536;
  const more = Promise.withResolvers<void>();
  const sent = Uint8Array.from({ length: 3 * size }, (_, index) => index * 7);
  const response = await fetch(program.url, {
    method: "POST",
    headers: { "content-type": "application/x-test" },
    body: new ReadableStream({
      async start(controller): Promise<void> {
        controller.enqueue(sent.slice(0, size));
        await more.promise;
        controller.enqueue(sent.slice(size));
        controller.close();
      },
    }),
  });
  assertEquals(response.headers.get("content-type"), "application/x-test");
  // The head has come, so the first chunk went through. Now the rest.
  more.resolve();
  assertEquals(await response.bytes(), sent);
  assertNoComplaint(await program.end());
});

Deno.test("streaming.ts is closed at once when its client leaves", async () => {
  await using program = await ExampleProgram.start(
    await commandOf("streaming.ts"),
  );
  const leaving = new AbortController();
  const response = await fetch(program.url, { signal: leaving.signal });
  const reader = response.body!.getReader();
  const { value } = await reader.read();
  assertEquals(new TextDecoder().decode(value), "10\n");
  leaving.abort();
  await reader.closed.catch(() => {});
  await program.stderr.until(/^closed\n/m);
  assertNoComplaint(await program.end());
});

Deno.test("hello.ts says what is wrong when its port is in use", async () => {
  await using first = await ExampleProgram.start(await commandOf("hello.ts"));
  const { port } = new URL(first.url);
  const args = (await commandOf("hello.ts")).with(-1, port);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: ROOT,
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  assertEquals([code, decoder.decode(stdout)], [1, ""]);
  assertStringIncludes(
    decoder.decode(stderr),
    `Cannot listen on 127.0.0.1:${port}: the port is in use`,
  );
});

Deno.test("echo.ts answers a body that was cut short with 400", async () => {
  const watched = watch((check) => check(echo));
  const response = await ask(watched, {
    method: "POST",
    headers: { "content-length": "10" },
    body: "Hello",
  });
  assertEquals(response.status, 400);
  await response.body?.cancel();
  assertEquals(watched.complaints.length, 1);
  assertMatch(watched.complaints[0] ?? "", /^logged: RequestBodyError: /);
});

Deno.test("streaming.ts leaves no timer behind when its client leaves", async () => {
  const watched = watch((check) => check(streaming));
  const pausing = Promise.withResolvers<void>();
  using _ = replaceTimers((run, setTimeout) => {
    pausing.resolve();
    // If nobody clears it, the sanitizer finds it.
    return setTimeout(run, PROGRAM_DEADLINE_MS);
  });
  const response = await ask(watched);
  const reader = response.body!.getReader();
  assertEquals((await reader.read()).value, new TextEncoder().encode("10\n"));
  const second = reader.read();
  await pausing.promise;
  await reader.cancel();
  assertEquals((await second).done, true);
  assertEquals(watched.log(), "closed\n");
  watched.assertClean();
});
