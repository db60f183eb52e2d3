import { assert, assertEquals, assertMatch } from "@std/assert";
import { assertRejects, assertStringIncludes } from "@std/assert";
import { APPLICATION_CASES } from "../../conformance/check_application.ts";
import type { ApplicationCheckOptions } from "../../conformance/check_application.ts";
import { checkApplication } from "../../conformance/check_application.ts";
import type { CaseReport } from "../../conformance/report.ts";
import { app as hello } from "../../examples/hello.ts";
import { type Application, decodeUtf8, type Environ } from "../../mod.ts";
import { validator } from "../../mod.ts";
import { fromBytes } from "../../wsgi/byte_string.ts";
import { answering, fail, PLAIN } from "../gateway/recording_transport.ts";
import { plain } from "./broken/server.ts";

/** Runs some cases and returns their reports. */
async function runCases(
  app: Application,
  names: string,
  options: ApplicationCheckOptions = {},
): Promise<readonly CaseReport[]> {
  const ids = names.split(" ").map((name) => `application/${name}`);
  const { cases } = await checkApplication(app, { ...options, cases: ids });
  assertEquals(cases.map(({ id }) => id), ids);
  return cases;
}

/** The outcome of a case, and its message. */
function shown({ outcome, message }: CaseReport): string {
  return `${outcome}: ${message}`;
}

/** An application that passes its environ to a test. */
function seeing(see: (environ: Environ) => unknown): Application {
  return (environ, startResponse) => {
    see(environ);
    return hello(environ, startResponse);
  };
}

Deno.test("every case for applications has a unique id and an anchor in SPEC.md", async () => {
  const page = new URL("../../SPEC.md", import.meta.url);
  const spec = await Deno.readTextFile(page);
  const ids = APPLICATION_CASES.map(({ id }) => id);
  assertEquals(ids.length, new Set(ids).size);
  for (const { id, spec: anchor, title } of APPLICATION_CASES) {
    assertMatch(id, /^application\/[a-z0-9.]+(?:-[a-z0-9.]+)*$/);
    assertStringIncludes(spec, `<a id="${anchor}"></a>`, id);
    assertMatch(title, /^[A-Z].*[^.]$/);
  }
});

Deno.test("checkApplication() counts the outcomes of all cases", async () => {
  const seen: [string, number, number][] = [];
  const { cases, passed, failed, skipped } = await checkApplication(hello, {
    onCase: ({ id }, done, total) => void seen.push([id, done, total]),
  });
  const total = APPLICATION_CASES.length;
  assertEquals([cases.length, passed + failed + skipped], [total, total]);
  assertEquals(seen, cases.map(({ id }, index) => [id, index + 1, total]));
});

Deno.test("checkApplication() runs the cases that a glob names", async () => {
  const { cases } = await checkApplication(hello, { cases: ["*/head-*"] });
  const names = cases.map(({ id }) => id.replace("application/head-", ""));
  assertEquals(names, ["status", "headers", "type", "length"]);
});

Deno.test("checkApplication() sends valid requests, except for variables left out on purpose", async () => {
  const rules = new Set<string>();
  const app = validator(hello, {
    profile: "paranoid",
    throws: false,
    onViolation: ({ blame, rule }) =>
      void (blame === "application" || rules.add(rule)),
  });
  // Without the mark and the streams, the two validators do not find each other.
  await checkApplication((environ, startResponse) => {
    const copy = Object.fromEntries(Object.entries(environ)) as Environ;
    const { "wsgi.input": input, "wsgi.errors": errors } = environ;
    copy["wsgi.input"] = plain(input);
    copy["wsgi.errors"] = {
      write: (text) => errors.write(text),
      writelines: (texts) => errors.writelines(texts),
      flush: () => errors.flush(),
    };
    return app(copy, startResponse);
  });
  // Only a warning: PEP 3333 allows the absence of QUERY_STRING.
  assertEquals([...rules], ["environ/missing-path"]);
});

Deno.test("checkApplication() runs a case for each path, and names the path that fails", async () => {
  const paths: string[] = [];
  const app = seeing(({ PATH_INFO, QUERY_STRING }) => {
    paths.push(PATH_INFO + QUERY_STRING);
    if (PATH_INFO === "/b") fail("no b");
  });
  const cases = await runCases(app, "get", { paths: ["/a?x=1", "/b"] });
  assertEquals(paths, ["/ax=1", "/b"]);
  const message = "GET /b: the application must not fail, got Error: no b";
  assertEquals(cases.map(shown), [`failed: ${message}`]);
});

Deno.test("checkApplication() adds variables to every request", async () => {
  const users = new Set<unknown>();
  const app = seeing((environ) => users.add(environ.REMOTE_USER));
  await runCases(app, "get post", { environ: { REMOTE_USER: "alice" } });
  assertEquals([...users], ["alice"]);
});

Deno.test("checkApplication() sends additional requests", async () => {
  const seen: unknown[] = [];
  const app: Application = async (environ, startResponse) => {
    const { REQUEST_METHOD, PATH_INFO, HTTP_X_NAME, CONTENT_LENGTH } = environ;
    const body = decodeUtf8(fromBytes(await environ["wsgi.input"].read(100)));
    seen.push([REQUEST_METHOD, PATH_INFO, HTTP_X_NAME, CONTENT_LENGTH, body]);
    return hello(environ, startResponse);
  };
  const cases = await runCases(app, "own-requests", {
    requests: [
      { path: "/a" },
      { method: "POST", path: "/b", headers: [["X-Name", "x"]], body: "é" },
    ],
  });
  assertEquals(cases.map(shown), ["passed: undefined"]);
  assertEquals(seen, [
    ["GET", "/a", undefined, undefined, ""],
    ["POST", "/b", "x", "2", "é"],
  ]);
});

