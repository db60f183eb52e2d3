import { assert, assertEquals } from "@std/assert";
import {
  ConversationLog,
  type ConversationLogLimits,
  type LogChange,
  type LoggedConversation,
} from "../../dev/conversation_log.ts";

function sized(size: number): LoggedConversation {
  const fail = (): never => {
    throw new Error("not needed");
  };
  return {
    size,
    toSummary: (id) => ({ id }) as ReturnType<LoggedConversation["toSummary"]>,
    toConversation: fail,
  };
}

Deno.test.each<{ limits: ConversationLogLimits; ids: number[] }>([
  { limits: { conversations: 3 }, ids: [8, 9, 10] },
  { limits: { bytes: 2500 }, ids: [9, 10] },
  { limits: {}, ids: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] },
])(
  "ConversationLog drops the oldest beyond its limits: %j",
  ({ limits, ids }) => {
    const log = new ConversationLog(limits);
    for (let i = 1; i <= 10; i++) log.add(sized(1000));
    assertEquals(log.list().map(({ id }) => id), ids);
    assertEquals(log.get(ids[0]! - 1), undefined);
    assertEquals(log.size, 1000 * ids.length);
  },
);

Deno.test("ConversationLog keeps at most 32 MiB by default", () => {
  const log = new ConversationLog();
  for (let i = 0; i < 40; i++) log.add(sized(2 ** 20));
  assertEquals([log.list().length, log.size], [32, 2 ** 25]);
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
