import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Outcome, Program } from "../program.ts";
import { ask } from "../raw_client.ts";
import { Tree } from "../static_files/static_tree.ts";
import { testsWith } from "../tool.ts";

const GET = "GET /a?b HTTP/1.1\r\nHost: h\r\n\r\n";

/** The option that @std needs if JSR is unreachable. */
const STD = import.meta.resolve("@std/html").startsWith("jsr:")
  ? []
  : ["--import-map=tools/npm_imports.json"];

async function start(
  ...args: string[]
): Promise<{ program: Program; port: number; line: string }> {
  const program = new Program("run", "-A", ...STD, "server.ts", ...args);
  const line = await program.firstLine();
  return { program, line, port: Number(/:([0-9]+)\/ /.exec(line)?.[1] ?? 0) };
}

/** Runs a program that ends by itself. */
async function run(...args: string[]): Promise<Outcome> {
  await using program = new Program("run", "--no-prompt", ...args);
  return await program.outcome();
}

async function refusal(...args: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await run(...args);
  assertEquals([code, stdout], [1, ""], stderr);
  return stderr.trimEnd().split("\n");
}

const LOGS: Readonly<Record<string, RegExp>> = {
  common: /^127\.0\.0\.1 .*"GET \/a\?b HTTP\/1\.1" 200 \d+\n$/,
  combined: /^127\.0\.0\.1 .*"GET \/a\?b HTTP\/1\.1" 200 \d+ "-" "-"\n$/,
  dev: /^GET \/a\?b 200, \d+ B, [0-9.]+ ms\n$/,
  off: /^$/,
};

Deno.test.each(
  [
    ["examples/hello.ts", "examples/hello.ts, validated", "common"],
    ["examples/hello.ts:app", "examples/hello.ts:app, validated", "combined"],
    ["--no-validate", "the demo application, not validated", "dev"],
    ["docs", "docs, validated", "off"],
  ] as const,
)("server.ts %s 0 serves %s, with --log=%s", async (...row) => {
  const [app, what, format] = row;
  const { program, port, line } = await start(`--log=${format}`, app, "0");
  await using _ = program;
  const url = `http://127.0.0.1:${port}/`;
  assertEquals(line, `Serving ${what}, on ${url} (Ctrl+C ends it)`);
  const { head, complete } = await ask({ port }, GET);
  assertEquals([head.status, complete], [app === "docs" ? 404 : 200, true]);
  program.kill("SIGTERM");
  const { code, stderr } = await program.outcome();
  // Windows kills programs without a signal.
  if (!isWindows) assertEquals(code, 0);
  assertMatch(stderr, LOGS[format]!);
});

Deno.test("server.ts serves https with --cert and --key", async () => {
  const { program, line } = await start(
    "--cert=tests/testdata/localhost_cert.pem",
    "--key=tests/testdata/localhost_key.pem",
    "--host=localhost",
    "0",
  );
  await using _ = program;
  const url = /https:\/\/localhost:[0-9]+\//.exec(line)?.[0];
  assert(url !== undefined, line);
  const ca = await Deno.readTextFile("tests/testdata/localhost_cert.pem");
  using client = Deno.createHttpClient({ caCerts: [ca] });
  const response = await fetch(url, { client });
  assertMatch(await response.text(), /^wsgi\.url_scheme = "https"$/m);
});

const isWindows = Deno.build.os === "windows";
const testUnix = testsWith(isWindows ? " (not on Windows)" : "");

testUnix("server.ts --unix listens on a socket", async () => {
  await using tree = await Tree.make({});
  const path = `${tree.root}/app.sock`;
  const { program, line } = await start("--unix", path);
  await using _ = program;
  assertMatch(line, /on http\+unix:\/\/.*app\.sock\/ \(Ctrl\+C ends it\)$/);
  using connection = await Deno.connect({ transport: "unix", path });
  await connection.write(new TextEncoder().encode(GET));
  const bytes = new Uint8Array(12);
  await connection.read(bytes);
  assertEquals(new TextDecoder().decode(bytes), "HTTP/1.1 200");
});

Deno.test("server.ts --help and --version print their text and exit", async () => {
  const { code, stdout, stderr } = await run("server.ts", "--help");
  assertEquals([code, stderr], [0, ""]);
  assertMatch(stdout, /^usage: deno run -A server\.ts \[APP\] \[PORT\]$/m);
  const line = `wsgiref for Deno 0.1.0 (Deno ${Deno.version.deno})\n`;
  assertEquals((await run("server.ts", "--version")).stdout, line);
});

const READING = ["--allow-net", "server.ts"];

