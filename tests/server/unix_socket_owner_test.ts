// Whose Unix socket a server removes.

import { assertEquals, assertMatch } from "@std/assert";
import { fromBytes, toBytes } from "../../wsgi/byte_string.ts";
import { makeServer, type WsgiServer } from "../../server/make_server.ts";
import { within } from "../raw_client.ts";

const ignore = Deno.build.os === "windows";

function serveAt(path: string, name: string): WsgiServer {
  const server = makeServer("ignored", 0, (_environ, startResponse) => {
    startResponse("200 OK", []);
    return [toBytes(name)];
  }, { path, log: false, shutdownTimeout: 2000 });
  server.serveForever();
  return server;
}

/** Which server answers at a path. */
async function whoAnswers(path: string): Promise<string> {
  using conn = await Deno.connect({ transport: "unix", path });
  await conn.write(
    toBytes("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"),
  );
  const chunks = await within(Array.fromAsync(conn.readable), "the response");
  const response = chunks.map((chunk) => fromBytes(chunk)).join("");
  assertMatch(response, /^HTTP\/1\.1 200 OK\r\n/);
  return response.slice(-1);
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

Deno.test({
  name: "makeServer() leaves the Unix socket of a server that came after it",
  ignore,
  async fn(): Promise<void> {
    const folder = Deno.makeTempDirSync();
    try {
      const path = `${folder}/app.sock`;
      await using first = serveAt(path, "A");
      assertEquals(await whoAnswers(path), "A");
      Deno.removeSync(path);
      await using second = serveAt(path, "B");
      await first.shutdown();
      assertEquals([exists(path), await whoAnswers(path)], [true, "B"]);
      await second.shutdown();
      assertEquals(exists(path), false);
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  },
});

Deno.test({
  name: "makeServer() leaves a file that took the place of its Unix socket",
  ignore,
  async fn(): Promise<void> {
    const folder = Deno.makeTempDirSync();
    try {
      const path = `${folder}/app.sock`;
      await using server = serveAt(path, "A");
      Deno.removeSync(path);
      Deno.writeTextFileSync(path, "precious");
      await server.shutdown();
      assertEquals(Deno.readTextFileSync(path), "precious");
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  },
});
