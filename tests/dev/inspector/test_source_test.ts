import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type {
  ConversationEvent,
  RecordedRequest,
} from "../../../dev/conversation.ts";
import { findExport } from "../../../dev/inspector/module_export.ts";
import { toTestSource } from "../../../dev/inspector/test_source.ts";
import { runTests } from "./copied_tests.ts";
import { answer, BODY_STRING, request } from "./samples.ts";

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
  const names = request("GET", "/names");
  const thrown = request("GET", "/error");
  const warned = request("GET", "/warned");
  const found = (severity: "error" | "warning"): ConversationEvent => ({
    time: 1,
    type: "finding",
    finding: { ...BODY_STRING, severity },
  });
  const message = "no page 7\n});";
  const error = { name: "RangeError", message, frames: [] };
  const fails = { time: 1, type: "error", error } as const;
  const { code, stdout, stderr } = await runTests(
    modules,
    ...SENT.map(([sent]) =>
      toSource("app.ts", sent, ...answer(sent, "201 Created"))
    ),
    toSource("fetch.ts", names, ...answer(names, "202 Accepted")),
    toSource("names.js", names, found("error")),
    toSource("names.js", thrown, fails),
    toSource("fetch.ts", thrown, fails),
    toSource("names.js", warned, ...answer(warned, "200 OK"), found("warning")),
  );
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
])("findExport() of %j is %s", (source, name, isFetch, module) => {
  const specifier = "./app.ts";
  const path = typeof module === "string" ? module : "app.ts";
  assertEquals(findExport(path, source), { specifier, name, isFetch });
});
