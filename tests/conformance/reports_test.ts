import { assert, assertEquals, assertMatch } from "@std/assert";
import { type CaseReport, toJson, toReport } from "../../conformance/report.ts";
import { toHtml } from "../../conformance/reports/html.ts";
import { toJUnit } from "../../conformance/reports/junit.ts";
import { caseText, Progress, toText } from "../../conformance/reports/text.ts";
import { dumpDom } from "../chromium.ts";
import { missingTool, runTool, testsWith } from "../tool.ts";

const TITLE = { spec: "status-range", title: "A title" };
const BASE = { ...TITLE, duration: 1234.5, exchanged: [] };

const EVIL = `<b>"it's" & </pre></script>\x00\x1b[31m\u2028`;

const CASES: readonly CaseReport[] = [
  { ...BASE, id: "one/a", outcome: "passed" },
  {
    ...BASE,
    id: "one/b",
    outcome: "failed",
    message: EVIL,
    exchanged: [
      { direction: "opened", data: "", size: 0 },
      { direction: "sent", data: "GET /<i> HT", size: 11 },
      { direction: "sent", data: "TP/1.1\r\n\r\n", size: 10 },
      { direction: "received", data: "HTTP/1.1 200 OK\r\n\xff", size: 5000 },
      { direction: "reset", data: "", size: 0 },
    ],
  },
  { ...BASE, id: "two/a", outcome: "deviation", message: "no & never" },
  { ...BASE, id: "two/b", outcome: "skipped", message: "not here" },
];

const REPORT = toReport(CASES);

/** A part of a specification, with all the Markdown that it can have. */
const SPEC = `# Title

- <a id="other"></a>[**other**](#other) Not shown here.
- <a id="status-range"></a>[**status-range**](#status-range) The code \`<3>\` MUST be
  \`\` \`~ \`\`, see [own](#status-range), [other](#other), [page](docs/x.md) and
  [RFC](https://www.rfc-editor.org/rfc/rfc9110). _Server test._

Text that belongs to no item.
`;

const ABOUT = {
  subject: "Some<Server>/1.2",
  kit: "@wsgi/ref 0.1.0",
  date: "2026-01-02T03:04:05.678Z",
  notes: ["it did not stop"],
};

Deno.test("toText() has a line for each subject, the cases that did not pass, and a summary", () => {
  const lines = toText(REPORT).split("\n");
  assertEquals(lines.slice(0, 3), [
    "one  1 passed, 1 failed",
    "two  0 passed, 0 failed, 1 deviation, 1 skipped",
    "",
  ]);
  const summary = "1 passed, 1 failed, 1 deviation, 1 skipped";
  assertEquals(lines.slice(-2), [summary, ""]);
  assert(lines.includes("deviation two/a: A title"));
  assert(lines.includes("  no & never"));
  assert(!lines.some((line) => line.includes("one/a")));
  assertEquals(toText(toReport([])), "\n0 passed, 0 failed\n");
});

