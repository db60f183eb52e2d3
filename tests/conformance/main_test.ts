import { assert, assertEquals, assertMatch } from "@std/assert";
import { SERVER_CASES } from "../../conformance/server_cases.ts";
import { type Outcome, Program } from "../program.ts";
import { TLS } from "../server/serving.ts";

const ROOT = new URL("../../", import.meta.url);

/** Runs the program of the kit. */
async function kit(...args: string[]): Promise<Outcome> {
  const main = ["run", "-A", "--no-check", "conformance/main.ts"];
  await using program = new Program(...main, ...args);
  return await program.outcome();
}

/** A folder with a module, removed at the end of the scope. */
class Folder implements AsyncDisposable {
  readonly path: string = Deno.makeTempDirSync();
  /** The module. */
  readonly start: string = `${this.path}/start.js`;

  constructor(module: string) {
    Deno.writeTextFileSync(this.start, module);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

/** A module that starts a server that cannot send every reason phrase. */
function startModule(deviations = "{}"): string {
  return `import { toFetchHandler } from "${ROOT.href}mod.ts";
export function start(app) {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    toFetchHandler(app),
  );
  return {
    hostname: "127.0.0.1",
    port: server.addr.port,
    stop: () => server.shutdown(),
    deviations: ${deviations},
  };
}
`;
}

Deno.test("main.ts exits with code 0 if nothing fails, and writes every report", async () => {
  const deviations = '{ "response/reason": "a table of its own" }';
  await using folder = new Folder(startModule(deviations));
  const forms = ["text", "junit", "json", "html"];
  const args = ["server", folder.start, "--cases", "response/*"].concat(
    forms.flatMap((form) => [`--${form}`, `${folder.path}/report.${form}`]),
  );
  const { code, stdout, stderr } = await kit(...args);
  assertEquals([code, stderr], [0, ""]);
  const count = SERVER_CASES.filter(({ id }) => id.startsWith("response/"));
  const summary = `${count.length - 1} passed, 0 failed, 1 deviation`;
  assertEquals(stdout.trimEnd().split("\n").at(-1), summary);
  assertMatch(stdout, /^deviation response\/reason: [^\n]+\n {2}a table of /m);
  const [text, junit, json, html] = await Promise.all(
    forms.map((form) => Deno.readTextFile(`${folder.path}/report.${form}`)),
  );
  assertEquals(text, stdout);
  assertMatch(junit ?? "", /^<\?xml/);
  assertEquals(JSON.parse(json ?? "").deviations, 1);
  assertMatch(html ?? "", /^<!doctype html>/);
});

Deno.test("main.ts exits with code 1 if a case fails, and shows it in the report alone", async () => {
  await using folder = new Folder(startModule());
  const args = ["server", folder.start, "--cases=response/reason"];
  const { code, stdout, stderr } = await kit(...args);
  assertEquals([code, stderr], [1, ""]);
  const failure =
    /^failed response\/reason: .*\n {2}code and reason must be "404 Nothing Here", got "404 Not Found"\n {2}SPEC\.md#server-reason-sent$/m;
  assertMatch(stdout, failure);
});

Deno.test("main.ts finds nothing in examples/check_server.ts, and shows what it writes to stderr only with --verbose", async () => {
  const args = ["server", "examples/check_server.ts", "--cases", "errors/*"];
  const { code, stdout, stderr } = await kit(...args, "--name", "mine 1.0");
  assertEquals([code, stderr], [0, ""]);
  assertMatch(stdout, /^mine 1\.0, checked with [^]*\n\d+ passed, 0 failed\n$/);
  const verbose = await kit(...args, "--verbose");
  assertMatch(verbose.stderr, /kit: a string/);
});

Deno.test("main.ts lists the cases that a glob names, and prints its help", async () => {
  const { code, stdout } = await kit("server", "--list", "--cases", "write/*");
  const listed = SERVER_CASES.filter(({ id }) => id.startsWith("write/"))
    .map(({ id, title }) => `${id}: ${title}\n`);
  assertEquals([code, stdout], [0, listed.join("")]);
  const help = await kit("--help");
  assertEquals([help.code, help.stderr], [0, ""]);
  const usage = /^usage: deno run -A conformance\/main\.ts server START$/m;
  assertMatch(help.stdout, usage);
});

/** Modules that cannot be tested, and the message for each. */
Deno.test.each<[what: string, text: string, error: RegExp]>([
  [
    "exports nothing",
    "export {};",
    /^error: Cannot test \S+: it must export a function start\(app\), got undefined\nhint: /,
  ],
  [
    "throws while it is loaded",
    'throw new Error("no database");',
    /^error: Cannot load \S+: it throws Error: no database/,
  ],
  [
    "throws in start()",
    'export function start() { throw new Error("no port"); }',
    /^error: Cannot start the server: start\(\) throws no port\nhint: /,
  ],
  [
    "listens on a port that is in use",
    `export function start() {
  const { port } = Deno.listen({ hostname: "127.0.0.1", port: 0 }).addr;
  Deno.listen({ hostname: "127.0.0.1", port });
}`,
    /^error: Cannot start the server: start\(\) throws [^\n]*\nhint: Listen on port 0 /,
  ],
  [
    "names an address where nothing listens",
    `export function start() {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  return { hostname: "127.0.0.1", port: listener.addr.port, stop() {} };
}`,
    /^error: Cannot check the server: it must listen on 127\.0\.0\.1:\d+, but [^\n]*\nhint: start\(\) must return the hostname /,
  ],
  [
    "serves another application",
    startModule().replace("toFetchHandler(app)", "() => new Response('hi')"),
    /^error: Cannot test the server: \S+ responds with "HTTP\/1\.1 200 OK", but the application of the kit was not called\nhint: start\(app\) must serve /,
  ],
  [
    "starts a server with TLS",
    startModule().replace("port: 0,", `port: 0, ...${JSON.stringify(TLS)},`),
    /^error: Cannot test the server: \S+ speaks TLS, [^\n]*\nhint: Start the server without its certificate/,
  ],
  [
    "declares a deviation for an unknown case",
    startModule('{ "no/case": "because" }'),
    /^error: Cannot check the server: a deviation must have the id of a case, got "no\/case"\nhint: /,
  ],
])("main.ts exits with code 2 if the module %s", async (_, text, error) => {
  await using folder = new Folder(text);
  const args = ["server", folder.start, "--timeout=500"];
  const { code, stdout, stderr } = await kit(...args);
  assertEquals([code, stdout], [2, ""]);
  assertMatch(stderr, error);
  // Only the place in the user's module helps; a stack does not.
  assert((stderr.match(/^ {4}at /gm) ?? []).length <= 1, stderr);
});

Deno.test.each<[string, RegExp]>([
  [
    "server DIR/none.ts",
    /^error: Cannot load \S+none\.ts: the file or folder does not exist\nhint: /,
  ],
  [
    "server DIR/start.js --cases respnse/*",
    /^error: no case matches respnse\/\*\nhint: deno run -A conformance\/main\.ts server --list\n$/,
  ],
  ["server DIR/start.js --casse x", /^error: unknown option --casse\nhint: /],
  [
    "server DIR/start.js --cases response/status --json DIR/none/report.json",
    /^error: Cannot write \S+report\.json: /,
  ],
])("main.ts exits with code 2 after %s", async (line, error) => {
  await using folder = new Folder(startModule());
  const args = line.replaceAll("DIR", folder.path).split(" ");
  const { code, stderr } = await kit(...args);
  assertEquals(code, 2, stderr);
  assertMatch(stderr, error);
});
