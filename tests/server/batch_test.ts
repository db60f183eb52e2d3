import { assertEquals } from "@std/assert";
import { Batch } from "../../server/batch.ts";
import { PooledBuffer } from "../../server/pooled_buffer.ts";
import { serveFake, settle } from "./fake_serving.ts";
import { turn } from "./fake_socket.ts";

Deno.test("Batch.add() does the step for all objects after the jobs that were due", async () => {
  const seen: string[] = [];
  const batch: Batch<string> = new Batch((item) => {
    seen.push(item);
    if (item === "first") batch.add("next batch");
  });
  batch.add("first");
  Promise.resolve().then(() => {
    seen.push("job");
    batch.add("in between");
  });
  batch.add("second");
  seen.push("sync");
  await turn();
  assertEquals(seen.slice(0, 3), ["sync", "first", "second"]);
  assertEquals(seen.slice(3).toSorted(), ["in between", "job", "next batch"]);
});

Deno.test("makeServer handles all requests of a turn before it writes the responses", async () => {
  const seen: string[] = [];
  await using serving = serveFake(({ PATH_INFO }, start) => {
    seen.push(`call ${PATH_INFO}`);
    start("200 OK", [["Content-Length", "0"]]);
    return [];
  });
  const sockets = [1, 2, 3].map(() => serving.connect());
  await settle();
  sockets.forEach((socket, index) => {
    const { write } = socket;
    socket.write = (bytes) => {
      seen.push(`write ${index}`);
      return write.call(socket, bytes);
    };
    socket.send(`GET /${index} HTTP/1.1\r\nHost: h\r\n\r\n`);
  });
  await settle();
  assertEquals(
    seen,
    ["call /0", "call /1", "call /2", "write 0", "write 1", "write 2"],
  );
});

Deno.test("makeServer sends the responses to pipelined requests in one write", async () => {
  await using serving = serveFake((_environ, start) => {
    start("200 OK", [["Content-Length", "1"]]);
    return [Uint8Array.of(46)];
  });
  const socket = serving.connect();
  let writes = 0;
  const { write } = socket;
  socket.write = (bytes) => {
    writes++;
    return write.call(socket, bytes);
  };
  socket.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n".repeat(5));
  await settle();
  assertEquals(socket.received.match(/^HTTP\/1.1 200 OK/gm)?.length, 1);
  assertEquals([socket.received.split("200 OK").length, writes], [6, 1]);
});

Deno.test.each<[string, "read" | "write"]>([
  ["read()", "read"],
  ["write()", "write"],
])(
  "makeServer closes a connection whose %s throws, and no other",
  async (_, method) => {
    await using serving = serveFake((_environ, start) => {
      start("200 OK", [["Content-Length", "0"]]);
      return [];
    });
    const [broken, sound] = [serving.connect(), serving.connect()];
    await settle();
    broken[method] = () => {
      throw new Deno.errors.BadResource("gone");
    };
    for (const socket of [broken, sound]) {
      socket.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    }
    await settle();
    assertEquals([broken.isClosed, sound.isClosed], [true, false]);
    assertEquals(sound.received.split(" ")[1], "200");
  },
);

Deno.test("PooledBuffer.add() copies constant bytes again after the buffer was used for others", () => {
  const head = Uint8Array.of(1, 2, 3);
  const other = Uint8Array.of(9, 9, 9, 9);
  const uses: [string, (buffer: PooledBuffer) => void][] = [
    ["nothing", () => {}],
    ["other bytes", (buffer) => buffer.add(other, 0, false)],
    ["other constant bytes", (buffer) => buffer.add(other, 0, true)],
    ["a caller", (buffer) => void buffer.bytes.fill(9)],
    ["bytes after them", (buffer) => buffer.add(other, 3, false)],
  ];
  for (const [name, use] of uses) {
    const buffer = new PooledBuffer(8);
    buffer.add(head, 0, true);
    use(buffer);
    buffer.add(head, 0, true);
    assertEquals(buffer.view(3), head, name);
    assertEquals([buffer.view(3).length, buffer.view(2).length], [3, 2], name);
  }
});

Deno.test("PooledBuffer.add() copies an array that may change each time", () => {
  const body = Uint8Array.of(1);
  const buffer = new PooledBuffer(8);
  buffer.add(body, 0, false);
  body[0] = 2;
  buffer.add(body, 0, false);
  assertEquals(buffer.view(1), Uint8Array.of(2));
});