Deno.test.each<[args: string[], error: string, hint: string]>([
  [
    [...READING, "examples/hello.ts"],
    "Cannot load examples/hello.ts: permission is missing to read it",
    "Run again with deno run -A server.ts, or add --allow-read",
  ],
  [
    [...READING, "--cert=a", "--key=b"],
    "Cannot read a: permission is missing",
    "Add --allow-read",
  ],
  [
    ["--allow-read", "server.ts", "examples/hello.ts", "8001"],
    "Cannot listen on 127.0.0.1:8001: permission is missing, run again with --allow-net=127.0.0.1:8001",
    "deno run --allow-net=127.0.0.1:8001 --allow-read server.ts examples/hello.ts 8001",
  ],
])("server.ts exits with an error and a hint for %j", async (...row) => {
  const [args, error, hint] = row;
  assertEquals(await refusal(...args), [`error: ${error}`, `hint: ${hint}`]);
});

Deno.test("server.ts says that its port is in use, and which one to try", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  assertEquals(await refusal(...READING, String(port)), [
    `error: Cannot listen on 127.0.0.1:${port}: the port is in use`,
    `hint: Choose another port, such as ${port + 1}, or 0 for any`,
  ]);
});

Deno.test.each([
  ["HOST", "no_such-host.invalid", "Cannot listen on no_such-host.invalid:80"],
  ["HOST", "*", 'got "*"'],
  ["PORT", "http", "invalid port: http"],
])("server.ts reports that $%s has the invalid value %s", async (...row) => {
  const [name, value, expected] = row;
  const main = import.meta.resolve("../../cli/serve.ts");
  await using program = new Program(
    "eval",
    `Deno.env.set("${name}", "${value}"); (await import("${main}")).main([]);`,
  );
  const { code, stderr } = await program.outcome();
  assertEquals(code, 1);
  const [error = "", hint = ""] = stderr.split("\n");
  assertMatch(hint, new RegExp(`comes from \\$${name}; use --`));
  assert(error.includes(expected), error);
});

Deno.test.each<[option: string[], page: RegExp, log: RegExp]>([
  [
    [],
    /^Error: boom\n\n.*app\.js:1:/,
    /^ {2}Error: boom\n {4}at app .*app\.js:1:\d+\n/,
  ],
  [
    ["--production"],
    /^500 Internal Server Error\n$/,
    /^Error: boom\n( {4}at .*\n)+$/,
  ],
])("server.ts %j shows an error without @std", async (option, page, log) => {
  await using tree = await Tree.make({
    "app.js": "export function app() { throw new Error('boom'); }",
    // An import map with missing files simulates an unreachable registry.
    "map.json": '{ "imports": { "@std/html": "./none.ts" } }',
  });
  await using program = new Program(
    ...["run", "-A", `--import-map=${tree.root}/map.json`, "server.ts"],
    ...[...option, "--log=off", `${tree.root}/app.js`, "0"],
  );
  const port = Number(/:([0-9]+)\/ /.exec(await program.firstLine())?.[1]);
  const { head, body } = await ask({ port }, GET);
  assertEquals(head.status, 500);
  assertMatch(body, page);
  program.kill("SIGTERM");
  assertMatch((await program.outcome()).stderr, log);
});

Deno.test("server.ts --check checks an application once and sets the exit code", async () => {
  await using tree = await Tree.make({});
  const app = `${tree.root}/app.js`;
  const check = async (source: string): Promise<[number, string]> => {
    await Deno.writeTextFile(app, source);
    const args = ["-A", "server.ts", "--check", app];
    const { code, stdout, stderr } = await run(...args);
    return [code, `${stdout}${stderr}`];
  };
  const fetching = "export default { fetch: () => new Response('a') };";
  const [code, report] = await check(fetching);
  assertEquals(code, 0, report);
  assertMatch(report, /^\d+ passed, 0 failed/m);
  const failing = "export const app = (_, start) => { start(200, []); };";
  assertEquals((await check(failing))[0], 1);
  const importing = "export default 1;\nimport './none.js';";
  const [missing, message] = await check(importing);
  assertEquals(missing, 1);
  assertMatch(message, /^error: Cannot check .*Module not found.*none\.js/s);
});

Deno.test("server.ts --explain explains a rule, and suggests a similar one", async () => {
  const { code, stdout } = await run("server.ts", "--explain", "body/string");
  assertEquals(code, 0);
  const parts = [
    "body/string: error, broken by the application, in the profile core",
    'return "Hello";',
    'return [new TextEncoder().encode("Hello")];',
    "(SPEC.md#",
  ];
  for (const part of parts) assert(stdout.includes(part), part);
  assertEquals(await refusal("server.ts", "--explain=body/strin"), [
    "error: unknown rule body/strin",
    "hint: Did you mean body/string?",
  ]);
});