Deno.test("checkApplication() shows what was sent and received", async () => {
  const [report] = await runCases(hello, "post");
  const [sent, head = "", ...rest] = report!.exchanged
    .map(({ direction, data }) => `${direction}: ${data}`);
  const request = "POST / HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n" +
    "Content-Type: application/x-www-form-urlencoded\r\n" +
    "Content-Length: 12\r\n\r\na=1&b=%C3%A9";
  assertEquals(sent, `sent: ${request}`);
  assertMatch(head, /^received: HTTP\/1\.1 200 OK\r\nContent-Type: /);
  assertEquals(rest, ["received: Hello world!\n", "ended: "]);
});

Deno.test("checkApplication() lists warnings once and fails no case, or does what the rule settings say", async () => {
  const dated = answering(() => [], [...PLAIN, ["Date", "now"]]);
  const outcomes = async (options: ApplicationCheckOptions) =>
    (await runCases(dated, "get post", options)).map(shown);
  const rules = { "http/server-headers": "off" } as const;
  const [first = "", second] = await outcomes({ rules });
  assertMatch(first, /^passed: warning: .*rule http\/date/);
  const passed = "passed: undefined";
  assertEquals(second, passed);
  assertEquals(await outcomes({ profile: "core" }), [passed, passed]);
  for (const outcome of await outcomes({ rules: { "http/date": "error" } })) {
    assertMatch(outcome, /^failed: /);
  }
});

Deno.test("checkApplication() says why a case does not apply", async () => {
  const cases = await runCases(hello, "own-etag");
  const why = "skipped: neither ETag nor Last-Modified";
  assertEquals(cases.map(shown), [why]);
});

Deno.test("checkApplication() fails an application that never answers, and continues", async () => {
  let calls = 0;
  const app: Application = (environ, startResponse) => {
    calls++;
    return environ.REQUEST_METHOD === "GET"
      ? new Promise(() => {})
      : hello(environ, startResponse);
  };
  const cases = await runCases(app, "get post", { timeout: 200 });
  assertEquals(cases.map(shown), [
    "failed: GET /: the application must do something within 200 ms, got nothing",
    "passed: undefined",
  ]);
  assertEquals(calls, 2);
});

Deno.test("checkApplication() reports escaped errors even if their case was not selected", async () => {
  const app = seeing(() => void Promise.reject(new Error("nobody's")));
  const { cases } = await checkApplication(app, { cases: ["application/get"] });
  assertEquals(cases.map(({ id, message }) => [id, message]), [
    ["application/get", undefined],
    [
      "application/nothing-left",
      "no error must be unhandled, got Error: nobody's, during application/get",
    ],
  ]);
});

Deno.test("checkApplication() leaves no listener for escaped errors behind", async () => {
  await runCases(hello, "get");
  const init = { cancelable: true, promise: Promise.resolve() };
  const event = new PromiseRejectionEvent("unhandledrejection", init);
  assert(globalThis.dispatchEvent(event), "it was prevented");
});

Deno.test("checkApplication() fails every case of an application that always throws", async () => {
  const { cases } = await checkApplication(() => fail());
  const others = cases.filter(({ outcome }) => outcome !== "failed");
  assertEquals(others.map(({ id }) => id), ["application/nothing-left"]);
});

Deno.test("checkApplication() lists text that is written to wsgi.errors too late", async () => {
  const app = seeing(({ REQUEST_METHOD, "wsgi.errors": errors }) => {
    if (REQUEST_METHOD !== "POST") return;
    setTimeout(() => errors.write("late\n"), 30);
  });
  const cases = await runCases(app, "post nothing-left");
  const [first, second = ""] = cases.map(shown);
  assertEquals(first, "passed: undefined");
  assertMatch(second, /^passed: warning: .*rule errors\/after-close/);
});

Deno.test("checkApplication() requires an application", async () => {
  const check = () => checkApplication("app" as unknown as Application);
  const message = "it must be a function (environ, startResponse)";
  await assertRejects(check, TypeError, message);
});

Deno.test.each<[ApplicationCheckOptions, string]>([
  [{ paths: [] }, "paths must be an array of at least one path"],
  [{ paths: "/" as unknown as string[] }, 'got "/"'],
  [{ paths: ["search"] }, "each of paths must be a request target"],
  [{ paths: ["/a b"] }, 'got "/a b"'],
  [{ paths: ["/é\u0100"] }, "each of paths must be a request target"],
  [{ paths: ["/a#b"] }, 'got "/a#b"'],
  [{ requests: [{ path: "" }] }, "path of a request must be"],
  [{ timeout: 0 }, "timeout must be milliseconds from 1, got 0"],
  [{ timeout: NaN }, "timeout must be milliseconds from 1, got NaN"],
  [{ cases: [""] }, "a glob must be a string"],
  [{ rules: { "no/such": "off" } }, 'no rule matches "no/such"'],
  [{ profile: "all" as "core" }, "profile must be"],
])("checkApplication() refuses %j", async (options, message) => {
  await assertRejects(() => checkApplication(hello, options), Error, message);
});
