// SPEC.md 5.11: how a body is iterated.

import { assertEquals } from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import { type AsyncChunks, bodyOf, KINDS } from "./recording_body.ts";
import { answering, Events, run, runBoth } from "./recording_transport.ts";

const PLAIN = [["Content-Type", "text/plain"]] as const;

Deno.test.each(KINDS)(
  "runApplication() sends the chunks of a body: %s",
  async (kind) => {
    const app = answering(() => bodyOf(kind, ["a", "", "b", "c"]));
    for (const { transport, written } of await runBoth(app)) {
      assertEquals(transport.body, "abc");
      assertEquals(transport.outcome, "ended");
      assertEquals(written, []);
    }
  },
);

Deno.test("runApplication() sends a ReadableStream", async () => {
  const app = answering(() =>
    ReadableStream.from([toBytes("a"), toBytes("b")])
  );
  assertEquals((await run(app)).transport.body, "ab");
});

// server-iterator-choice, server-iterator-once
Deno.test("runApplication() prefers the async iterator and takes only one", async () => {
  const events = new Events();
  const body = {
    [Symbol.iterator]: () => {
      events.add("sync");
      return [toBytes("sync")].values();
    },
    [Symbol.asyncIterator]: async function* (): AsyncChunks {
      events.add("async");
      yield await Promise.resolve(toBytes("async"));
    },
  };
  const { transport } = await run(answering(() => body));
  assertEquals(transport.body, "async");
  assertEquals(events.list, ["async"]);
});

Deno.test("runApplication() takes the sync iterator where the async one is null", async () => {
  const body = { ...bodyOf("iterator", ["a"]), [Symbol.asyncIterator]: null };
  assertEquals((await run(answering(() => body))).transport.body, "a");
});

Deno.test("runApplication() calls the iterator method on the body", async () => {
  class Body {
    readonly #chunks = [toBytes("mine")];
    [Symbol.iterator](): Iterator<Uint8Array> {
      return this.#chunks.values();
    }
  }
  assertEquals((await run(answering(() => new Body()))).transport.body, "mine");
});

/** A proxy that notes which members of a target are read. */
function watched<T extends object>(target: T, seen: Set<PropertyKey>): T {
  return new Proxy(target, {
    get(target, key): unknown {
      seen.add(key);
      const value = Reflect.get(target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

// server-body-members
Deno.test("runApplication() uses nothing of a body but its iterator method and close", async () => {
  const body = new Set<PropertyKey>();
  const iterator = new Set<PropertyKey>();
  await run(answering(() =>
    watched({
      [Symbol.iterator]: () => watched([toBytes("a")].values(), iterator),
      close(): void {},
    }, body)
  ));
  // Whoever awaits a value looks for its then().
  body.delete("then");
  assertEquals(
    body,
    new Set<PropertyKey>([Symbol.asyncIterator, Symbol.iterator, "close"]),
  );
  assertEquals(iterator, new Set<PropertyKey>(["next"]));
});

Deno.test("runApplication() uses nothing of an array but its length and elements", async () => {
  // Sent whole, sent piece by piece because it is large, and after a write().
  for (const chunks of [["a"], ["a", "b"], ["a".repeat(70_000), "b"]]) {
    for (const written of ["", "w"]) {
      const seen = new Set<PropertyKey>();
      const runs = await runBoth((_environ, startResponse) => {
        startResponse("200 OK", PLAIN)(toBytes(written));
        return watched(chunks.map(toBytes), seen);
      });
      for (const { transport } of runs) {
        assertEquals(transport.body, written + chunks.join(""));
      }
      seen.delete("then");
      const indices = chunks.map((_, index) => String(index));
      assertEquals(seen, new Set<PropertyKey>(["length", "close", ...indices]));
    }
  }
});

// server-array-checked
Deno.test("runApplication() checks all chunks of an array before the first one leaves", async () => {
  for (const size of [1, 70_000]) {
    for (const bad of ["text", null, 7, [toBytes("a")]]) {
      const chunks = [new Uint8Array(size), new Uint8Array(size), bad];
      for (const { transport } of await runBoth(answering(() => chunks))) {
        assertEquals(transport.status, "500 Internal Server Error");
        assertEquals(transport.outcome, "ended");
      }
    }
  }
  // A hole is no chunk.
  const holes = Object.assign([], { 0: toBytes("a"), 2: toBytes("b") });
  const { transport } = await run(answering(() => holes));
  assertEquals(transport.head?.code, 500);
});

// server-one-next, server-no-late-next
Deno.test("runApplication() never calls next() twice at a time nor after the end", async () => {
  let isPending = false;
  let ended = false;
  const faults: string[] = [];
  const chunks = ["a", "", "b"].map(toBytes);
  const body = {
    [Symbol.asyncIterator]: () => ({
      async next(): Promise<IteratorResult<Uint8Array>> {
        if (isPending) faults.push("two at a time");
        if (ended) faults.push("after the end");
        isPending = true;
        await Promise.resolve();
        isPending = false;
        const value = chunks.shift();
        if (value !== undefined) return { value };
        ended = true;
        return { done: true, value };
      },
      return: () => faults.push("return after the end"),
    }),
  };
  const { transport } = await run(answering(() => body));
  assertEquals(transport.body, "ab");
  assertEquals(faults, []);
});

// server-chunk-untouched
Deno.test("runApplication() neither writes into a chunk nor detaches it", async () => {
  const chunk = toBytes("abc");
  for (const kind of ["array", "generator"]) {
    const app = answering(() => kind === "array" ? [chunk] : [chunk].values());
    for (const { transport } of await runBoth(app)) {
      assertEquals(transport.body, "abc");
    }
  }
  assertEquals(chunk, toBytes("abc"));
});

Deno.test("runApplication() takes the same array of chunks again and again", async () => {
  const body = Object.freeze([toBytes("a"), toBytes("b")]);
  for (let turn = 0; turn < 2; turn++) {
    assertEquals((await run(answering(() => body))).transport.body, "ab");
  }
});
