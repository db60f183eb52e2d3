import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { within } from "../../raw_client.ts";
import { missingTool } from "../../tool.ts";
import { GET } from "./run_cgi.ts";

const PROGRAM =
  new URL("../../testdata/cgi_program.ts", import.meta.url).pathname;

/** Starts the program as a web server would, by default with --allow-env only. */
function start(
  app: string,
  variables: Readonly<Record<string, string>>,
  [command, ...args]: [string, ...string[]] = [Deno.execPath()],
  permission = "--allow-env",
): Deno.ChildProcess {
  // What Deno itself needs, in a run with coverage as well.
  const kept = Object.entries(Deno.env.toObject())
    .filter(([name]) => /^(HOME|DENO_DIR|DENO_COVERAGE_DIR)$/.test(name));
  return new Deno.Command(command, {
    args: [...args, "run", "--quiet", "--no-prompt", permission, PROGRAM, app],
    clearEnv: true,
    env: { NO_COLOR: "1", ...Object.fromEntries(kept), ...variables },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Returns the exit code, the output and the errors of a program that ends. */
async function outcomeOf(
  program: Deno.ChildProcess,
  input = "",
): Promise<[code: number, stdout: string, stderr: string]> {
  await using _ = program;
  const writing = new Blob([input]).stream().pipeTo(program.stdin);
  const all = Promise.all([program.output(), writing]);
  const [{ code, stdout, stderr }] = await within(all, "the end", 60_000);
  const decoder = new TextDecoder();
  return [code, decoder.decode(stdout), decoder.decode(stderr)];
}

Deno.test("runCgi() as a program answers GET with --allow-env only", async () => {
  const variables = { PATH_INFO: "/é", SERVER_SOFTWARE: "Test/1" };
  const program = start("demo", { ...GET, ...variables });
  const [code, stdout, stderr] = await outcomeOf(program);
  assertEquals([code, stderr], [0, ""]);
  const [head, body = ""] = stdout.split("\r\n\r\n");
  assertEquals(
    head,
    "Status: 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n" +
      `Content-Length: ${new TextEncoder().encode(body).length}`,
  );
  assertStringIncludes(body, '\nPATH_INFO = "/Ã\xa9"\n');
  assertStringIncludes(body, '\nSERVER_SOFTWARE = "Test/1"\n');
  assertStringIncludes(body, "\nwsgi.run_once = true\n");
});

Deno.test("runCgi() as a program reads stdin", async () => {
  const post = { ...GET, REQUEST_METHOD: "POST" };
  const sized = start("echo", { ...post, CONTENT_LENGTH: "4" });
  const head = "Status: 200 Fine\r\nContent-Type: application/octet-stream\r\n";
  const four = [0, `${head}Content-Length: 4\r\n\r\nabcd`, ""];
  assertEquals(await outcomeOf(sized, "abcdef"), four);
  const all = [0, `${head}Content-Length: 6\r\n\r\nabcdef`, ""];
  assertEquals(await outcomeOf(start("echo", post), "abcdef"), all);
});

Deno.test("runCgi() as a program logs to stderr and answers 500", async () => {
  const [code, stdout, stderr] = await outcomeOf(start("fail", GET));
  assertEquals(code, 0);
  assertMatch(stdout, /^Status: 500 [^]*\r\n\r\n500 Internal Server Error\n$/);
  assertMatch(stderr, /^before é\nError: broken\n {4}at /);
});

Deno.test("runCgi() as a program reports in one line that no server started it", async () => {
  const [code, stdout, stderr] = await outcomeOf(start("demo", {}));
  assertMatch(stdout, /^Status: 500 Internal Server Error\r\n/);
  const line =
    "Cannot run under CGI: REQUEST_METHOD must be set by the web server, got none\n";
  assertEquals([code, stderr], [1, line]);
});

/** A shell, because Deno cannot pass bytes that are not text. */
const missing = Deno.build.os === "linux"
  ? await missingTool("bash")
  : " (not on Linux)";

Deno.test({
  name: `runCgi() as a program finds a PATH_INFO that is not UTF-8${missing}`,
  ignore: missing !== "",
  fn: async () => {
    const script = "export PATH_INFO=$'/caf\\xe9'; exec \"$@\"";
    const shell = ["bash", "-c", script, "bash", Deno.execPath()] as const;
    const REQUEST_URI = "/cgi-bin/app/caf%E9?q";
    for (
      const program of [
        start("path", { ...GET, REQUEST_URI }, [...shell]),
        start("path", GET, [...shell], "--allow-all"),
      ]
    ) {
      const [, stdout, stderr] = await outcomeOf(program);
      assertEquals(stderr, "");
      assertStringIncludes(stdout, '["/cgi-bin/app","/café"]');
    }
  },
});

Deno.test("runCgi() as a program ends without an error when nobody reads its output", async () => {
  await using program = start("endless", GET);
  await program.stdin.close();
  const reader = program.stdout.getReader();
  await within(reader.read(), "the first bytes", 60_000);
  await reader.cancel();
  const errors = await within(new Response(program.stderr).text(), "the end");
  const { code } = await within(program.status, "the end");
  assertEquals([code, errors], [0, "closed\n"]);
});

Deno.test("runCgi() as a program reads the rest of the input", async () => {
  // Far more than a pipe holds: it fails if the program does not read.
  const input = "x".repeat(1_000_000);
  const post = { REQUEST_METHOD: "POST", CONTENT_LENGTH: `${input.length}` };
  const program = start("ignore", { ...GET, ...post });
  const [code, stdout] = await outcomeOf(program, input);
  assertMatch(stdout, /^Status: 200 OK\r\n[^]*\r\n\r\ndone$/);
  assertEquals(code, 0);
});
