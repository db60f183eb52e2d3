import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import fc from "npm:fast-check@^4";
import { type DefaultTreeAdapterTypes as Tree, parse } from "npm:parse5@^8";
import type {
  Conversation,
  ConversationEvent,
} from "../../../dev/conversation.ts";
import type { InspectorOptions } from "../../../dev/inspector_options.ts";
import { SampleLog } from "./sample_log.ts";
import { TestClient } from "../../../test_client/test_client.ts";
import { inspect } from "./inspecting.ts";
import { BODY_STRING, CHECK, createSamples, request } from "./samples.ts";

/** Every tag that the pages have. */
const TAGS = new Set(
  "a article body button caption code details div figcaption figure form g h1 h2 head header html input kbd label li link main meta nav noscript ol output p path pre rect script section span strong summary svg table tbody td th time title tr ul"
    .split(" "),
);

const HOSTILE = [
  "<x-evil>",
  "</code></pre></li></main></html>",
  '" onload="x" x="',
  "' onload='x",
  "<script>evil()</script>",
  "</title><script>",
  "<!--",
  "]]>",
  "&lt;x-evil&gt;",
  "javascript:evil()",
  "password=</span><x-evil>",
  '"token": "<x-evil>',
  "\r\nSet-Cookie: <x-evil>",
  "\0",
  "\u202e",
  "\ud800",
  "`${evil()}`",
];

const binary = fc.string({ unit: "binary" });
const part = fc.oneof(fc.constantFrom(...HOSTILE), binary);
const text = fc.oneof(
  fc.array(part, { maxLength: 4 }).map((parts) => parts.join("")),
  fc.constantFrom("", "/", "body/string", "HTTP_COOKIE"),
);
const size = fc.nat(5000);
const where = { file: text, line: fc.nat(40), column: fc.nat(40) };
const place = fc.record(where);
const headers = fc.array(fc.tuple(text, text), { maxLength: 3 });
const frame = fc.record({ name: text, ...where });
const cause = { name: text, message: text, frames: fc.constant([]) };
const error = fc.record({
  ...{ name: text, message: text, cause: fc.record(cause) },
  frames: fc.array(frame, { maxLength: 2 }),
});
function event(
  type: ConversationEvent["type"],
  fields: Record<string, fc.Arbitrary<unknown>>,
): fc.Arbitrary<object> {
  return fc.record({ type: fc.constant(type), ...fields });
}

const flag = fc.boolean();
const variable = fc.record({
  ...{ name: text, value: text, isString: flag, isSecret: flag },
});
const finding = fc.record({
  ...{ rule: text, severity: fc.constant("error"), blame: text },
  ...{ message: text, hint: text, place },
});
const via = fc.constantFrom("body", "write");
const action = fc.oneof(
  event("call", { application: text, environ: fc.array(variable) }),
  event("read", { method: text, bytes: size, preview: text }),
  event("start-response", { status: text, headers, excInfo: error, place }),
  event("chunk", { via, index: size, bytes: size, preview: text }),
  event("close", { by: text }),
  event("log", { source: fc.constant("console"), text }),
  event("finding", { finding }),
  event("error", { error }),
  event("head", { bytes: text }),
);

/** Paths of the inspector, and the sources of the rules. */
const OWN_URL = /^\/|^#|^https:\/\/(?:peps\.python|www\.rfc-editor)\.org\//;

/** Checks that no value has become an element or an attribute of a page. */
function assertTame(page: string): void {
  const errors: string[] = [];
  const document = parse(page, {
    onParseError: ({ code, startOffset: at }) =>
      void errors.push(`${code}: ${page.slice(at - 60, at + 60)}`),
  });
  assertEquals(errors, []);
  const scripts: Tree.Node[][] = [];
  const visit = (node: Tree.Node): void => {
    if ("tagName" in node) {
      assert(TAGS.has(node.tagName), node.tagName);
      if (node.tagName === "script") scripts.push(node.childNodes);
      for (const { name, value } of node.attrs) {
        assert(!/^on|^style$/.test(name), name);
        if (/^(?:href|action|src)$/.test(name)) assertMatch(value, OWN_URL);
      }
    }
    if ("childNodes" in node) node.childNodes.forEach(visit);
  };
  visit(document);
  assert(scripts.length <= 1);
  assertEquals(scripts.flat(), []);
}

