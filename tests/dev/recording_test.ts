import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import type {
  Conversation,
  ConversationEvent,
} from "../../dev/conversation.ts";
import { DevelopmentServer } from "../../dev/development_server.ts";
import type { InspectorOptions } from "../../dev/inspector_options.ts";
import { answering } from "./developing.ts";

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

/** A development server, and the values that it passes to its inspector. */
async function start(
  files: Record<string, string>,
): Promise<
  AsyncDisposable & { url: string; inspected: InspectorOptions; folder: string }
> {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(`${folder}/${name}`, text);
  }
  let inspected: InspectorOptions | undefined;
  const options = {
    module: `${folder}/app.js`,
    port: 0,
    shutdownTimeout: 100,
    write: () => {},
  };
  const server = new DevelopmentServer(options, (options) => {
    inspected = options;
    return () => [];
  });
  await server.settled;
  return {
    url: server.url,
    folder,
    inspected: inspected!,
    async [Symbol.asyncDispose](): Promise<void> {
      await server.shutdown();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

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
  await using dev = await start({ "app.js": APP });
  const response = await fetch(`${dev.url}a?b`, POST);
  await response.text();
  const conversation = await complete(dev.inspected, 1);
  const types = conversation.events.map(({ type }) => type).toSorted();
  assertEquals<string>(
    types.join(" "),
    "body-end call chunk close end head log log read start-response",
  );
  const [call] = only(conversation, "call");
  assertEquals(call?.application, "app");
  const variable = (wanted: string) =>
    call?.environ.find(({ name }) => name === wanted);
  const path = { value: "/a", isString: true, isSecret: false };
  assertEquals(variable("PATH_INFO"), { name: "PATH_INFO", ...path });
  assertEquals(variable("HTTP_AUTHORIZATION")?.isSecret, true);
  assertEquals(variable("wsgi.multithread")?.value, "false");
  const [read] = only(conversation, "read");
  assertEquals(fieldsOf(read!, "method bytes preview"), ["read", 5, "hello"]);
  const [started] = only(conversation, "start-response");
  const headers = [["Content-Type", "text/plain"], ["X-Length", "5"]];
  assertEquals(fieldsOf(started!, "status headers"), ["200 OK", headers]);
  assertMatch(`${started?.place?.file}:${started?.place?.line}`, /app\.js:6$/);
  assertEquals(
    only(conversation, "log").map(({ source, text }) => [source, text]),
    [["wsgi.errors", "logged\n"], ["console", "on the console"]],
  );
  const [chunk] = only(conversation, "chunk");
  const shown = fieldsOf(chunk!, "via index bytes preview");
  assertEquals(shown, ["body", 0, 5, "chunk"]);
  assertEquals(only(conversation, "close")[0]?.by, "server");
  assertMatch(
    only(conversation, "head")[0]?.bytes ?? "",
    /^HTTP\/1\.1 200 OK\r\nContent-Type: text\/plain\r\nX-Length: 5\r\nDate: .*\r\nTransfer-Encoding: chunked\r\n\r\n$/,
  );
  const [end] = only(conversation, "end");
  assertEquals(fieldsOf(end!, "outcome bytes"), ["complete", 5]);
  const { request } = conversation;
  const sent = fieldsOf(request, "method target body isBodyComplete");
  const body = new TextEncoder().encode("hello");
  assertEquals(sent, ["POST", "/a?b", body, true]);
  assert(
    request.headers.some(([name, value]) =>
      /^host$/i.test(name) && value !== ""
    ),
  );
  const [summary] = dev.inspected.log.list();
  const summed = fieldsOf(summary!, "status bytes errors");
  assertEquals(summed, ["200 OK", 5, 0]);
});

Deno.test("devServer() sends a recorded request again, with its body", async () => {
  await using dev = await start({ "app.js": APP });
  await (await fetch(dev.url, POST)).text();
  const { request } = await complete(dev.inspected, 1);
  const id = await dev.inspected.replay(request);
  const again = await complete(dev.inspected, id);
  assertEquals(id, 2);
  assertEquals(again.request, request);
  const [started] = only(again, "start-response");
  assertEquals(started?.headers[1], ["X-Length", "5"]);
});

Deno.test("devServer() limits what it keeps of a request and its events", async () => {
  await using dev = await start({ "app.js": APP });
  const body = new Uint8Array(100_000);
  await (await fetch(`${dev.url}many`, { method: "POST", body })).text();
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
  await using dev = await start(files);
  await fetch(dev.url).then((response) => response.text());
  const { source } = dev.inspected;
  assertEquals(await source(`file://${dev.folder}/own.js`), "1;");
  assertEquals(await source(`${dev.folder}/own.js`), "1;");
  for (
    const file of [
      `${dev.folder}/other.js`,
      "/etc/passwd",
      `${dev.folder}/../${dev.folder}/app.js`,
      "https://example.com/",
    ]
  ) {
    assertEquals(await source(file), undefined);
  }
});

Deno.test("devServer() starts the application separately for a check, and reports the changes", async () => {
  const counting = (status: string): string =>
    `let count = 0;
export default (environ, startResponse) => {
  count++;
  startResponse(${status}, []);
  return environ.REQUEST_METHOD === "GET" ? [new TextEncoder().encode(String(count))] : [];
};`;
  await using dev = await start({ "app.js": counting('"200 OK"') });
  const { inspected: { check, log }, folder } = dev;
  await check?.();
  const first = log.check;
  assert(first !== undefined && first.passed > 50);
  assertEquals(await (await fetch(dev.url)).text(), "1");
  await Deno.writeTextFile(`${folder}/app.js`, counting("200"));
  await check?.();
  const second = log.check;
  assert(second !== undefined && second.newlyFailing.length > 0);
  assertEquals(second.failures.length, second.failed);
  await check?.();
  assertEquals([log.check?.newlyFailing, log.check?.newlyPassing], [[], []]);
});
