import { assertEquals } from "@std/assert";
import { MessageQueue } from "../../dev/wire/message_queue.ts";
import { packBody, unpackBody } from "../../dev/wire/short_body.ts";

Deno.test("MessageQueue sends few messages at once, and replaces those that wait", async () => {
  const sent: (readonly string[])[][] = [];
  const queue = new MessageQueue<readonly string[]>({
    postMessage: (messages) => void sent.push(messages as string[][]),
  });
  const messages = Array.from("abcdefghij", (text) => [text] as const);
  for (const message of messages) queue.add(message);
  assertEquals(sent, [messages.slice(0, 8)]);
  assertEquals(queue.replace(messages[0]!, ["late"]), false);
  assertEquals(queue.replace(messages[8]!, ["other"]), true);
  await new Promise((done) => setTimeout(done));
  assertEquals(sent.slice(1), [[["other"], ["j"]]]);
});

Deno.test.each([0, 1, 256, 257, 70_000])(
  "packBody() copies a body of %d bytes, and keeps all byte values",
  (size) => {
    const body = Uint8Array.from({ length: size }, (_, i) => i * 151);
    const before = body.slice();
    const sent = structuredClone(packBody(body));
    body.fill(0);
    assertEquals(unpackBody(sent), before);
  },
);
