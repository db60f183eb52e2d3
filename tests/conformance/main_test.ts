import { assert, assertEquals, assertMatch } from "@std/assert";
import { SERVER_CASES } from "../../conformance/server_cases.ts";
import { type Outcome, Program } from "../program.ts";

const ROOT = new URL("../../", import.meta.url);

/** Runs the program of the kit. */
async function kit(...args: string[]): Promise<Outcome> {
  await using program = new Program(
    "run",
    "-A",
    "--no-check",
    "conformance/main.ts",
    ...args,
  );
  return await program.outcome();
}

/** A folder with modules, gone at the end of the scope. */
class Folder implements AsyncDisposable {
  readonly path: string = Deno.makeTempDirSync();

  write(name: string, text: string): string {
    const path = `${this.path}/${name}`;
    Deno.writeTextFileSync(path, text);
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

/** A module that starts a server that cannot say every reason phrase. */
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

Deno.test("main.ts ends with code 0 where nothing fails, and writes every report", async () => {
  await using folder = new Folder();
  const start = folder.write(
    "start.js",
    startModule('{ "response/reason": "a table of its own" }'),
  );
  const forms = ["text", "junit", "json", "html"];
  const { code, stdout, stderr } = await kit(
    "server",
    start,
    "--cases",
    "response/*",
    ...forms.flatMap((form) => [`--${form}`, `${folder.path}/report.${form}`]),
  );
  assertEquals(code, 0, stderr);
  const count = SERVER_CASES.filter(({ id }) => id.startsWith("response/"));
  const summary = `${count.length - 1} passed, 0 failed, 1 deviation`;
  assertEquals(stdout.trimEnd().split("\n").at(-1), summary);
  assertMatch(stdout, /^deviation response\/reason: [^\n]+\n {2}a table of /m);
  assertMatch(
    stderr,
    new RegExp(`^${count.length} of ${count.length} cases$`, "m"),
  );
  const [text, junit, json, html] = await Promise.all(
    forms.map((form) => Deno.readTextFile(`${folder.path}/report.${form}`)),
  );
  assertEquals(text, stdout);
  assertMatch(junit ?? "", /^<\?xml/);
  assertEquals(JSON.parse(json ?? "").deviations, 1);
  assertMatch(html ?? "", /^<!doctype html>/);
});

Deno.test("main.ts ends with code 1 where a case fails, and shows it at once", async () => {
  await using folder = new Folder();
  const start = folder.write("start.js", startModule());
  const { code, stdout, stderr } = await kit(
    "server",
    start,
    "--cases=response/reason",
  );
  assertEquals(code, 1);
  const failure =
    /^failed response\/reason: .*\n {2}code and reason must be "404 Nothing Here", got "404 Not Found"\n {2}SPEC\.md#server-reason-sent$/m;
  assertMatch(stdout, failure);
  assertMatch(stderr, failure);
});

Deno.test("main.ts finds nothing in examples/check_server.ts", async () => {
  const { code, stdout, stderr } = await kit(
    "server",
    "examples/check_server.ts",
    "--cases",
    "response/*",
  );
  assertEquals(code, 0, stderr);
  assertMatch(stdout, /\n\d+ passed, 0 failed\n$/);
});

Deno.test("main.ts lists the cases that a glob names", async () => {
  const { code, stdout } = await kit("server", "--list", "--cases", "write/*");
  assertEquals(code, 0);
  const listed = SERVER_CASES.filter(({ id }) => id.startsWith("write/"))
    .map(({ id, title }) => `${id}: ${title}`);
  assertEquals(stdout.trimEnd().split("\n"), listed);
});

Deno.test("main.ts prints its help", async () => {
  const { code, stdout, stderr } = await kit("--help");
  assertEquals([code, stderr], [0, ""]);
  assertMatch(
    stdout,
    /^usage: deno run -A conformance\/main\.ts server START$/m,
  );
});

/** Modules that cannot be tested, and what is said of them. */
const MISTAKES: readonly [what: string, text: string, error: RegExp][] = [
  [
    "exports nothing",
    "export {};",
    /^error: Cannot test \S+: it must export a function start\(app\), got undefined\nhint: /,
  ],
  [
    "throws when it is loaded",
    'throw new Error("no database");',
    /^error: Cannot load \S+: it throws Error: no database/,
  ],
  [
    "throws in start()",
    'export function start() { throw new Error("no port"); }',
    /^error: Cannot start the server: start\(\) throws no port\nhint: /,
  ],
  [
    "gives no server",
    "export function start() { return { port: 1 }; }",
    /^error: Cannot check the server: start\(\) must resolve to /,
  ],
  [
    "declares a deviation of no case",
    startModule('{ "no/case": "because" }'),
    /^error: Cannot check the server: a deviation must have the id of a case, got "no\/case"\nhint: /,
  ],
];

for (const [what, text, error] of MISTAKES) {
  Deno.test(`main.ts ends with code 2 where the module ${what}`, async () => {
    await using folder = new Folder();
    const start = folder.write("start.js", text);
    const { code, stdout, stderr } = await kit("server", start);
    assertEquals([code, stdout], [2, ""]);
    assertMatch(stderr, error);
    // The place in the user's module is all that helps; a stack does not.
    assert((stderr.match(/^ {4}at /gm) ?? []).length <= 1, stderr);
  });
}

Deno.test("main.ts ends with code 2 where there is no such file, case, option or folder", async () => {
  await using folder = new Folder();
  const start = folder.write("start.js", startModule());
  const one = ["server", start, "--cases", "response/status"];
  const wrong: [args: string[], error: RegExp][] = [
    [
      ["server", `${folder.path}/none.ts`],
      /^error: Cannot load \S+none\.ts: there is no such file or folder\nhint: /,
    ],
    [
      ["server", start, "--cases", "respnse/*"],
      /^error: no case matches respnse\/\*\nhint: deno run -A conformance\/main\.ts server --list\n$/,
    ],
    [
      ["server", start, "--casse", "x"],
      /^error: unknown option --casse\nhint: /,
    ],
    [
      [...one, "--json", `${folder.path}/none/report.json`],
      /^(?:1 of 1 cases\n)?error: Cannot write \S+report\.json: /,
    ],
  ];
  for (const [args, error] of wrong) {
    const { code, stderr } = await kit(...args);
    assertEquals(code, 2, stderr);
    assertMatch(stderr, error);
  }
});
