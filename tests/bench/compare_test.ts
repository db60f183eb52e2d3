import { assertEquals, assertGreater, assertRejects } from "@std/assert";
import { compare } from "../../bench/compare.ts";
import { type Contender, contendersWith } from "../../bench/contenders.ts";
import { FILE_SIZE } from "../../bench/contenders/payload.mjs";
import { IdleConnections } from "../../bench/idle_connections.ts";
import {
  requestOf,
  type Scenario,
  scenarioOfSize,
  SCENARIOS,
} from "../../bench/scenarios.ts";
import { Serving } from "../../bench/serving.ts";
import { hasWrk } from "../../bench/wrk.ts";
import { RawClient } from "../raw_client.ts";
import { testsWith } from "../tool.ts";

const hasTool = Deno.build.os === "linux" && await hasWrk();
const testWithWrk = testsWith(hasTool ? "" : " (wrk is not installed)");
const [hello] = SCENARIOS as [Scenario];
const bare = contender("bare");

function contender(id: string): Contender {
  const found = contendersWith("").find((contender) => contender.id === id);
  if (found === undefined) throw new Error(`No contender ${id}`);
  return found;
}

/** A comparison that is as short as wrk allows. */
const SHORTEST = { rounds: 1, seconds: 1, file: "", progress: () => {} };

Deno.test("requestOf() writes the request as wrk sends it", () => {
  const echo = SCENARIOS.find(({ id }) => id === "echo") ?? hello;
  assertEquals(
    requestOf({ ...echo, size: 3 }, 8000),
    "POST / HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n" +
      "Content-Type: application/octet-stream\r\nContent-Length: 3\r\n\r\nxxx",
  );
  const request = "GET / HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n\r\n";
  assertEquals(requestOf(hello, 8000), request);
});

for (const id of ["bare", "makeServer"]) {
  Deno.test(`Serving.wrongAnswer() finds nothing wrong with ${id} in any scenario or size`, async () => {
    const file = await Deno.makeTempFile();
    const sizes = [1024, 65_536, 200_000].map(scenarioOfSize);
    try {
      await Deno.writeFile(file, new Uint8Array(FILE_SIZE).fill(120));
      for (const scenario of [...SCENARIOS, ...sizes]) {
        const contending = contender(id);
        await using serving = await Serving.start(contending, scenario, file);
        assertEquals(await serving.wrongAnswer(scenario), "", scenario.id);
      }
    } finally {
      await Deno.remove(file);
    }
  });

  Deno.test(`Serving.start() starts ${id} with open streams in the scenario "held"`, async () => {
    const held = { ...hello, id: "held" };
    await using serving = await Serving.start(contender(id), held, "");
    using client = await RawClient.connect(serving);
    await client.send(requestOf(held, serving.port));
    await client.head();
    assertEquals(await client.chunk(), "x".repeat(1024));
  });
}

Deno.test("Serving.wrongAnswer() finds a wrong type, length or body", async () => {
  await using serving = await Serving.start(bare, hello, "");
  const find = (changes: Partial<Scenario>) =>
    serving.wrongAnswer({ ...hello, ...changes });
  assertEquals(await find({ type: "text/html" }), "Content-Type is text/plain");
  const length = "Content-Length is 13, not undefined";
  assertEquals(await find({ hasLength: false }), length);
  assertEquals(
    await find({ answer: () => "Hello World!\n" }),
    "the body of 13 bytes is not that of 13: Hello world!\n, not Hello World!\n",
  );
});

Deno.test("Serving.start() rejects when the program ends", async () => {
  const broken: Contender = { ...bare, id: "broken", command: ["false"] };
  const start = () => Serving.start(broken, hello, "");
  await assertRejects(start, Error, "broken ended at its start");
});

testWithWrk("compare() measures two contenders in turns", async () => {
  const { rows, missing } = await compare(
    hello,
    [bare, contender("makeServer"), contender("oak")],
    { ...SHORTEST, missing: new Map([["oak", "not today"]]) },
  );
  assertEquals(rows.map((row) => row.contender), ["bare", "makeServer"]);
  assertEquals(missing, [{ contender: "oak", reason: "not today" }]);
  for (const { summary, memory } of rows) {
    assertGreater(summary.best.perSecond, 0);
    assertGreater(summary.best.cpu, 0);
    assertGreater(memory.rss, 1_000_000);
    assertEquals(summary.best.errors, 0);
  }
});

Deno.test("compare() omits a contender that does not support the scenario", async () => {
  const old = { ...bare, id: "old", cannot: { hello: "too old" } };
  const others = [{ ...bare, only: ["json"] }, old];
  const options = { ...SHORTEST, missing: new Map() };
  const { rows, missing } = await compare(hello, others, options);
  assertEquals(rows, []);
  assertEquals(missing, [{ contender: "old", reason: "too old" }]);
});

Deno.test("IdleConnections.open() completes a request on each connection", async () => {
  const closed = Promise.withResolvers<void>();
  const log: string[] = [];
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serve = async (conn: Deno.TcpConn): Promise<void> => {
    using _ = conn;
    const buffer = new Uint8Array(3);
    await conn.read(buffer);
    await conn.write(buffer);
    log.push(new TextDecoder().decode(buffer));
    await conn.read(buffer);
    if (log.push("end") === 120) closed.resolve();
  };
  const accepting = (async () => {
    for (let i = 0; i < 60; i++) serve(await listener.accept());
  })();
  {
    using _idle = await IdleConnections.open(listener.addr.port, 60, "ask");
    await accepting;
    assertEquals(log, Array(60).fill("ask"));
  }
  await closed.promise;
});