Deno.test("toText() shows control characters instead of sending them to the terminal", () => {
  const text = caseText(CASES[1]!);
  // deno-lint-ignore no-control-regex -- the test looks for them
  assert(!/[\x00-\x09\x0b-\x1f]/.test(text));
  assertMatch(text, /\\x1b\[31m/);
  assertEquals(text.split("\n").length, 3);
});

Deno.test("toJson() can be parsed back into the report", () => {
  assertEquals(JSON.parse(toJson(REPORT)), JSON.parse(JSON.stringify(REPORT)));
  assert(toJson(REPORT).endsWith("}\n"));
});

Deno.test("toJUnit() has a suite for each subject and an element for each case", () => {
  const xml = toJUnit(REPORT);
  for (
    const part of [
      /^<\?xml version="1.0" encoding="UTF-8"\?>\n<testsuites name="conformance" tests="4" failures="1" time="4\.938">\n/,
      /<testsuite name="two" tests="2" failures="0" skipped="2" time="2\.469">/,
      /<skipped message="deviation: no &amp; never"\/>/,
      /<testcase classname="SPEC\.md#status-range" name="one\/a: A title" time="1\.23[45]"><\/testcase>/,
    ]
  ) assertMatch(xml, part);
  assertEquals(xml.match(/<testcase /g)?.length, 4);
  assertEquals(xml.match(/<failure /g)?.length, 1);
});

const testWithXmllint = testsWith(await missingTool("xmllint"));

testWithXmllint("toJUnit() is well-formed to xmllint", async () => {
  const args = ["--xpath", "string(//failure/@message)", "-"];
  const xml = new TextEncoder().encode(toJUnit(REPORT));
  const { code, stdout, stderr } = await runTool("xmllint", args, xml);
  assertEquals([code, stderr], [0, ""]);
  assertMatch(stdout, /^<b>"it's" & <\/pre><\/script>\\x00\\x1b\[31m/);
});

Deno.test("toHtml() escapes messages, shows bytes with their line ends, and quotes requirements", () => {
  const page = toHtml(REPORT, SPEC);
  assert(!page.includes("<b>") && !page.includes("<i>"));
  // deno-lint-ignore no-control-regex -- the test looks for them
  assert(!/[\x00-\x09\x0b-\x1f]/.test(page));
  for (
    const part of [
      "&lt;b&gt;&quot;it&#39;s&quot; &amp; &lt;/pre&gt;",
      "GET /&lt;i&gt; HTTP/1.1\\r\\n\n\\r\\n\n</pre>",
      "Sent, 21 bytes</small>",
      "Received, 5000 bytes, the first 18 shown",
      "HTTP/1.1 200 OK\\r\\n\n\\xff</pre>",
      "The server resets the connection",
      '<code>status-range</code> The code <code>&lt;3&gt;</code> MUST be <code>`~</code>, see <a href="#one/a">own</a>, other, page and <a href="https://www.rfc-editor.org/rfc/rfc9110">RFC</a>. <em>Server test.</em></p>',
    ]
  ) assert(page.includes(part), part);
});

Deno.test("toHtml() loads nothing, and links only to itself and to RFCs", () => {
  for (const page of [toHtml(REPORT, SPEC), toHtml(REPORT)]) {
    assert(!/<(?:script|link|img|iframe)\b|@import|url\(/i.test(page));
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => `#${id}`);
    for (const [, href = ""] of page.matchAll(/href="([^"]*)"/g)) {
      const isRfc = href.startsWith("https://www.rfc-editor.org/");
      assert(isRfc || ids.includes(href), href);
    }
  }
});

Deno.test("reports name the server, the time and the version of the kit", () => {
  const report = toReport(CASES, ABOUT);
  const page = toHtml(report);
  assert(page.includes("<h1>Conformance of Some&lt;Server&gt;/1.2</h1>"));
  assert(page.includes("2026-01-02 03:04 UTC</time> with @wsgi/ref 0.1.0"));
  assert(page.includes("Note: it did not stop."));
  assertEquals(toText(report).split("\n").slice(0, 3), [
    "Some<Server>/1.2, checked with @wsgi/ref 0.1.0",
    "note: it did not stop",
    "",
  ]);
  assertEquals(JSON.parse(toJson(report)).about, ABOUT);
});

Deno.test("toText() counts cases that were skipped for the same reason", () => {
  const skipped = { ...BASE, outcome: "skipped", message: "not run" } as const;
  const ids = ["one/a", "one/b", "one/c"];
  const text = toText(toReport(ids.map((id) => ({ ...skipped, id }))));
  assertMatch(text, /\n\nskipped 3 cases\n {2}not run\n0 passed, /);
});

Deno.test("Progress updates one line on a terminal, and writes nothing elsewhere", () => {
  let written = "";
  for (const write of [(text: string) => written += text, undefined]) {
    using progress = new Progress(write, 20);
    progress.add(CASES[0]!, 1, 300);
    progress.add(CASES[1]!, 2, 300);
  }
  const lines = ["1/300  one/a\r", "2/300, 1 failed  on\r", ""];
  assertEquals(written, lines.map((line) => `\r\x1b[K${line}`).join(""));
});

const testWithChromium = testsWith(await missingTool("chromium"));

testWithChromium(
  "toHtml() is one page in which each case can be found",
  async () => {
    // The contents that a reader would look for, read by a script in the page.
    const script = `<script>
    const all = (query) => [...document.querySelectorAll(query)];
    const shown = () =>
      all("details").filter((one) => one.checkVisibility()).length;
    document.title = JSON.stringify([
      ...["details", "details[open]", "b, i", "table tr"]
        .map((query) => all(query).length),
      all("#one\\\\/b > div > pre")[0].textContent,
      all("#one\\\\/b a")[0].getAttribute("href"),
      shown(),
      (all("#failures")[0].checked = true) && shown(),
      document.compatMode,
    ]);
  </script>`;
    const page = encodeURIComponent(toHtml(REPORT, SPEC) + script);
    const dom = await dumpDom(`data:text/html;charset=utf-8,${page}`);
    const title = /<title>(.*?)<\/title>/s.exec(dom)?.[1] ?? "";
    const unescaped = title.replaceAll("&lt;", "<").replaceAll("&gt;", ">")
      .replaceAll("&amp;", "&");
    const message = `<b>"it's" & </pre></script>\\x00\\x1b[31m\u2028`;
    const expected = [4, 1, 0, 3, message, "#one/a", 4, 1, "CSS1Compat"];
    assertEquals(JSON.parse(unescaped), expected);
  },
);