/** A client of the inspector of a log. */
function clientOf(
  log: SampleLog,
  options: Partial<InspectorOptions> = {},
): TestClient {
  const environ = { HTTP_HOST: "localhost:8000" };
  return new TestClient(inspect(log, options), { environ });
}

Deno.test("inspector() shows any string in any field inside its element", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        ...{ method: text, target: text, protocol: text, headers, body: text },
      }),
      fc.array(action, { maxLength: 14 }),
      text,
      async ({ body, ...sent }, actions, module) => {
        const log = new SampleLog();
        const bytes = new TextEncoder().encode(body);
        const events = actions.map((one, i) => ({ time: i * 9, ...one }));
        const recorded = { ...sent, body: bytes, isBodyComplete: true };
        const id = log.keep(recorded, events as ConversationEvent[]);
        const error = { name: module, message: body, frames: [] };
        const lines = [[2, body] as const];
        const excerpt = { file: body, line: 2, column: 1, lines };
        log.state = {
          failed: { error, during: "loading", hint: module, excerpt },
        };
        log.check = {
          ...{ ...CHECK, passed: 1, failed: 1, skipped: 1 },
          failures: [{ id: module, title: body, spec: body, message: body }],
          ...{ newlyFailing: [module], newlyPassing: [body] },
        };
        const source = () => Promise.resolve(body);
        const client = clientOf(log, { module, source });
        const query = encodeURIComponent(body.toWellFormed());
        for (const path of [`/?q=${query}`, `/requests/${id}`]) {
          const page = await client.get(`/__wsgi__${path}`);
          assertEquals(page.status, 200);
          assertTame(page.text());
        }
        const events_ = await client.get("/__wsgi__/api/requests");
        assertEquals((events_.json() as unknown[]).length, 1);
        for (const path of ["", "/curl"]) {
          const data = await client.get(`/__wsgi__/api/requests/${id}${path}`);
          assertEquals(data.status, 200);
        }
      },
    ),
    { numRuns: 150 },
  );
});

Deno.test("inspector() shows rules, the index of rules and missing pages inside their elements", async () => {
  const client = clientOf(new SampleLog());
  const index = (await client.get("/__wsgi__/rules/")).text();
  assertTame(index);
  const links = index.matchAll(/href="(\/__wsgi__\/rules\/[^"]+)"/g);
  let rules = 0;
  for (const [, path = ""] of links) {
    const page = await client.get(path);
    assertEquals(page.status, 200, path);
    assertTame(page.text());
    assertStringIncludes(page.text(), "Follows the rule");
    rules++;
  }
  assert(rules > 150);
  for (const path of ["/nothing", "/requests/7", "/rules/a/b"]) {
    const page = await client.get(`/__wsgi__${path}`);
    assertEquals(page.status, 404);
    assertTame(page.text());
  }
});

Deno.test("inspector() shows the timeline in order, with the place and the source of each event", async () => {
  const { log, ids } = createSamples();
  const client = clientOf(log);
  const show = async (id = 0) => {
    const page = (await client.get(`/__wsgi__/requests/${id}`)).text();
    assertTame(page);
    return page;
  };
  const inOrder = (page: string, ...words: string[]) => {
    let from = page.indexOf("<h2");
    for (const word of words) {
      const found = page.indexOf(word, from);
      assert(found !== -1, `${word} after ${page.slice(from, from + 80)}`);
      from = found + word.length;
    }
  };
  const names = await show(ids.names);
  inOrder(names, "app(environ, startResponse)", "PATH_INFO", "/names");
  inOrder(names, "startResponse(…)", "200 OK", "ada/guestbook.ts:9");
  inOrder(
    names,
    'href="/__wsgi__/rules/body/string"',
    "broken by the application",
    "got &quot;Ada\\nGrace&quot;</p>",
    'class="line at"><span class="number">10</span>    return entries',
    BODY_STRING.hint!,
    "HTTP/1.1 500 Internal Server Error",
    "Response complete",
  );
  const sign = await show(ids.sign);
  inOrder(sign, "wsgi.input.read()", "24 bytes", "name=Linus&amp;password=");
  inOrder(sign, "end of input", "303 See Other", "close()", "by the server");
  const error = await show(ids.error);
  inOrder(error, "looking for page 7", "RangeError", "Caused by", "TypeError");
  const upload = await show(ids.upload);
  const left = ["because the client left", "The client left"];
  inOrder(upload, "65536", "\\x89PNG", ...left);
  inOrder(await show(ids.running), "chunk 3", "The response has not ended.");
  const stream = await show(ids.stream);
  inOrder(
    stream,
    "chunk 1",
    "chunk 4",
    "1,996 more chunks, 33 kB; 4 more log lines",
    "from 11 ms to 4.8 s",
    "1,700 more events in the <a",
    "2000 ticks sent",
    "The body ends.",
  );
  assert(stream.length < 300_000);
});

