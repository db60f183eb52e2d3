import { assertEquals } from "@std/assert";
import { LogWriter } from "../../server/access_log.ts";
import { within } from "../raw_client.ts";

Deno.test("LogWriter gathers lines and writes them together, unasked", async () => {
  const written = Promise.withResolvers<string>();
  const writer = new LogWriter<number>(String, written.resolve);
  writer.add(1);
  writer.add(2);
  assertEquals(await within(written.promise, "the lines"), "1\n2\n");
});

Deno.test("LogWriter formats nothing before it writes", () => {
  const events: string[] = [];
  const writer = new LogWriter<number>((item) => {
    events.push(`format ${item}`);
    return String(item);
  }, (text) => void events.push(text));
  writer.add(1);
  events.push("added");
  writer.flush();
  assertEquals(events, ["added", "format 1", "1\n"]);
});

Deno.test("LogWriter.flush() writes what waits, and leaves no timer", async () => {
  const texts: string[] = [];
  const writer = new LogWriter<string>(String, (text) => void texts.push(text));
  writer.flush();
  writer.add("a");
  // Now its timer runs.
  await Promise.resolve();
  writer.flush();
  writer.flush();
  assertEquals(texts, ["a\n"]);
});

Deno.test("LogWriter holds back no more than a thousand lines", () => {
  const texts: string[] = [];
  const writer = new LogWriter<string>(String, (text) => void texts.push(text));
  for (let i = 0; i < 999; i++) writer.add("a");
  assertEquals(texts, []);
  writer.add("b");
  assertEquals(texts, ["a\n".repeat(999) + "b\n"]);
});

Deno.test("LogWriter.close() keeps nothing back from then on", () => {
  const texts: string[] = [];
  const writer = new LogWriter<string>(String, (text) => void texts.push(text));
  writer.add("a");
  writer.close();
  writer.add("b");
  assertEquals(texts, ["a\n", "b\n"]);
});
