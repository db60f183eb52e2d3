import { assertEquals } from "@std/assert";
import { contendersWith } from "../../bench/contenders.ts";
import { IdleConnections } from "../../bench/idle_connections.ts";
import { requestOf, type Scenario } from "../../bench/scenarios.ts";
import { scenarioOfSize, SCENARIOS } from "../../bench/scenarios.ts";
import { Serving } from "../../bench/serving.ts";

for (const id of ["bare", "makeServer"]) {
  const contender = contendersWith("").find((other) => other.id === id);
  Deno.test(`${id} answers bodies of every size`, async () => {
    for (const size of [1024, 65_536, 200_000]) {
      const scenario = scenarioOfSize(size);
      if (contender === undefined) throw new Error(`No contender ${id}`);
      await using serving = await Serving.start(contender, scenario, "");
      assertEquals(await serving.wrongAnswer(scenario), "", scenario.id);
    }
  });

  Deno.test(`${id} keeps streams open in the scenario held`, async () => {
    const [hello] = SCENARIOS as [Scenario];
    if (contender === undefined) throw new Error(`No contender ${id}`);
    const held = { ...hello, id: "held" };
    await using serving = await Serving.start(contender, held, "");
    using conn = await Deno.connect({
      hostname: "127.0.0.1",
      port: serving.port,
    });
    await conn.write(new TextEncoder().encode(requestOf(held, serving.port)));
    const decoder = new TextDecoder();
    let received = "";
    // The mark of the first chunk, and the chunk.
    while (!/\r\n400\r\nx{1024}\r\n/.test(received)) {
      const buffer = new Uint8Array(4096);
      const count = await conn.read(buffer);
      if (count === null) throw new Error(`It ended after "${received}"`);
      received += decoder.decode(buffer.subarray(0, count));
    }
    assertEquals(received.endsWith("x\r\n"), true);
  });
}

Deno.test("IdleConnections.open() has a request answered on each", async () => {
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  let open = 0;
  const requests: string[] = [];
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serve = async (conn: Deno.TcpConn): Promise<void> => {
    using _ = conn;
    const buffer = new Uint8Array(16);
    const count = await conn.read(buffer) ?? 0;
    requests.push(new TextDecoder().decode(buffer.subarray(0, count)));
    open++;
    await conn.write(buffer.subarray(0, count));
    await conn.read(buffer);
    if (--open === 0) resolve();
  };
  const accepting = (async () => {
    for (let i = 0; i < 60; i++) serve(await listener.accept());
  })();
  {
    using _idle = await IdleConnections.open(listener.addr.port, 60, "ask");
    await accepting;
    assertEquals(requests, Array(60).fill("ask"));
    assertEquals(open, 60);
  }
  await closed;
  assertEquals(open, 0);
});
