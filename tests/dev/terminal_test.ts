import { assertEquals, assertMatch } from "@std/assert";
import { createPaint } from "../../dev/terminal/paint.ts";
import { Reporter } from "../../dev/terminal/reporter.ts";
import { showError } from "../../dev/terminal/show_error.ts";
import { Developing } from "./developing.ts";
import { CHECK } from "./inspector/samples.ts";

const APP = `const encoder = new TextEncoder();
export default function app(environ, startResponse) {
  if (environ.PATH_INFO === "/throw") throw new RangeError("Boom");
  if (environ.PATH_INFO === "/status") startResponse(200, []);
  if (environ.PATH_INFO === "/later") {
    startResponse("200 OK", [["Content-Type", "text/plain"]]);
    return { [Symbol.iterator]: () => [encoder.encode("a")].values(), close() { throw new Error("late"); } };
  }
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  return [encoder.encode("text")];
}
`;

Deno.test("devServer() writes a line for each request, with errors and findings below it", async () => {
  await using developing = await Developing.start({ "app.js": APP });
  await developing.get("a?b");
  await developing.get("throw");
  const refused = await developing.get("status");
  assertEquals(refused.match(/^ {4}at .*$/gm)?.length, 1, refused);
  await developing.get("later");
  const text = await developing.terminalUntil(/late\n.*app\.js:\d+/s);
  const lines = [
    /^GET \/a\?b 200, 4 B, [\d.]+ ms$/m,
    /^GET \/throw 500, \d+ B, [\d.]+ ms\n {2}RangeError: Boom\n {4}at app .*app\.js:3:\d+\n(?: {6}.*\n)+ {4}> 3 \| .*Boom/m,
    /^GET \/status 500, .*\n {2}error status\/string: .*got 200\n {4}at .*app\.js:4:\d+\n[^]*? {4}hint: .*\n {4}see: {2}http.*\/__wsgi__\/rules\/status\/string$/m,
    /^GET \/later 200, .*\n {2}Error: late\n {4}at .*app\.js:7:\d+$/m,
  ];
  for (const expected of lines) assertMatch(text, expected);
  // deno-lint-ignore no-control-regex -- no color was requested
  assertEquals(/\x1b/.test(text), false);
});

Deno.test.each([
  [
    "an error",
    `return (async function* () {
    yield new Uint8Array(1);
    await continued;
    throw new Error("afterwards");
  })();`,
    /^GET \/ 200, .*, after its response\n {2}Error: afterwards$/m,
  ],
  [
    "a startResponse",
    `continued.then(() => startResponse("200 OK", []));
  return [new Uint8Array(1)];`,
    /, after its response\n {2}error start-response\/after-end: .*\n {4}at .*app\.js:6:24\n[^]*await missing/,
  ],
])("devServer() reports %s after the response", async (_, code, expected) => {
  const app = `let go;
const continued = new Promise((resolve) => go = resolve);
export default (environ, startResponse) => {
  startResponse("200 OK", [["Content-Length", "1"]]);
  if (environ.PATH_INFO === "/continue") return go(), [new Uint8Array(1)];
  ${code}
};`;
  await using developing = await Developing.start({ "app.js": app });
  await developing.get();
  await developing.terminalUntil(/^GET \/ 200, 1 B, .*ms$/m);
  await developing.get("continue");
  await developing.terminalUntil(expected);
});

Deno.test("Reporter.onCheck() lists the changes of a check, up to a limit", () => {
  let text = "";
  const reporter = new Reporter({
    form: "dev",
    hasColor: false,
    name: "app.js",
    linkTo: (rule) => rule,
    inspectorUrl: () => "http://localhost/__wsgi__/",
    write: (lines) => text += lines,
  });
  const report = (failing: number, before: number): string => {
    const ids = Array.from({ length: 9 }, (_, i) => `case/${i}`);
    const [from, to] = [failing, before].toSorted();
    const failure = { title: "Title", spec: "", message: "one\ntwo" };
    text = "";
    reporter.onCheck({
      ...{ ...CHECK, passed: 9 - failing, failed: failing },
      failures: ids.slice(0, failing).map((id) => ({ id, ...failure })),
      [failing > before ? "newlyFailing" : "newlyPassing"]: ids.slice(from, to),
    }, false);
    reporter.flush();
    return text;
  };
  assertEquals(
    report(1, 0),
    "Check: 8 passed, 1 failed\n  fails case/0: Title\n    one\n    two\n",
  );
  assertEquals(report(1, 1), "");
  const more = (text: string) => text.match(/^ {2}\S.*$/gm)?.slice(4);
  assertEquals(more(report(8, 1)), [
    "  fails case/5: Title",
    "  and 2 more: see http://localhost/__wsgi__/",
  ]);
  assertEquals(more(report(0, 8)), ["  passes case/4", "  and 3 more"]);
});

Deno.test("showError() shows causes and the errors of an AggregateError, and no control characters", () => {
  const place = { name: "", file: "/none.ts", line: 1, column: 2 };
  const lines = showError({
    name: "AggregateError",
    message: "all\x1b[2J failed",
    frames: [place],
    errors: [{ name: "Error", message: "one", frames: [] }],
    cause: { name: "TypeError", message: "deep", frames: [place] },
  }, createPaint(false));
  assertEquals(lines, [
    "  AggregateError: all\\x1b[2J failed",
    "    at /none.ts:1:2",
    "  one of several:",
    "  Error: one",
    "  caused by:",
    "  TypeError: deep",
    "    at /none.ts:1:2",
  ]);
  assertEquals(createPaint(true).red("a"), "\x1b[31ma\x1b[0m");
});
