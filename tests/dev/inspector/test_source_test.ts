import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type {
  Conversation,
  ConversationEvent,
  RecordedRequest,
} from "../../../dev/conversation.ts";
import { findExport } from "../../../dev/inspector/module_export.ts";
import { toTestSource } from "../../../dev/inspector/test_source.ts";
import { runTool, type ToolOutcome } from "../../tool.ts";
import { answer, BODY_STRING, request } from "./samples.ts";

const ROOT = new URL("../../../", import.meta.url);

/** Makes what is known of a request. */
function conversation(
  sent: RecordedRequest,
  events: readonly ConversationEvent[] = answer(sent, "200 OK"),
): Conversation {
  return { id: 1, startedAt: 0, request: sent, events };
}

/** Writes an application and the tests of some requests, and runs them. */
async function runTests(
  modules: Readonly<Record<string, string>>,
  tests: readonly string[],
): Promise<ToolOutcome> {
  const folder = await Deno.makeTempDir();
  try {
    const names = ["", "/test-client", "/from-fetch"];
    const { exports } = JSON.parse(
      await Deno.readTextFile(new URL("deno.json", ROOT)),
    );
    const imports = Object.fromEntries(names.map((name) => [
      `@wsgi/ref${name}`,
      new URL(exports[`.${name}`], ROOT).href,
    ]));
    const all: Record<string, string> = {
      ...modules,
      "deno.json": JSON.stringify({ imports }),
    };
    for (const [index, test] of tests.entries()) {
      all[`t${index}_test.ts`] = test;
    }
    for (const [name, text] of Object.entries(all)) {
      await Deno.writeTextFile(`${folder}/${name}`, text);
    }
    const config = `--config=${folder}/deno.json`;
    const args = ["test", "-A", "--check", config, folder];
    return await runTool("env", ["NO_COLOR=1", Deno.execPath(), ...args]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const ECHO = `import type { Application } from "@wsgi/ref";
export const application: Application = async (environ, startResponse) => {
  const body = await environ["wsgi.input"].read();
  const seen = [
    environ.REQUEST_METHOD, environ.PATH_INFO, environ.QUERY_STRING,
    environ.HTTP_HOST, environ.HTTP_X_ODD, environ.CONTENT_TYPE,
    environ.SERVER_PROTOCOL, body.length, body[0] ?? -1, body.at(-1) ?? -1,
  ];
  console.log(JSON.stringify(seen));
  startResponse("201 Created", [["Content-Type", "text/plain"]]);
  return environ.REQUEST_METHOD === "HEAD" ? [] : [body];
};
`;

Deno.test("toTestSource() makes tests that send the same request, and pass while the status stays", async () => {
  const long = Uint8Array.from({ length: 300 }, (_, index) => index % 256);
  const odd = 'a"b\\c*/ é';
  const chunked = request(
    "POST",
    "/",
    [["Transfer-Encoding", "chunked"]],
    "ab",
  );
  const sent: [RecordedRequest, readonly unknown[]][] = [
    [request("GET", '/%C3%A9/../x?a=%20"`${b}\\', [["X-Odd", odd]]), [
      "GET",
      "/é/../x",
      'a=%20"`${b}\\',
      "localhost:8000",
      odd,
      null,
      "HTTP/1.1",
      0,
      -1,
      -1,
    ]],
    [
      request("POST", "/f", [["content-type", "text/x"], [
        "Content-Length",
        "3",
      ]], "a\n\u2028"),
      [
        "POST",
        "/f",
        "",
        "localhost:8000",
        null,
        "text/x",
        "HTTP/1.1",
        5,
        97,
        168,
      ],
    ],
    [request("PUT", "/", [], long), [
      "PUT",
      "/",
      "",
      "localhost:8000",
      null,
      null,
      "HTTP/1.1",
      300,
      0,
      43,
    ]],
    [request("PUT", "/", [], Uint8Array.of(0, 255)), [
      "PUT",
      "/",
      "",
      "localhost:8000",
      null,
      null,
      "HTTP/1.1",
      2,
      0,
      255,
    ]],
    [chunked, [
      "POST",
      "/",
      "",
      "localhost:8000",
      null,
      null,
      "HTTP/1.1",
      2,
      97,
      98,
    ]],
    [{ ...request("HEAD", "http://h/p?q"), protocol: "HTTP/1.0" }, [
      "HEAD",
      "/p",
      "q",
      "localhost:8000",
      null,
      null,
      "HTTP/1.0",
      0,
      -1,
      -1,
    ]],
  ];
  const tests = sent.map(([one]) =>
    toTestSource(
      conversation(one, answer(one, "201 Created")),
      findExport("app.ts", ECHO),
    )!
  );
  const { code, stdout, stderr } = await runTests({ "app.ts": ECHO }, tests);
  assertEquals(code, 0, stdout + stderr);
  const seen = Array.from(
    stdout.matchAll(/^\[.*\]$/gm),
    ([line]) => JSON.parse(line),
  );
  const text = (values: readonly unknown[]) =>
    values.map((value) =>
      typeof value === "string"
        ? new TextDecoder().decode(
          Uint8Array.from(value, (char) => char.charCodeAt(0)),
        )
        : value
    );
  assertEquals(
    seen.map(([a, b, c, d, e, ...rest]) => [a, ...text([b]), c, d, e, ...rest]),
    sent.map(([, expected]) => [...expected]),
  );
});

Deno.test("toTestSource() makes tests that fail for the same reason", async () => {
  const names = request("GET", "/names");
  const thrown = request("GET", "/error");
  const warned = request("GET", "/warned");
  const modules = {
    "names.js": `export function app(environ, startResponse) {
  if (environ.PATH_INFO === "/error") throw new RangeError("no page 7");
  startResponse("200 OK", [["Content-Type", "text/plain "]]);
  return environ.PATH_INFO === "/warned" ? [] : "Ada";
}\n`,
    "hono.ts": `const app = { fetch: (request: Request): Response => {
  if (request.url.endsWith("/error")) throw new RangeError("no page 7");
  return new Response("fine", { status: 202 });
} };
export default app;\n`,
  };
  const error = { name: "RangeError", message: "no page 7\n});", frames: [] };
  const fails: ConversationEvent[] = [{ time: 1, type: "error", error }];
  const [js, ts] = Object.entries(modules).map(([name, text]) =>
    findExport(`src/${name}`, text)
  );
  const warning = { ...BODY_STRING, severity: "warning" } as const;
  const tests = [
    toTestSource(
      conversation(names, [{ time: 1, type: "finding", finding: BODY_STRING }]),
      js!,
    ),
    toTestSource(conversation(thrown, fails), js!),
    toTestSource(
      conversation(warned, [...answer(warned, "200 OK"), {
        time: 1,
        type: "finding",
        finding: warning,
      }]),
      js!,
    ),
    toTestSource(conversation(thrown, fails), ts!),
    toTestSource(conversation(names, answer(names, "202 Accepted")), ts!),
  ];
  const { code, stdout, stderr } = await runTests(
    modules,
    tests.map((test) => test!),
  );
  assertEquals(code, 1, stdout + stderr);
  assertMatch(stdout, /1 passed \| 4 failed/);
  assertStringIncludes(stdout, "not a string");
  assertEquals(stdout.match(/RangeError: no page 7/g)?.length, 2);
  assertStringIncludes(stdout, "headers/outer-space");
});

Deno.test("toTestSource() gives nothing for what the test client cannot send", () => {
  const module = findExport("app.ts", ECHO);
  const cut = { ...request("POST", "/", [], "abc"), isBodyComplete: false };
  for (const sent of [request("OPTIONS", "*"), cut]) {
    assertEquals(toTestSource(conversation(sent), module), undefined);
  }
});

Deno.test("findExport() finds what the server serves", () => {
  for (
    const [module, source, name, isFetch] of [
      ["app.ts", "export default app;", "default", false],
      [
        "app.ts",
        "const app = () => {};\nexport { app as default };",
        "default",
        false,
      ],
      ["app.ts", "export default { fetch() {} };", "default", true],
      [
        "app.ts",
        "const app = new Hono<Env>();\nexport default app;",
        "default",
        true,
      ],
      ["app.ts", "// export default\nexport function app() {}", "app", false],
      [
        "app.ts",
        'const a = "export default";\nexport const application = 1, app = 2;',
        "application",
        false,
      ],
      ["app.ts", "export async function* app() {}", "app", false],
      ["app.ts", "const app = 1;\nexport { app };", "app", false],
      ["/home/ada/app.ts:shop", undefined, "shop", false],
      ["C:\\x\\app.ts", undefined, "default", false],
    ] as const
  ) {
    const specifier = "./app.ts";
    assertEquals(findExport(module, source), { specifier, name, isFetch });
  }
});
