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

/** The arguments of `env` that start the program as a web server would. */
function commandLine(
  app: string,
  variables: Record<string, string>,
  permission: string,
): string[] {
  const assignments = Object.entries({
    NO_COLOR: "1",
    ...Object.fromEntries(
      ["HOME", "DENO_DIR"].flatMap((name) => {
        const value = Deno.env.get(name);
        return value === undefined ? [] : [[name, value]];
      }),
    ),
    ...variables,
  }).map(([name, value]) => `${name}=${value}`);
  return [
    "-i",
    ...assignments,
    Deno.execPath(),
    "run",
    "--quiet",
    "--no-prompt",
    permission,
    PROGRAM,
    app,
  ];
}

function run(
  app: string,
  variables: Record<string, string>,
  input?: string,
  permission = "--allow-env",
): Promise<ToolOutcome> {
  const args = commandLine(app, variables, permission);
  return runTool("env", args, new TextEncoder().encode(input ?? ""));
}

Deno.test({
  name: `runCgi() as a program answers GET with --allow-env only${WITHOUT_ENV}`,
  ignore: WITHOUT_ENV !== "",
  async fn(): Promise<void> {
    const { code, stdout, stderr } = await run("demo", {
      ...VARIABLES,
      PATH_INFO: "/é",
      SERVER_SOFTWARE: "Test/1",
    });
    assertEquals([code, stderr], [0, ""]);
    const end = stdout.indexOf("\r\n\r\n");
    const body = stdout.slice(end + 4);
    assertEquals(
      stdout.slice(0, end),
      "Status: 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n" +
        `Content-Length: ${new TextEncoder().encode(body).length}`,
    );
    assertStringIncludes(body, '\nPATH_INFO = "/Ã\xa9"\n');
    assertStringIncludes(body, '\nSERVER_SOFTWARE = "Test/1"\n');
    assertStringIncludes(body, "\nwsgi.run_once = true\n");
  },
});

Deno.test({
  name: `runCgi() as a program reads stdin${WITHOUT_ENV}`,
  ignore: WITHOUT_ENV !== "",
  async fn(): Promise<void> {
    const post = { ...VARIABLES, REQUEST_METHOD: "POST" };
    const sized = await run("echo", { ...post, CONTENT_LENGTH: "4" }, "abcdef");
    const head =
      "Status: 200 Fine\r\nContent-Type: application/octet-stream\r\n";
    assertEquals(
      [sized.code, sized.stdout, sized.stderr],
      [0, `${head}Content-Length: 4\r\n\r\nabcd`, ""],
    );
    const unsized = await run("echo", post, "abcdef");
    assertEquals(unsized.stdout, `${head}Content-Length: 6\r\n\r\nabcdef`);
  },
});

Deno.test({
  name: `runCgi() as a program logs to stderr and answers 500${WITHOUT_ENV}`,
  ignore: WITHOUT_ENV !== "",
  async fn(): Promise<void> {
    const { code, stdout, stderr } = await run("fail", VARIABLES);
    assertEquals(code, 0);
    assertMatch(
      stdout,
      /^Status: 500 [^]*\r\n\r\n500 Internal Server Error\n$/,
    );
    assertMatch(stderr, /^before é\nError: broken\n {4}at /);
  },
});

Deno.test({
  name:
    `runCgi() as a program says in one line that no server started it${WITHOUT_ENV}`,
  ignore: WITHOUT_ENV !== "",
  async fn(): Promise<void> {
    const { code, stdout, stderr } = await run("demo", {});
    assertMatch(stdout, /^Status: 500 Internal Server Error\r\n/);
    assertEquals([code, stderr], [
      1,
      "Cannot run under CGI: REQUEST_METHOD must be set by the web server, got none\n",
    ]);
  },
});

/** A shell, because Deno cannot hand on bytes that are no text. */
const WITHOUT_LATIN_1 = Deno.build.os === "linux"
  ? await missingTool("bash")
  : " (not on Linux)";

Deno.test({
  name:
    `runCgi() as a program finds a PATH_INFO that is not UTF-8${WITHOUT_LATIN_1}`,
  ignore: WITHOUT_LATIN_1 !== "",
  async fn(): Promise<void> {
    const script = "export PATH_INFO=$'/caf\\xe9'; exec \"$@\"";
    const start = (args: string[]) =>
      runTool("bash", ["-c", script, "bash", "env", ...args]);
    for (
      const [permission, variables] of [
        ["--allow-env", { REQUEST_URI: "/cgi-bin/app/caf%E9?q" }],
        ["--allow-all", {}],
      ] as const
    ) {
      // Without -i, which would drop the variable.
      const args = commandLine(
        "path",
        { ...VARIABLES, ...variables },
        permission,
      )
        .slice(1);
      const { stdout, stderr } = await start(args);
      assertEquals(stderr, "");
      assertStringIncludes(
        stdout,
        '["/cgi-bin/app","/café"]',
      );
    }
  },
});

Deno.test({
  name:
    `runCgi() as a program ends quietly when nobody reads its output${WITHOUT_ENV}`,
  ignore: WITHOUT_ENV !== "",
  async fn(): Promise<void> {
    const child = new Deno.Command("env", {
      args: commandLine("endless", VARIABLES, "--allow-env"),
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    try {
      const reader = child.stdout.getReader();
      await within(reader.read(), "the first bytes");
      await reader.cancel();
      const errors = await within(new Response(child.stderr).text(), "the end");
      const { code } = await within(child.status, "the end");
      assertEquals([code, errors], [0, "closed\n"]);
    } finally {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended by itself.
      }
    }
  },
});

Deno.test({
  name:
    `runCgi() as a program reads what its application did not${WITHOUT_ENV}`,
  ignore: WITHOUT_ENV !== "",
  async fn(): Promise<void> {
    const size = 1_000_000;
    const child = new Deno.Command("env", {
      args: commandLine("ignore", {
        ...VARIABLES,
        REQUEST_METHOD: "POST",
        CONTENT_LENGTH: String(size),
      }, "--allow-env"),
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    try {
      const writer = child.stdin.getWriter();
      // Far more than a pipe holds: it fails if the program does not read.
      await within(writer.write(new Uint8Array(size)), "the input");
      await writer.close();
      const output = await within(new Response(child.stdout).text(), "the end");
      assertMatch(output, /^Status: 200 OK\r\n[^]*\r\n\r\ndone$/);
      assertEquals((await child.status).code, 0);
    } finally {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended by itself.
      }
    }
  },
});
