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
import { type Exchange, EXCHANGES, toRequest } from "./judges/exchanges.ts";
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

/** Runs one line of Python that may use the names in judges.py. */
function judge(line: string): unknown {
  return run(python!, `from testdata.judges import *\n${line}`);
}

/** A server whose application is checked by Python and by our validator. */
class Court extends CheckedServer {
  /** @param between The layer between our validator and Python. */
  constructor(between: Middleware = (app) => app) {
    judge("collect()");
    super(between(fromPython(python!, judge("application"))));
  }

  /** Sends a request over a connection and asserts the response. */
  async ask(client: RawClient, exchange: Exchange): Promise<void> {
    const { status = 200, text = "", isCut = false, app } = exchange;
    await client.send(toRequest(exchange));
    const { head, body, complete } = await client.response(exchange.method);
    assertEquals([head.status, complete], [status, !isCut]);
    const isShown = app === undefined && status === 200 && body !== "";
    assertSame(isShown ? JSON.parse(body).body : body, text);
  }

  /** Sends a request over a connection of its own. */
  async askAlone(exchange: Exchange): Promise<void> {
    using client = await RawClient.connect(this);
    await this.ask(client, exchange);
  }

  /** Ends the server; returns the messages of all validators and the log. */
  override async verdict(): Promise<Verdict & { complaints: string }> {
    const verdict = await super.verdict();
    return { ...verdict, complaints: judge("collect()") as string };
  }
}

/** Asserts like assertEquals(), which needs minutes for unequal megabytes. */
function assertSame(got: string, expected: string): void {
  assertEquals(got.slice(0, 1000), expected.slice(0, 1000));
  assert(got === expected, "the texts differ after 1000 characters");
}

Deno.test("EXCHANGES has at least 40 entries, each once", () => {
  const names = new Set(EXCHANGES.map(({ what }) => what));
  assertEquals(names.size, EXCHANGES.length);
  assert(EXCHANGES.length >= 40);
});

for (const exchange of EXCHANGES) {
  const { what, wrong = "", log = /^$/ } = exchange;
  test(`Python's validators and ours find nothing in ${what}`, async () => {
    await using court = new Court();
    await court.askAlone(exchange);
    const verdict = await court.verdict();
    assertEquals([verdict.complaints, verdict.findings], [wrong, []]);
    assertMatch(verdict.log, log);
  });
}

test("Python's validators and ours find nothing in requests over one connection", async () => {
  const kept = EXCHANGES.filter(({ version, isCut, wrong, status, app }) =>
    version === undefined && !isCut && !wrong &&
    // After 400 the connection is closed, and an instance counts its requests.
    status !== 400 && app !== "instance"
  );
  assert(kept.length >= 40);
  await using court = new Court();
  using client = await RawClient.connect(court);
  for (const exchange of kept) await court.ask(client, exchange);
  const { complaints, findings } = await court.verdict();
  assertEquals([complaints, findings], ["", []]);
});

test("Python's validators and ours find nothing in concurrent requests", async () => {
  const bodies = Array.from({ length: 12 }, (_, i) => String(i).repeat(1000));
  await using court = new Court();
  await Promise.all(bodies.map(async (input) => {
    using client = await RawClient.connect(court);
    const body = { method: "POST", body: input, text: input };
    await court.ask(client, { what: "", ...body });
    const text = "one two three";
    await court.ask(client, { what: "", app: "generator", text });
  }));
  const nothing = { findings: [], log: "", complaints: "" };
  assertEquals(await court.verdict(), nothing);
});

// Broken applications and servers ----------------------------------------------

const FAILED = "500 Internal Server Error\n";

test("wsgiref.validate rejects a response without a type", async () => {
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

test("wsgiref.validate finds what a server has left out", async () => {
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

test("both of Python's validators find a body that is never closed", () => {
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
