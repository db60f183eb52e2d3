import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type {
  ConversationEvent,
  RecordedRequest,
} from "../../../dev/conversation.ts";
import { findExport } from "../../../dev/inspector/module_export.ts";
import { toTestSource } from "../../../dev/inspector/test_source.ts";
import { runTool, type ToolOutcome } from "../../tool.ts";
import { answer, BODY_STRING, request } from "./samples.ts";

const ROOT = new URL("../../../", import.meta.url);

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
  console.log("seen " + [
    environ.REQUEST_METHOD, escape(environ.PATH_INFO), environ.QUERY_STRING,
    environ.HTTP_HOST, environ.HTTP_X_ODD, environ.CONTENT_TYPE,
    environ.SERVER_PROTOCOL, body.length, body[0], body.at(-1),
  ].join(" | "));
  startResponse("201 Created", [["Content-Type", "text/plain"]]);
  return environ.REQUEST_METHOD === "HEAD" ? [] : [body];
};
`;

const NAMES = `export function app(environ, startResponse) {
  if (environ.PATH_INFO === "/error") throw new RangeError("no page 7");
  startResponse("200 OK", [["Content-Type", "text/plain "]]);
  return environ.PATH_INFO === "/warned" ? [] : "Ada";
}\n`;

const FETCH = `const app = { fetch: (request: Request): Response => {
  if (request.url.endsWith("/error")) throw new RangeError("no page 7");
  return new Response("fine", { status: 202 });
} };
export default app;\n`;

const BYTES = Uint8Array.from({ length: 300 }, (_, index) => index % 256);
const ODD = 'a"b\\c*/ \xe9';
const HOST = "localhost:8000";

/** Requests, and the description of each by ECHO. */
const SENT: readonly (readonly [RecordedRequest, string])[] = [
  [
    request("GET", '/%C3%A9/../x?a=%20"`${b}\\', [["X-Odd", ODD]]),
    `GET | /%C3%A9/../x | a=%20"\`\${b}\\ | ${HOST} | ${ODD} |  | HTTP/1.1 | 0 |  | `,
  ],
  [
    request("POST", "/f", [["content-type", "text/x"]], "a\n\u2028"),
    `POST | /f |  | ${HOST} |  | text/x | HTTP/1.1 | 5 | 97 | 168`,
  ],
  [
    request("PUT", "/", [["Content-Length", "300"]], BYTES),
    `PUT | / |  | ${HOST} |  |  | HTTP/1.1 | 300 | 0 | 43`,
  ],
  [
    request("PUT", "/", [], Uint8Array.of(0, 255)),
    `PUT | / |  | ${HOST} |  |  | HTTP/1.1 | 2 | 0 | 255`,
  ],
  [
    request("POST", "/", [["Transfer-Encoding", "chunked"]], "ab"),
    `POST | / |  | ${HOST} |  |  | HTTP/1.1 | 2 | 97 | 98`,
  ],
  [
    { ...request("HEAD", "http://h/p?q"), protocol: "HTTP/1.0" },
    "HEAD | /p | q | h |  |  | HTTP/1.0 | 0 |  | ",
  ],
];

Deno.test("toTestSource() writes tests that compile, send the same request, and fail for the same reason", async () => {
  const modules = { "app.ts": ECHO, "names.js": NAMES, "fetch.ts": FETCH };
  const toSource = (
    module: keyof typeof modules,
    sent: RecordedRequest,
    ...events: ConversationEvent[]
  ) =>
    toTestSource(
      { id: 1, startedAt: 0, request: sent, events },
      findExport(`src/${module}`, modules[module]),
    )!;
  const [names, thrown, warned] = ["/names", "/error", "/warned"]
    .map((path) => request("GET", path)) as [
      RecordedRequest,
      RecordedRequest,
      RecordedRequest,
    ];
  const found = (severity: "error" | "warning"): ConversationEvent => ({
    time: 1,
    type: "finding",
    finding: { ...BODY_STRING, severity },
  });
  const error = { name: "RangeError", message: "no page 7\n});", frames: [] };
  const { code, stdout, stderr } = await runTests(modules, [
    ...SENT.map(([sent]) =>
      toSource("app.ts", sent, ...answer(sent, "201 Created"))
    ),
    toSource("fetch.ts", names, ...answer(names, "202 Accepted")),
    toSource("names.js", names, found("error")),
    toSource("names.js", thrown, { time: 1, type: "error", error }),
    toSource("fetch.ts", thrown, { time: 1, type: "error", error }),
    toSource(
      "names.js",
      warned,
      ...answer(warned, "200 OK"),
      found("warning"),
    ),
  ]);
  assertMatch(stdout, /7 passed \| 4 failed/, stderr);
  assertEquals(code, 1);
  assertStringIncludes(stdout, "not a string");
  assertEquals(stdout.match(/RangeError: no page 7/g)?.length, 2);
  assertStringIncludes(stdout, "headers/outer-space");
  const seen = Array.from(stdout.matchAll(/^seen (.*)$/gm), ([, line]) => line);
  assertEquals(seen, SENT.map(([, expected]) => expected));
});

Deno.test("toTestSource() returns nothing for a request that the test client cannot send", () => {
  const module = findExport("app.ts", ECHO);
  const cut = { ...request("POST", "/", [], "abc"), isBodyComplete: false };
  for (const sent of [request("OPTIONS", "*"), cut]) {
    const recorded = { id: 1, startedAt: 0, request: sent, events: [] };
    assertEquals(toTestSource(recorded, module), undefined);
  }
});

Deno.test.each<[string | undefined, name: string, isFetch: boolean, string?]>([
  ["export default app;", "default", false],
  ["const app = () => {};\nexport { app as default };", "default", false],
  ["export default { fetch() {} };", "default", true],
  ["const app = new Hono<Env>();\nexport default app;", "default", true],
  ["// export default\nexport function app() {}", "app", false],
  [
    'const a = "export default";\nexport const application = 1, app = 2;',
    "application",
    false,
  ],
  ["export const app: Hono = new Hono();", "app", true],
  ["const a = b; const b = a;\nexport default a", "default", false],
  ["export async function* app() {}", "app", false],
  ["const app = 1;\nexport { app };", "app", false],
  [undefined, "shop", false, "/home/ada/app.ts:shop"],
  [undefined, "default", false, "C:\\x\\app.ts"],
])(
  "findExport() of %j is %s",
  (source, name, isFetch, module) => {
    const specifier = "./app.ts";
    const path = typeof module === "string" ? module : "app.ts";
    assertEquals(findExport(path, source), { specifier, name, isFetch });
  },
);
