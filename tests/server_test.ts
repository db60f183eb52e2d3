import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { Program } from "./program.ts";
import { ask, RawClient } from "./raw_client.ts";

const GET = "GET /path?query HTTP/1.1\r\nHost: h\r\n\r\n";

/** Starts server.ts on a free port. */
async function start(
  ...app: string[]
): Promise<{ program: Program; port: number }> {
  const options = ["--allow-net", "--allow-read"];
  const program = new Program("run", ...options, "server.ts", ...app, "0");
  const line = await program.firstLine();
  const port = Number(/http:\/\/127\.0\.0\.1:([0-9]+)\//.exec(line)?.[1]);
  assert(port > 0, line);
  return { program, port };
}

Deno.test("server.ts serves an application that imports server.ts", async () => {
  const { program, port } = await start("tests/testdata/imports_server.ts");
  await using _ = program;
  const { head } = await ask({ port }, GET);
  assertEquals(head.status, 200);
});

Deno.test("server.ts prints its address and that of its inspector, and answers good and bad requests", async () => {
  const { program, port } = await start();
  await using _ = program;
  const bad = "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n";
  assertEquals((await ask({ port }, bad)).head.status, 400);
  const { head, body, complete } = await ask({ port }, GET);
  assertEquals([head.status, complete], [200, true]);
  assertEquals(head.get("content-type"), "text/plain; charset=utf-8");
  assertEquals(head.all("content-length"), [String(body.length)]);
  assertMatch(body, /^Hello world!\n\n/);
  assertStringIncludes(body, '\nPATH_INFO = "/path"\n');
  assertStringIncludes(body, '\nQUERY_STRING = "query"\n');
  const headless = GET.replace("GET", "HEAD");
  assertEquals((await ask({ port }, headless)).head.status, 200);
  program.kill("SIGTERM");
  const { stdout, stderr } = await program.outcome();
  assertEquals(
    stdout,
    `Serving the demo application, validated, on http://127.0.0.1:${port}/ (Ctrl+C ends it)\n` +
      `Inspector: http://127.0.0.1:${port}/__wsgi__/\n`,
  );
  // A line in the access log for each, and the reason for the refusal.
  const lines = stderr.trimEnd().split("\n");
  const refused = lines.filter((line) => line.startsWith("Refused "));
  assertEquals(refused, [
    'Refused a request from 127.0.0.1 with 400: Host must be a host with an optional port, got "a/b"',
  ]);
  assertEquals(
    lines.filter((line) => !refused.includes(line))
      .map((line) => line.replace(/, .*/, "")),
    ["GET / 400", "GET /path?query 200", "HEAD /path?query 200"],
  );
});

// On Windows, neither of them can be sent to another process.
const ignore = Deno.build.os === "windows";

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test({
    name:
      `server.ts exits at ${signal} with code 0, and can be started again immediately on the same port`,
    ignore,
    async fn(): Promise<void> {
      const { program, port } = await start();
      await using _ = program;
      // A connection that is kept open must not keep the program alive.
      using client = await RawClient.connect({ port });
      await client.send(GET);
      assertEquals((await client.response()).head.status, 200);
      program.kill(signal);
      const { code, stdout, stderr } = await program.outcome();
      assertEquals([code, stdout.split("\n").length], [0, 3]);
      assertMatch(stderr, /^GET \/path\?query 200, \d+ B, [0-9.]+ ms\n$/);
      assertEquals(await client.rest(), "");
      const args = ["run", "--allow-net", "server.ts", String(port)];
      await using next = new Program(...args);
      assertStringIncludes(await next.firstLine(), `127.0.0.1:${port}/`);
      assertEquals((await ask({ port }, GET)).head.status, 200);
    },
  });
}

Deno.test("server.ts serves nothing when it is imported", async () => {
  await using program = new Program(
    "eval",
    'const { makeServer, demoApp } = await import("./server.ts"); console.log(typeof makeServer, typeof demoApp);',
  );
  const { code, stdout, stderr } = await program.outcome();
  assertEquals([code, stdout, stderr], [0, "function function\n", ""]);
});
