import { assert, assertEquals } from "@std/assert";
import type { RecordedRequest } from "../../dev/conversation.ts";
import { ConversationLog, type LogChange } from "../../dev/conversation_log.ts";

function request(target: string, size = 0): RecordedRequest {
  return {
    method: "GET",
    target,
    protocol: "HTTP/1.1",
    headers: [["Host", "localhost"]],
    body: new Uint8Array(size),
    isBodyComplete: true,
  };
}

const LIMITS = [
  { limits: { conversations: 3 }, size: 0, ids: [8, 9, 10] },
  { limits: { bytes: 4000 }, size: 1000, ids: [9, 10] },
];

for (const { limits, size, ids } of LIMITS) {
  Deno.test(`ConversationLog drops the oldest beyond ${JSON.stringify(limits)}`, () => {
    const log = new ConversationLog(limits);
    for (let i = 1; i <= 10; i++) log.add(request(`/${i}`, size));
    assertEquals(log.list().map(({ id }) => id), ids);
    assertEquals(log.get(7), undefined);
    assert(log.size <= 4000);
    log.clear();
    assertEquals([log.size, log.list()], [0, []]);
  });
}

Deno.test("ConversationLog drops one conversation that is larger than all it may keep", () => {
  const log = new ConversationLog({ bytes: 1000 });
  const id = log.add(request("/"));
  for (let i = 0; i < 5; i++) {
    log.append(id, {
      type: "log",
      source: "console",
      text: "x".repeat(400),
      time: 1,
    });
  }
  assertEquals(log.list(), []);
  assertEquals(log.size, 0);
});

Deno.test("ConversationLog summarizes the events of a conversation", () => {
  const log = new ConversationLog();
  const id = log.add(request("/a?b"), 5);
  log.append(
    id,
    { type: "start-response", status: "200 OK", headers: [], time: 1 },
    {
      type: "finding",
      time: 2,
      finding: {
        rule: "body/string",
        severity: "error",
        blame: "application",
        message: "",
      },
    },
    { type: "chunk", via: "body", index: 0, bytes: 7, preview: "", time: 3 },
    {
      type: "head",
      bytes: "HTTP/1.1 500 Internal Server Error\r\n\r\n",
      time: 3,
    },
    { type: "end", outcome: "cut", bytes: 5, time: 4 },
  );
  assertEquals(log.list(), [{
    id,
    startedAt: 5,
    method: "GET",
    target: "/a?b",
    status: "500 Internal Server Error",
    outcome: "cut",
    duration: 4,
    bytes: 5,
    errors: 1,
    warnings: 0,
  }]);
  assertEquals(log.get(id)?.events.length, 5);
});

Deno.test("ConversationLog.subscribe() reports every change until it is cancelled", () => {
  const log = new ConversationLog({ conversations: 1 });
  const changes: LogChange[] = [];
  log.subscribe(() => {
    throw new Error("A listener must not stop the log");
  });
  const unsubscribe = log.subscribe((change) => changes.push(change));
  const first = log.add(request("/1"));
  log.setRequest(first, request("/1", 10));
  const second = log.add(request("/2"));
  log.state = "running";
  log.check = undefined;
  unsubscribe();
  log.add(request("/3"));
  assertEquals(changes, [
    { type: "conversation", id: first },
    { type: "conversation", id: first },
    { type: "dropped", id: first },
    { type: "conversation", id: second },
    { type: "state" },
    { type: "check" },
  ]);
});
