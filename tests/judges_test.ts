import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { fromFileUrl } from "@std/path";
import { fromPython } from "../examples/python/bridge.ts";
import type { Middleware } from "../mod.ts";
import { CheckedServer, type Verdict } from "./checked_server.ts";
import { type Judged, toRequest } from "./judges/judged.ts";
import { REQUESTS } from "./judges/requests.ts";
import { RESPONSES } from "./judges/responses.ts";
import { loadPython, run } from "./pyodide.ts";
import { RawClient } from "./raw_client.ts";
import { testsWith } from "./tool.ts";

const DEBIAN = "/usr/lib/python3/dist-packages";

const { python, missing } = await loadPython({
  werkzeug: `${DEBIAN}/werkzeug`,
  markupsafe: `${DEBIAN}/markupsafe`,
  testdata: fromFileUrl(new URL("testdata", import.meta.url)),
});
const test = testsWith(missing === undefined ? "" : ` (${missing})`);

/** Runs one line of Python that may use what judges.py has. */
function judge(line: string): unknown {
  return run(python!, `from testdata.judges import *\n${line}`);
}

/** A server whose application is judged by Python and by us. */
class Court extends CheckedServer {
  /** @param between What stands between our validator and Python. */
  constructor(between: Middleware = (app) => app) {
    judge("collect()");
    super(between(fromPython(python!, judge("application"))));
  }

  /** Sends a request over a connection and asserts what it must bring. */
  async ask(client: RawClient, judged: Judged): Promise<void> {
    const { status = 200, text, fields = {}, isCut = false } = judged;
    await client.send(toRequest(judged));
    const { head, body, complete } = await client.response(judged.method);
    assertEquals([head.status, complete], [status, !isCut]);
    for (const [name, values] of Object.entries(fields)) {
      assertEquals(head.all(name), values);
    }
    if (text !== undefined) assertSame(body, text);
    else assertShown(JSON.parse(body), judged);
  }

  /** Sends a request over a connection of its own. */
  async askAlone(judged: Judged): Promise<void> {
    using client = await RawClient.connect(this);
    await this.ask(client, judged);
  }

  /** Ends the server; gives what all judges and the log have to say. */
  override async verdict(): Promise<Verdict & { complaints: string }> {
    const verdict = await super.verdict();
    return { ...verdict, complaints: judge("collect()") as string };
  }
}

/** Asserts as assertEquals(), which needs minutes for unequal megabytes. */
function assertSame(got: string, expected: string): void {
  assertEquals([got.length, got.slice(0, 1000)], [
    expected.length,
    expected.slice(0, 1000),
  ]);
  assert(got === expected, "the texts differ after 1000 characters");
}

/** Asserts what the application `show` has seen. */
function assertShown(shown: Shown, { environ = {}, input = "" }: Judged): void {
  const seen = Object.keys(environ).map((key) => [key, shown.environ[key]]);
  assertEquals(Object.fromEntries(seen), environ);
  assertSame(shown.body, input);
}

interface Shown {
  environ: Record<string, string>;
  body: string;
}

const ALL = [...REQUESTS, ...RESPONSES];

Deno.test("the judges have at least 40 requests to judge, each once", () => {
  const names = new Set(ALL.map(({ what }) => what));
  assertEquals(names.size, ALL.length);
  assert(ALL.length >= 40);
});

for (const judged of ALL) {
  const { what, wrong = "", log = /^$/ } = judged;
  const found = wrong === "" ? "nothing" : "nothing true";
  const name = `the judges of Python and ours find ${found} in ${what}`;
  test(name, async () => {
    await using court = new Court();
    await court.askAlone(judged);
    const verdict = await court.verdict();
    assertEquals([verdict.complaints, verdict.findings], [wrong, []]);
    assertMatch(verdict.log, log);
  });
}

test("the judges of Python and ours find nothing in requests over one connection", async () => {
  const kept = ALL.filter((judged) =>
    judged.version === undefined && !judged.isCut && !judged.wrong &&
    // The server refuses the request, and closes the connection.
    judged.status !== 400 &&
    // An instance counts its requests.
    judged.app !== "instance"
  );
  assert(kept.length >= 40);
  await using court = new Court();
  using client = await RawClient.connect(court);
  for (const judged of kept) {
    await court.ask(client, judged);
  }
  const { complaints, findings } = await court.verdict();
  assertEquals([complaints, findings], ["", []]);
});

test("the judges of Python and ours find nothing in requests at the same time", async () => {
  const bodies = Array.from({ length: 12 }, (_, i) => String(i).repeat(1000));
  await using court = new Court();
  await Promise.all(bodies.map(async (input) => {
    using client = await RawClient.connect(court);
    await court.ask(client, { what: "", method: "POST", body: input, input });
    const text = "one two three";
    await court.ask(client, { what: "", app: "generator", text });
  }));
  assertEquals(await court.verdict(), {
    findings: [],
    log: "",
    complaints: "",
  });
});

// The judges are awake -----------------------------------------------------------

const FAILED = "500 Internal Server Error\n";

test("Python's validator refuses a response without a type", async () => {
  await using court = new Court();
  const app = "without-type";
  await court.askAlone({ what: "", app, status: 500, text: FAILED });
  const { log } = await court.verdict();
  assertStringIncludes(log, "AssertionError: No Content-Type header found");
});

test("Lint and our validator find an ETag without quotes", async () => {
  await using court = new Court();
  await court.askAlone({ what: "", app: "unquoted-etag", text: "tagged" });
  const { complaints, findings } = await court.verdict();
  assertEquals(complaints, "HTTPWarning: Unquoted etag emitted.");
  assertMatch(findings.join(), /^http\/etag: /);
});

test("Python's validator finds what a server has left out", async () => {
  await using court = new Court((app) => (environ, startResponse) => {
    Reflect.deleteProperty(environ, "QUERY_STRING");
    Reflect.deleteProperty(environ, "SERVER_NAME");
    return app(environ, startResponse);
  });
  const app = "generator";
  await court.askAlone({ what: "", app, status: 500, text: FAILED });
  const { log } = await court.verdict();
  assertStringIncludes(log, "Environment missing required key: 'SERVER_NAME'");
});

test("both judges of Python find a body that is never closed", () => {
  const complaints = judge(`
from wsgiref.util import setup_testing_defaults
collect()
environ = {"QUERY_STRING": "", "HTTP_X_APP": "generator"}
setup_testing_defaults(environ)
list(application(environ, lambda *args: None))
collect()`);
  assertEquals(String(complaints).split("\n").toSorted(), [
    "AssertionError: Iterator garbage collected without being closed",
    "WSGIWarning: Iterator was garbage collected before it was closed.",
  ]);
});
