import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { within } from "../../raw_client.ts";
import { missingTool, runTool, type ToolOutcome } from "../../tool.ts";

const PROGRAM =
  new URL("../../testdata/cgi_program.ts", import.meta.url).pathname;

const WITHOUT_ENV = await missingTool("env");

const VARIABLES = {
  REQUEST_METHOD: "GET",
  SCRIPT_NAME: "/cgi-bin/app",
  SERVER_NAME: "example.com",
  SERVER_PORT: "80",
  SERVER_PROTOCOL: "HTTP/1.1",
};

/** Registers a test that needs a program. */
function test(name: string, missing: string, fn: () => Promise<void>): void {
  const full = `runCgi() as a program ${name}${missing}`;
  Deno.test({ name: full, ignore: missing !== "", fn });
}

/** The arguments of `env` that start the program as a web server would. */
function commandLine(
  app: string,
  variables: Record<string, string>,
  permission: string,
): string[] {
  const { HOME = "", DENO_DIR = "" } = Deno.env.toObject();
  const cache = DENO_DIR === "" ? { HOME } : { HOME, DENO_DIR };
  const all = { NO_COLOR: "1", ...cache, ...variables };
  return [
    "-i",
    ...Object.entries(all).map((pair) => pair.join("=")),
    ...[Deno.execPath(), "run", "--quiet", "--no-prompt", permission],
    ...[PROGRAM, app],
  ];
}

function run(
  app: string,
  variables: Record<string, string>,
  input = "",
): Promise<ToolOutcome> {
  const args = commandLine(app, variables, "--allow-env");
  return runTool("env", args, new TextEncoder().encode(input));
}

/** Starts the program, and kills it if it does not end. */
async function withProgram(
  app: string,
  variables: Record<string, string>,
  input: "null" | "piped",
  use: (program: Deno.ChildProcess) => Promise<void>,
): Promise<void> {
  const program = new Deno.Command("env", {
    args: commandLine(app, variables, "--allow-env"),
    stdin: input,
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  try {
    await use(program);
  } finally {
    try {
      program.kill("SIGKILL");
    } catch {
      // It has ended.
    }
  }
}

test("answers GET with --allow-env only", WITHOUT_ENV, async () => {
  const variables = { PATH_INFO: "/é", SERVER_SOFTWARE: "Test/1" };
  const outcome = await run("demo", { ...VARIABLES, ...variables });
  assertEquals([outcome.code, outcome.stderr], [0, ""]);
  const [head, body = ""] = outcome.stdout.split("\r\n\r\n");
  assertEquals(
    head,
    "Status: 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n" +
      `Content-Length: ${new TextEncoder().encode(body).length}`,
  );
  assertStringIncludes(body, '\nPATH_INFO = "/Ã\xa9"\n');
  assertStringIncludes(body, '\nSERVER_SOFTWARE = "Test/1"\n');
  assertStringIncludes(body, "\nwsgi.run_once = true\n");
});

test("reads stdin", WITHOUT_ENV, async () => {
  const post = { ...VARIABLES, REQUEST_METHOD: "POST" };
  const sized = await run("echo", { ...post, CONTENT_LENGTH: "4" }, "abcdef");
  const head = "Status: 200 Fine\r\nContent-Type: application/octet-stream\r\n";
  assertEquals(sized.stdout, `${head}Content-Length: 4\r\n\r\nabcd`);
  assertEquals([sized.code, sized.stderr], [0, ""]);
  const unsized = await run("echo", post, "abcdef");
  assertEquals(unsized.stdout, `${head}Content-Length: 6\r\n\r\nabcdef`);
});

test("logs to stderr and answers 500", WITHOUT_ENV, async () => {
  const { code, stdout, stderr } = await run("fail", VARIABLES);
  assertEquals(code, 0);
  assertMatch(stdout, /^Status: 500 [^]*\r\n\r\n500 Internal Server Error\n$/);
  assertMatch(stderr, /^before é\nError: broken\n {4}at /);
});

test("reports in one line that no server started it", WITHOUT_ENV, async () => {
  const { code, stdout, stderr } = await run("demo", {});
  assertMatch(stdout, /^Status: 500 Internal Server Error\r\n/);
  assertEquals(code, 1);
  assertEquals(
    stderr,
    "Cannot run under CGI: REQUEST_METHOD must be set by the web server, got none\n",
  );
});

/** A shell, because Deno cannot pass bytes that are not text. */
const WITHOUT_LATIN_1 = Deno.build.os === "linux"
  ? await missingTool("bash")
  : " (not on Linux)";

test("finds a PATH_INFO that is not UTF-8", WITHOUT_LATIN_1, async () => {
  const script = "export PATH_INFO=$'/caf\\xe9'; exec \"$@\"";
  const ways: [string, Record<string, string>][] = [
    ["--allow-env", { REQUEST_URI: "/cgi-bin/app/caf%E9?q" }],
    ["--allow-all", {}],
  ];
  for (const [permission, more] of ways) {
    const line = commandLine("path", { ...VARIABLES, ...more }, permission);
    // Without -i, which would drop the variable.
    const args = ["-c", script, "bash", "env", ...line.slice(1)];
    const { stdout, stderr } = await runTool("bash", args);
    assertEquals(stderr, "");
    assertStringIncludes(stdout, '["/cgi-bin/app","/café"]');
  }
});

test(
  "ends without an error when nobody reads its output",
  WITHOUT_ENV,
  async () => {
    await withProgram("endless", VARIABLES, "null", async (program) => {
      const reader = program.stdout.getReader();
      await within(reader.read(), "the first bytes");
      await reader.cancel();
      const errors = await within(
        new Response(program.stderr).text(),
        "the end",
      );
      const { code } = await within(program.status, "the end");
      assertEquals([code, errors], [0, "closed\n"]);
    });
  },
);

test("reads the rest of the input", WITHOUT_ENV, async () => {
  const size = 1_000_000;
  const post = { REQUEST_METHOD: "POST", CONTENT_LENGTH: String(size) };
  const variables = { ...VARIABLES, ...post };
  await withProgram("ignore", variables, "piped", async (program) => {
    const writer = program.stdin.getWriter();
    // Far more than a pipe holds: it fails if the program does not read.
    await within(writer.write(new Uint8Array(size)), "the input");
    await writer.close();
    const { stdout, code } = await within(program.output(), "the end");
    const output = new TextDecoder().decode(stdout);
    assertMatch(output, /^Status: 200 OK\r\n[^]*\r\n\r\ndone$/);
    assertEquals(code, 0);
  });
});
