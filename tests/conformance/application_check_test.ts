import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import {
  APPLICATION_CASES,
  type ApplicationCheckOptions,
  checkApplication,
} from "../../conformance/check_application.ts";
import type { CaseReport } from "../../conformance/report.ts";
import { app as hello } from "../../examples/hello.ts";
import { type Application, type Environ, validator } from "../../mod.ts";

/** Runs one case and returns its report. */
async function runCase(
  app: Application,
  name: string,
  options: ApplicationCheckOptions = {},
): Promise<CaseReport> {
  const id = `application/${name}`;
  const { cases } = await checkApplication(app, { ...options, cases: [id] });
  assertEquals(cases.map((one) => one.id), [id]);
  return cases[0]!;
}

/** An application that passes its environ to a test. */
function seeing(see: (environ: Environ) => unknown): Application {
  return (environ, startResponse) => {
    see(environ);
    return hello(environ, startResponse);
  };
}

Deno.test("every case for applications has a unique id and an anchor in SPEC.md", async () => {
  const spec = await Deno.readTextFile(
    new URL("../../SPEC.md", import.meta.url),
  );
  const ids = APPLICATION_CASES.map(({ id }) => id);
  assertEquals(ids.length, new Set(ids).size);
  for (const { id, spec: anchor, title } of APPLICATION_CASES) {
    assertMatch(id, /^application\/[a-z0-9.]+(?:-[a-z0-9.]+)*$/);
    assertStringIncludes(spec, `<a id="${anchor}"></a>`, id);
    assertMatch(title, /^[A-Z].*[^.]$/);
  }
});

Deno.test("checkApplication() counts the outcomes of all cases", async () => {
  const seen: (readonly [string, number, number])[] = [];
  const report = await checkApplication(hello, {
    onCase: ({ id }, done, total) => void seen.push([id, done, total]),
  });
  const total = APPLICATION_CASES.length;
  assertEquals(report.cases.length, total);
  assertEquals(
    report.passed + report.failed + report.deviations + report.skipped,
    total,
  );
  assertEquals(
    seen,
    report.cases.map(({ id }, index) => [id, index + 1, total] as const),
  );
});

Deno.test("checkApplication() runs the cases that a glob names", async () => {
  const { cases } = await checkApplication(hello, {
    cases: ["application/head-*"],
  });
  assertEquals(cases.map(({ id }) => id.replace("application/", "")), [
    "head-status",
    "head-headers",
    "head-type",
    "head-length",
  ]);
});

Deno.test("checkApplication() sends valid requests, except for variables left out on purpose", async () => {
  const rules = new Set<string>();
  const app = validator(hello, {
    profile: "paranoid",
    throws: false,
    onViolation: ({ blame, rule }) => {
      if (blame !== "application") rules.add(rule);
    },
  });
  // Without the mark and the streams, the two validators do not find each other.
  await checkApplication((environ, startResponse) => {
    const copy = Object.fromEntries(Object.entries(environ)) as Environ;
    const { "wsgi.input": input, "wsgi.errors": errors } = environ;
    copy["wsgi.input"] = {
      read: (size) => input.read(size),
      readline: (size) => input.readline(size),
      readlines: (hint) => input.readlines(hint),
      [Symbol.asyncIterator]: () => input[Symbol.asyncIterator](),
    };
    copy["wsgi.errors"] = {
      write: (text) => errors.write(text),
      writelines: (texts) => errors.writelines(texts),
      flush: () => errors.flush(),
    };
    return app(copy, startResponse);
  });
  // Only a warning: PEP 3333 allows the absence of QUERY_STRING.
  assertEquals([...rules].toSorted(), [
    "environ/missing-path",
  ]);
});

Deno.test("checkApplication() runs a case for each path, and names the path that fails", async () => {
  const paths: string[] = [];
  const app: Application = (environ, startResponse) => {
    paths.push(environ.PATH_INFO + environ.QUERY_STRING);
    if (environ.PATH_INFO === "/b") throw new Error("no b");
    return hello(environ, startResponse);
  };
  const report = await runCase(app, "get", { paths: ["/a?x=1", "/b"] });
  assertEquals(paths, ["/ax=1", "/b"]);
  assertEquals(report.outcome, "failed");
  assertEquals(
    report.message,
    "GET /b: the application must not fail, got Error: no b",
  );
});

Deno.test("checkApplication() adds variables to every request", async () => {
  const users = new Set<unknown>();
  await checkApplication(seeing((environ) => users.add(environ.REMOTE_USER)), {
    cases: ["application/get", "application/post"],
    environ: { REMOTE_USER: "alice" },
  });
  assertEquals([...users], ["alice"]);
});

Deno.test("checkApplication() sends additional requests", async () => {
  const seen: unknown[] = [];
  const app: Application = async (environ, startResponse) => {
    const body = await environ["wsgi.input"].read(100);
    seen.push([
      environ.REQUEST_METHOD,
      environ.PATH_INFO,
      environ.HTTP_X_NAME,
      environ.CONTENT_LENGTH,
      new TextDecoder().decode(body),
    ]);
    return hello(environ, startResponse);
  };
  const report = await runCase(app, "own-requests", {
    requests: [
      { path: "/a" },
      { method: "POST", path: "/b", headers: [["X-Name", "x"]], body: "é" },
    ],
  });
  assertEquals(report.outcome, "passed");
  assertEquals(seen, [
    ["GET", "/a", undefined, undefined, ""],
    ["POST", "/b", "x", "2", "é"],
  ]);
});

