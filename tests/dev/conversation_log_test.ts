import { assert, assertEquals } from "@std/assert";
import {
  ConversationLog,
  type ConversationLogLimits,
  type LogChange,
  type LoggedConversation,
} from "../../dev/conversation_log.ts";

function sized(size: number): LoggedConversation {
  return {
    size,
    toSummary: (id) => ({ id }) as ReturnType<LoggedConversation["toSummary"]>,
    toConversation: () => null as never,
  };
}

Deno.test.each<[limits: ConversationLogLimits, size: number, count: number]>([
  [{ conversations: 3 }, 1000, 3],
  [{ bytes: 2500 }, 1000, 2],
  [{}, 1000, 40],
  // 32 MiB are the default.
  [{}, 2 ** 20, 32],
])("ConversationLog drops the oldest beyond %j, %d bytes each", (...row) => {
  const [limits, size, count] = row;
  const log = new ConversationLog(limits);
  for (let i = 1; i <= 40; i++) log.add(sized(size));
  const ids = Array.from({ length: count }, (_, i) => 41 - count + i);
  assertEquals(log.list().map(({ id }) => id), ids);
  assertEquals(log.get(ids[0]! - 1), undefined);
  assertEquals(log.size, size * count);
});

Deno.test("ConversationLog drops a conversation that is larger than the whole limit", () => {
  const log = new ConversationLog({ bytes: 1000 });
  const id = log.add(sized(100));
  assert(log.change(id, 900));
  assert(!log.change(id, 1));
  assertEquals([log.list(), log.size], [[], 0]);
  assert(!log.change(id, 1));
  assertEquals([log.add(sized(10)), log.size], [2, 10]);
});

Deno.test("ConversationLog.subscribe() reports every change until it is cancelled", () => {
  const log = new ConversationLog({ conversations: 1 });
  const changes: LogChange[] = [];
  log.subscribe(() => {
    throw new Error("A listener must not stop the log");
  });
  const unsubscribe = log.subscribe((change) => changes.push(change));
  const first = log.add(sized(1));
  log.change(first);
  const second = log.add(sized(1));
  log.state = "running";
  log.check = undefined;
  unsubscribe();
  log.add(sized(1));
  assertEquals(changes, [
    { type: "conversation", id: first },
    { type: "conversation", id: first },
    { type: "dropped", id: first },
    { type: "conversation", id: second },
    { type: "state" },
    { type: "check" },
  ]);
});
