import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { toFileUrl } from "@std/path";
import type {
  Conversation,
  ConversationEvent,
} from "../../dev/conversation.ts";
import type { InspectorOptions } from "../../dev/inspector_options.ts";
import { answering, Developing } from "./developing.ts";

const APP = `const encoder = new TextEncoder();
export default async function app(environ, startResponse) {
  const body = await environ["wsgi.input"].read();
  environ["wsgi.errors"].write("logged\\n");
  console.log("on the console");
  startResponse("200 OK", [["Content-Type", "text/plain"], ["X-Length", String(body.length)]]);
  if (environ.PATH_INFO === "/many") {
    return (function* () {
      for (let i = 0; i < 5000; i++) yield encoder.encode("x");
    })();
  }
  return (async function* () { yield encoder.encode("chunk"); })();
}
`;

/** Waits for the last event of a conversation. */
async function complete(
  { log }: InspectorOptions,
  id: number,
): Promise<Conversation> {
  for (;;) {
    const conversation = log.get(id);
    const types = conversation?.events.map(({ type }) => type) ?? [];
    if (types.includes("end") && types.includes("close")) return conversation!;
    await new Promise<void>((resolve) => {
      const unsubscribe = log.subscribe(() => {
        unsubscribe();
        resolve();
      });
    });
  }
}

function only<T extends ConversationEvent["type"]>(
  { events }: Conversation,
  type: T,
): Extract<ConversationEvent, { type: T }>[] {
  return events.filter((event) => event.type === type) as never;
}

/** Returns some fields of an event, or of a request. */
function fieldsOf(value: object, names: string): unknown[] {
  return names.split(" ").map((name) => Reflect.get(value, name));
}

const POST = {
  method: "POST",
  body: "hello",
  headers: { Authorization: "Basic eA==" },
};

Deno.test("devServer() records every call between server and application", async () => {
  await using dev = await Developing.start({ "app.js": APP });
  await dev.get("a?b", POST);
  const conversation = await complete(dev.inspected, 1);
  const types = conversation.events.map(({ type }) => type).toSorted().join();
  const all = "body-end,call,chunk,close,end,head,log,log,read,start-response";
  assertEquals(types, all);
  const [call] = only(conversation, "call");
  const variable = (wanted: string) =>
    call?.environ.find(({ name }) => name === wanted);
  const path = { value: "/a", isString: true, isSecret: false };
  assertEquals(variable("PATH_INFO"), { name: "PATH_INFO", ...path });
  assertEquals(variable("HTTP_AUTHORIZATION")?.isSecret, true);
  assertEquals(variable("wsgi.multithread")?.value, "false");
  const { events, request } = conversation;
  const shown = Object.entries({
    "call": "application",
    "read": "method bytes preview",
    "start-response": "status headers",
    "chunk": "via index bytes preview",
    "close": "by",
    "end": "outcome bytes",
  }).map(([type, names]) =>
    fieldsOf(events.find((event) => event.type === type)!, names)
  );
  assertEquals(shown, [
    ["app"],
    ["read", 5, "hello"],
    ["200 OK", [["Content-Type", "text/plain"], ["X-Length", "5"]]],
    ["body", 0, 5, "chunk"],
    ["server"],
    ["complete", 5],
  ]);
  const place = only(conversation, "start-response")[0]?.place;
  assertMatch(`${place?.file}:${place?.line}`, /app\.js:6$/);
  const logged = only(conversation, "log");
  assertEquals(
    logged.map(({ source, text }) => `${source}: ${text}`).join(),
    "wsgi.errors: logged\n,console: on the console",
  );
  const head =
    /^HTTP\/1\.1 200 OK\r\nContent-Type: text\/plain\r\nX-Length: 5\r\nDate: .*\r\nTransfer-Encoding: chunked\r\n\r\n$/;
  assertMatch(only(conversation, "head")[0]?.bytes ?? "", head);
  const body = new TextEncoder().encode("hello");
  const sent = fieldsOf(request, "method target body isBodyComplete");
  assertEquals(sent, ["POST", "/a?b", body, true]);
  const [, host = ""] = request.headers.find(([name]) => /^host$/i.test(name))!;
  assertMatch(host, /:\d+$/);
  const [summary] = dev.inspected.log.list();
  assertEquals(fieldsOf(summary!, "status bytes errors"), ["200 OK", 5, 0]);
});

Deno.test("devServer() sends a recorded request again, with its body", async () => {
  await using dev = await Developing.start({ "app.js": APP });
  await dev.get("", POST);
  const { request } = await complete(dev.inspected, 1);
  const id = await dev.inspected.replay(request);
  const again = await complete(dev.inspected, id);
  assertEquals(id, 2);
  assertEquals(again.request, request);
  const [started] = only(again, "start-response");
  assertEquals(started?.headers[1], ["X-Length", "5"]);
});

Deno.test("devServer() limits what it keeps of a request and its events", async () => {
  await using dev = await Developing.start({ "app.js": APP });
  const body = new Uint8Array(100_000);
  await dev.get("many", { method: "POST", body });
  const conversation = await complete(dev.inspected, 1);
  assertEquals(conversation.request.body.length, 65_536);
  assertEquals(conversation.request.isBodyComplete, false);
  // The size counts the body, and each character of the events twice.
  const { events } = conversation;
  const { size } = dev.inspected.log;
  assert(size > 65_536 + JSON.stringify(events.slice(0, -2)).length, `${size}`);
  const chunks = only(conversation, "chunk").length;
  const [omitted] = only(conversation, "omitted");
  assert(chunks < 2_000);
  assertEquals(chunks + (omitted?.count ?? 0), 5_000);
  await assertRejects(
    () => dev.inspected.replay(conversation.request),
    Error,
    "only the beginning of its body was kept",
  );
});

Deno.test("devServer() reads the source of the application's modules, and of no other file", async () => {
  const files = {
    "app.js": `import "./own.js";${answering("a")}`,
    "own.js": "1;",
    "other.js": "2;",
  };
  await using dev = await Developing.start(files);
  await dev.get();
  const { folder } = dev;
  const names = [
    ...[toFileUrl(`${folder}/own.js`).href, `${folder}/own.js`],
    ...[`${folder}/other.js`, `${folder}/../${folder}/app.js`],
    ...["/etc/passwd", "https://example.com/"],
  ];
  const sources = await Promise.all(names.map(dev.inspected.source));
  assertEquals(sources, ["1;", "1;", ...Array(4).fill(undefined)]);
});

Deno.test("devServer() starts the application separately for a check, and reports the changes", async () => {
  const counting = (status: string): string =>
    `let count = 0;
export default (environ, startResponse) => {
  count++;
  startResponse(${status}, []);
  return environ.REQUEST_METHOD === "GET" ? [new TextEncoder().encode(String(count))] : [];
};`;
  await using dev = await Developing.start({ "app.js": counting('"200 OK"') });
  const { check, log } = dev.inspected;
  await check?.();
  const first = log.check;
  assert(first !== undefined && first.passed > 50);
  assertEquals(await dev.get(), "1");
  await Deno.writeTextFile(`${dev.folder}/app.js`, counting("200"));
  await check?.();
  const second = log.check;
  assert(second !== undefined && second.newlyFailing.length > 0);
  assertEquals(second.failures.length, second.failed);
  await check?.();
  assertEquals([log.check?.newlyFailing, log.check?.newlyPassing], [[], []]);
});