Deno.test("checkApplication() shows what was sent and received", async () => {
  const { exchanged } = await runCase(hello, "post");
  assertEquals(exchanged.map(({ direction }) => direction), [
    "sent",
    "received",
    "received",
    "ended",
  ]);
  assertEquals(
    exchanged[0]?.data,
    "POST / HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n" +
      "Content-Type: application/x-www-form-urlencoded\r\n" +
      "Content-Length: 12\r\n\r\na=1&b=%C3%A9",
  );
  assertMatch(exchanged[1]?.data ?? "", /^HTTP\/1\.1 200 OK\r\nContent-Type: /);
  assertEquals(exchanged[2]?.data, "Hello world!\n");
});

const dated: Application = (_environ, startResponse) => {
  startResponse("200 OK", [["Content-Type", "text/plain"], ["Date", "now"]]);
  return [];
};

Deno.test("checkApplication() lists warnings of the validator once, and fails no case", async () => {
  const { cases, failed } = await checkApplication(dated, {
    cases: ["application/get", "application/post"],
    rules: { "http/server-headers": "off" },
  });
  assertEquals(failed, 0);
  assertMatch(cases[0]?.message ?? "", /^warning: .*rule http\/date/);
  assertEquals(cases[1]?.message, undefined);
});

Deno.test("checkApplication() accepts rule settings", async () => {
  const rules = { "http/date": "error" } as const;
  assertEquals((await runCase(dated, "get", { rules })).outcome, "failed");
  const core = await runCase(dated, "get", { profile: "core" });
  assertEquals([core.outcome, core.message], ["passed", undefined]);
});

Deno.test("checkApplication() says why a case does not apply", async () => {
  const { outcome, message } = await runCase(hello, "own-etag");
  assertEquals([outcome, message], [
    "skipped",
    "neither ETag nor Last-Modified",
  ]);
});

Deno.test("checkApplication() fails an application that never answers, and continues", async () => {
  let calls = 0;
  const app: Application = (environ, startResponse) => {
    calls++;
    return environ.REQUEST_METHOD === "GET"
      ? new Promise(() => {})
      : hello(environ, startResponse);
  };
  const { cases } = await checkApplication(app, {
    cases: ["application/get", "application/post"],
    timeout: 200,
  });
  assertEquals(cases.map(({ outcome }) => outcome), ["failed", "passed"]);
  assertEquals(
    cases[0]?.message,
    "GET /: the application must do something within 200 ms, got nothing",
  );
  assertEquals(calls, 2);
});

Deno.test("checkApplication() reports escaped errors even if their case was not selected", async () => {
  const app = seeing(() => void Promise.reject(new Error("nobody's")));
  const { cases } = await checkApplication(app, { cases: ["application/get"] });
  assertEquals(cases.map(({ id }) => id), [
    "application/get",
    "application/nothing-left",
  ]);
  assertEquals(
    cases[1]?.message,
    "no error must be unhandled, got Error: nobody's, during application/get",
  );
});

Deno.test("checkApplication() leaves no listener for escaped errors behind", async () => {
  const seen: unknown[] = [];
  const listener = (event: PromiseRejectionEvent): void => {
    event.preventDefault();
    seen.push(event.reason);
  };
  await checkApplication(hello, { cases: ["application/get"] });
  globalThis.addEventListener("unhandledrejection", listener);
  const event = new PromiseRejectionEvent("unhandledrejection", {
    cancelable: true,
    promise: Promise.resolve(),
    reason: "mine",
  });
  globalThis.dispatchEvent(event);
  globalThis.removeEventListener("unhandledrejection", listener);
  assertEquals(seen, ["mine"]);
  assert(event.defaultPrevented);
});

Deno.test("checkApplication() fails every case of an application that always throws", async () => {
  const { cases } = await checkApplication(() => {
    throw new Error("no");
  });
  assertEquals(
    cases.filter(({ outcome }) => outcome !== "failed").map(({ id }) => id),
    ["application/nothing-left"],
  );
});

Deno.test("checkApplication() lists text that is written to wsgi.errors too late", async () => {
  const app: Application = (environ, startResponse) => {
    const errors = environ["wsgi.errors"];
    if (environ.REQUEST_METHOD === "POST") {
      setTimeout(() => errors.write("late\n"), 30);
    }
    return hello(environ, startResponse);
  };
  const { cases } = await checkApplication(app, {
    cases: ["application/post", "application/nothing-left"],
  });
  assertEquals(cases.map(({ outcome }) => outcome), ["passed", "passed"]);
  assertMatch(cases[1]?.message ?? "", /^warning: .*rule errors\/after-close/);
});

Deno.test("checkApplication() requires an application", async () => {
  await assertRejects(
    () => checkApplication("app" as unknown as Application),
    TypeError,
    "it must be a function (environ, startResponse)",
  );
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
