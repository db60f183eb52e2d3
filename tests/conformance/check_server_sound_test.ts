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
    const program = new Program(
      "run",
      "--allow-net",
      "tests/conformance/remote_server.ts",
      remote.listen(),
    );
    assertEquals(remote.listen(), remote.listen());
    return {
      hostname: "127.0.0.1",
      port: Number(await program.firstLine()),
      stop: () => program[Symbol.asyncDispose](),
    };
  });
  assertEquals(there, await outcomes(serve));
});

/** The result of the cases for changes on the wire that any server may make. */
async function findings(wrong: () => Wrong): Promise<unknown[]> {
  const start: StartServer = (app) => before(serve(app), wrong);
  const { cases } = await checkServer(start, { timeout: 10_000 });
  return cases.filter(({ outcome }) => outcome === "failed")
    .map(({ id, message }) => [id, message]);
}

Deno.test("checkServer() finds nothing wrong with a server without keep-alive", async () => {
  const found = await findings(() => ({
    sent: (piece) =>
      piece.includes("\r\nConnection: ")
        ? piece
        : piece.replace(/^\S+ \S+ HTTP\/1\.1\r\n/, "$&Connection: close\r\n"),
  }));
  assertEquals(found, []);
});

Deno.test("checkServer() finds nothing wrong with a server that adds headers", async () => {
  const found = await findings(() => ({
    received: (piece) =>
      piece.replace(
        /^HTTP\/1\.1 [2-5][^]*?\r\n\r\n/,
        (head) =>
          head.replace("\r\n", "\r\nSERVER: other/1.0\r\nVIA: 1.1 other\r\n"),
      ),
  }));
  assertEquals(found, []);
});
