// The file of a Unix socket: a server removes its own and no other.

import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { fromBytes, toBytes } from "../../wsgi/byte_string.ts";
import { makeServer, type WsgiServer } from "../../server/make_server.ts";
import { Program } from "../program.ts";
import { within } from "../raw_client.ts";

const ignore = Deno.build.os === "windows";

function serveAt(path: string, name: string): WsgiServer {
  const server = makeServer("h", 0, (_environ, startResponse) => {
    startResponse("200 OK", []);
    return [toBytes(name)];
  }, { path, log: false, shutdownTimeout: 2000 });
  server.serveForever();
  return server;
}

async function ask(path: string): Promise<string> {
  using conn = await Deno.connect({ transport: "unix", path });
  await conn.write(
    toBytes("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"),
  );
  const chunks = await within(Array.fromAsync(conn.readable), "the response");
  const response = chunks.map((chunk) => fromBytes(chunk)).join("");
  assertMatch(response, /^HTTP\/1\.1 200 OK\r\n/);
  return response.split("\r\n\r\n")[1] ?? "";
}

/** Takes the socket of a server out of its way. */
const TAKEN_AWAY: readonly [string, (path: string) => void][] = [
  ["removed", (path) => Deno.removeSync(path)],
  ["renamed", (path) => Deno.renameSync(path, `${path}.old`)],
  ["replaced by a link", (path) => {
    Deno.renameSync(path, `${path}.old`);
    Deno.symlinkSync(`${path}.old`, path);
    Deno.removeSync(path);
  }],
];

for (const [what, takeAway] of TAKEN_AWAY) {
  Deno.test({
    name:
      `makeServer() leaves the socket of another server alone when its own was ${what}`,
    ignore,
    async fn(): Promise<void> {
      const folder = Deno.makeTempDirSync();
      const path = `${folder}/app.sock`;
      try {
        const first = serveAt(path, "first");
        assertEquals(await ask(path), "first");
        takeAway(path);
        await using second = serveAt(path, "second");
        await first.shutdown();
        assertEquals(Deno.lstatSync(path).isSocket, true);
        assertEquals(await ask(path), "second");
        await second.shutdown();
        assertThrows(() => Deno.lstatSync(path), Deno.errors.NotFound);
      } finally {
        Deno.removeSync(folder, { recursive: true });
      }
    },
  });
}

Deno.test({
  name:
    "makeServer() removes its own socket after the program has changed its folder",
  ignore,
  async fn(): Promise<void> {
    const cwd = Deno.cwd();
    const [here, there] = [Deno.makeTempDirSync(), Deno.makeTempDirSync()];
    try {
      Deno.chdir(here);
      const first = serveAt("app.sock", "first");
      Deno.chdir(there);
      await using _second = serveAt("app.sock", "second");
      await first.shutdown();
      assertEquals([...Deno.readDirSync(here)], []);
      assertEquals(await ask(`${there}/app.sock`), "second");
    } finally {
      Deno.chdir(cwd);
      for (const folder of [here, there]) {
        Deno.removeSync(folder, { recursive: true });
      }
    }
  },
});

Deno.test({
  name:
    "makeServer() leaves the socket of another server alone that it may not link",
  ignore,
  async fn(): Promise<void> {
    const folder = Deno.makeTempDirSync();
    const path = `${folder}/app.sock`;
    const module = import.meta.resolve("../../server/make_server.ts");
    try {
      await using program = new Program(
        "run",
        "--no-prompt",
        `--allow-net=unix:${path}`,
        `--allow-read=${path}`,
        `--allow-write=${path}`,
        `data:application/javascript,${
          encodeURIComponent(`
            import { makeServer } from ${JSON.stringify(module)};
            const serve = () => {
              const server = makeServer("h", 0, () => [], ${
            JSON.stringify({ path, log: false })
          });
              server.serveForever();
              return server;
            };
            const first = serve();
            Deno.removeSync(${JSON.stringify(path)});
            const second = serve();
            await first.shutdown();
            console.log(Deno.lstatSync(${JSON.stringify(path)}).isSocket);
            await second.shutdown();
          `)
        }`,
      );
      const { code, stdout, stderr } = await program.outcome();
      assertEquals([code, stdout, stderr], [0, "true\n", ""]);
      assertEquals([...Deno.readDirSync(folder)], []);
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  },
});

Deno.test({
  name: "makeServer() leaves a file alone that stands in place of its socket",
  ignore,
  async fn(): Promise<void> {
    const folder = Deno.makeTempDirSync();
    const path = `${folder}/app.sock`;
    try {
      const server = serveAt(path, "first");
      Deno.removeSync(path);
      Deno.writeTextFileSync(path, "mine");
      await server.shutdown();
      assertEquals(Deno.readTextFileSync(path), "mine");
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  },
});

Deno.test({
  name: "makeServer() listens on no socket whose mode it cannot set",
  ignore,
  fn(): void {
    const folder = Deno.makeTempDirSync();
    const path = `${folder}/app.sock`;
    const { chmodSync } = Deno;
    try {
      Deno.chmodSync = () => {
        throw new Deno.errors.PermissionDenied("on purpose");
      };
      assertThrows(
        () => makeServer("h", 0, () => [], { path, mode: 0o600, log: false }),
        Deno.errors.PermissionDenied,
      );
    } finally {
      Deno.chmodSync = chmodSync;
      Deno.removeSync(folder, { recursive: true });
    }
  },
});
