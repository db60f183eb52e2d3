import { assertEquals } from "@std/assert";
import { checkServer, type StartServer } from "../../conformance/mod.ts";
import { Program } from "../program.ts";
import { serve } from "./broken/server.ts";
import { before, type Wrong } from "./broken/wrong_proxy.ts";

Deno.test("checkServer() has the same result for a server in another process", async () => {
  const outcomes = async (start: StartServer) => {
    const { cases } = await checkServer(start, { timeout: 10_000 });
    return Object.fromEntries(
      cases.map(({ id, outcome, message }) => [id, { outcome, message }]),
    );
  };
  const there = await outcomes(async (_app, remote) => {
    const module = "tests/conformance/remote_server.ts";
    const program = new Program("run", "--allow-net", module, remote.listen());
    assertEquals(remote.listen(), remote.listen());
    return {
      hostname: "127.0.0.1",
      port: Number(await program.firstLine()),
      stop: () => program[Symbol.asyncDispose](),
    };
  });
  assertEquals(there, await outcomes(serve));
});

const HEADERS = "SERVER: other/1.0\r\nVIA: 1.1 other\r\n";

/** Changes on the wire that any server may make. */
Deno.test.each<[string, Wrong]>([
  ["without keep-alive", {
    sent: (piece) =>
      piece.includes("\r\nConnection: ")
        ? piece
        : piece.replace(/^\S+ \S+ HTTP\/1\.1\r\n/, "$&Connection: close\r\n"),
  }],
  ["that adds headers", {
    received: (piece) =>
      piece.replace(/^HTTP\/1\.1 [2-5].*\r\n(?=[^]*\r\n\r\n)/, `$&${HEADERS}`),
  }],
])("checkServer() finds nothing wrong with a server %s", async (_, change) => {
  const start: StartServer = (app) => before(serve(app), () => change);
  const { cases } = await checkServer(start, { timeout: 10_000 });
  const failed = cases.filter(({ outcome }) => outcome === "failed");
  assertEquals(failed.map(({ id, message }) => [id, message]), []);
});