Deno.test("inspector() filters requests by text and by failure, even without scripts", async () => {
  const { log } = createSamples();
  const client = clientOf(log);
  const filters = [
    ["", [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]],
    ["?failures=1", [6, 4]],
    ["?q=stream", [10, 9]],
    ["?q=GET+500+names", [4]],
    ["?q=running", [10]],
    ["?q=%234", [4]],
    ["?q=warning&failures=1", []],
    ["?q=%22%3E%3Cx%3E", []],
    ["?q=4711aa", []],
  ] as const;
  for (const [query, shown] of filters) {
    const page = (await client.get(`/__wsgi__/${query}`)).text();
    const rows = [...page.matchAll(/<li id="r(\d+)"[^>]*?( hidden)?>/g)]
      .filter(([, , hidden]) => hidden === undefined);
    assertEquals(rows.map(([, id]) => Number(id)), [...shown], query);
    assertStringIncludes(page, `${shown.length} of 10`);
  }
});

Deno.test("inspector() serves everything as JSON, with credentials only on request", async () => {
  const { log, ids } = createSamples();
  const client = clientOf(log);
  const path = `/__wsgi__/api/requests/${ids.sign}`;
  const hidden = (await client.get(path)).json() as Conversation;
  assertEquals(hidden.request.target, "/sign?token=•••");
  assertEquals(hidden.events.length, log.get(ids.sign!)!.events.length);
  const whole = (await client.get(`${path}?credentials=1`))
    .json() as Conversation;
  assertEquals<unknown>(whole.request.body, "name=Linus&password=abcd");
  assertEquals(whole.events, log.get(ids.sign!)!.events);
  const secrets = ["4711aa", "eyJhbGci", "9f8e7d6c5b", "abcd"];
  const without = [path, "/__wsgi__/api/requests", "/__wsgi__/"];
  for (const one of without) {
    const content = (await client.get(one)).text();
    assertEquals(secrets.filter((secret) => content.includes(secret)), [], one);
  }
  // The page has them, each in a closed element.
  const page = (await client.get(`/__wsgi__/requests/${ids.sign}`)).text();
  const open = page.replace(/<details class="secret">.*?<\/details>/gs, "");
  assertEquals(secrets.filter((secret) => page.includes(secret)), secrets);
  assertEquals(secrets.filter((secret) => open.includes(secret)), []);
  const state = (await client.get("/__wsgi__/api/state")).json();
  assertEquals(state, { state: "loading" });
});

Deno.test("inspector() shows the unusual variables of an environ first", async () => {
  const log = new SampleLog();
  const environ = ([
    ["wsgi.version", "an array", false],
    ["REQUEST_METHOD", "GET", true],
    ["HTTP_USER_AGENT", "curl", true],
    ["HTTP_X_MODE", "caf\xc3\xa9", true],
    ["my.flag", "true", false],
  ] as const).map(([name, value, isString]) => (
    { name, value, isString, isSecret: false }
  ));
  const call = { time: 0, type: "call", application: "app", environ } as const;
  const id = log.keep(request("GET", "/"), [call]);
  const page = (await clientOf(log).get(`/__wsgi__/requests/${id}`)).text();
  const [, first = ""] = page.split("(environ, startResponse)");
  const [unusual = "", usual = ""] = first.split("3 variables as in a plain");
  const names = (part: string) =>
    Array.from(part.matchAll(/<th scope="row">([^<]*)/g), ([, name]) => name);
  assertEquals(names(unusual), ["HTTP_X_MODE", "my.flag"]);
  const plain = ["REQUEST_METHOD", "HTTP_USER_AGENT", "wsgi.version"];
  assertEquals(names(usual), plain);
  assertStringIncludes(unusual, "café");
  assertStringIncludes(unusual, "SERVER_NAME, SERVER_PORT");
});
