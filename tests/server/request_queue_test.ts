import { assertEquals } from "@std/assert";
import {
  type QueuedRequest,
  RequestQueue,
} from "../../server/request_queue.ts";

/** A request that tells when it is handled. */
function request(
  name: string,
  handled: string[],
  signal?: AbortSignal,
): QueuedRequest {
  return {
    request: new Request("http://h/", signal ? { signal } : {}),
    entry: undefined,
    handle(onOver): Response {
      handled.push(name);
      onOver?.();
      return new Response(name);
    },
  };
}

Deno.test("RequestQueue.next() takes requests in their order", async () => {
  const handled: string[] = [];
  const queue = new RequestQueue();
  const answers = ["a", "b"].map((name) => queue.add(request(name, handled)));
  assertEquals(queue.isEmpty, false);
  assertEquals([queue.next(), queue.next(), queue.next()], [true, true, false]);
  assertEquals(handled, ["a", "b"]);
  assertEquals(await (await answers[1]!).text(), "b");
  assertEquals(queue.isEmpty, true);
});

Deno.test("RequestQueue drops a request whose client leaves", async () => {
  const handled: string[] = [];
  const queue = new RequestQueue();
  const controller = new AbortController();
  const left = queue.add(request("left", handled, controller.signal));
  const stayed = queue.add(request("stayed", handled));
  controller.abort();
  // It notices only those that wait for longer than a moment.
  assertEquals((await left).status, 503);
  assertEquals(queue.next(), true);
  assertEquals([(await stayed).status, queue.next()], [200, false]);
  assertEquals(handled, ["stayed"]);
});

Deno.test("RequestQueue.take() waits for a request, and close() lets go", async () => {
  const handled: string[] = [];
  const queue = new RequestQueue();
  const [first, second] = [queue.take(), queue.take()];
  queue.add(request("a", handled));
  await first;
  queue.close();
  await second;
  const refused = await queue.add(request("b", handled));
  assertEquals([refused.status, handled], [503, ["a"]]);
});
