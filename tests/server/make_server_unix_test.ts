import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { fromBytes, toBytes } from "../../wsgi/byte_string.ts";
import {
  makeServer,
  type ServerOptions,
  type WsgiServer,
} from "../../server/make_server.ts";
import type { Application } from "../../wsgi/types.ts";
import { Program } from "../program.ts";
import { within } from "../raw_client.ts";
import { get } from "./serving.ts";

const ignore = Deno.build.os === "windows";

/** Answers with the variables that a Unix socket has to do with. */
const variables: Application = (environ, startResponse) => {
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  const values = [
    environ["wsgi.url_scheme"],
    environ.SERVER_NAME,
    environ.SERVER_PORT,
    environ.HTTP_HOST,
    environ.REMOTE_ADDR,
    environ.REMOTE_PORT,
    environ.REQUEST_URI,
  ];
  return [toBytes(values.map((value) => value ?? "-").join(" "))];
};

/** A path in a folder of its own, which is removed with all that is in it. */
function scratch(): { path: string } & Disposable {
  const folder = Deno.makeTempDirSync();
  return {
    path: `${folder}/app.sock`,
    [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }),
  };
}

function serveAt(path: string, options: ServerOptions = {}): WsgiServer {
  const server = makeServer("ignored", -1, variables, {
    path,
    log: false,
    shutdownTimeout: 2000,
    ...options,
  });
  server.serveForever();
  return server;
}

/** Sends a request and gives the body of the response. */
async function ask(path: string, request: string): Promise<string> {
  using conn = await Deno.connect({ transport: "unix", path });
  await conn.write(toBytes(request));
  const chunks = await within(Array.fromAsync(conn.readable), "the response");
  const response = chunks.map((chunk) => fromBytes(chunk)).join("");
  return response.split("\r\n\r\n")[1] ?? "";
}

const CLOSE = "Connection: close\r\n\r\n";

/** Leaves a socket behind on which nobody listens. */
function leaveStale(path: string): void {
  const listener = Deno.listen({ transport: "unix", path: `${path}.old` });
  // Deno removes the file by its name; under another it stays.
  Deno.renameSync(`${path}.old`, path);
  try {
    listener.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

Deno.test({
  name: "makeServer() serves a Unix socket and removes it at the end",
  ignore,
  async fn(): Promise<void> {
    using folder = scratch();
    const { path } = folder;
    const server = serveAt(path);
    assertEquals([server.hostname, server.port], ["ignored", 0]);
    assertEquals(server.url, `http+unix://${encodeURIComponent(path)}/`);
    assertEquals(
      await ask(path, `GET /a?b HTTP/1.1\r\nHost: h:81\r\n${CLOSE}`),
      "http localhost 80 h:81 - - /a?b",
    );
    // Without a Host there is none.
    assertEquals(
      await ask(path, "GET /c HTTP/1.0\r\n\r\n"),
      "http localhost 80 - - - /c",
    );
    assertEquals(
      await ask(path, `GET http://o/d HTTP/1.1\r\nHost: h\r\n${CLOSE}`),
      "http localhost 80 o - - /d",
    );
    await server.shutdown();
    assertThrows(() => Deno.lstatSync(path), Deno.errors.NotFound);
  },
});

Deno.test({
  name: "makeServer() removes its Unix socket at a forced shutdown, too",
  ignore,
  async fn(): Promise<void> {
    using folder = scratch();
    const { path } = folder;
    const called = Promise.withResolvers<void>();
    const server = makeServer("", 0, () => {
      called.resolve();
      return new Promise(() => {});
    }, { path, log: false, shutdownTimeout: 20 });
    server.serveForever();
    using conn = await Deno.connect({ transport: "unix", path });
    await conn.write(toBytes(get()));
    await within(called.promise, "the application");
    await within(server.shutdown(), "shutdown()");
    assertThrows(() => Deno.lstatSync(path), Deno.errors.NotFound);
  },
});

Deno.test({
  name: "makeServer() replaces a Unix socket on which nobody listens",
  ignore,
  async fn(): Promise<void> {
    using folder = scratch();
    const { path } = folder;
    leaveStale(path);
    await assertRejects(
      () => Deno.connect({ transport: "unix", path }),
      Deno.errors.ConnectionRefused,
    );
    await using _server = serveAt(path);
    assertEquals(
      await ask(path, `GET / HTTP/1.1\r\nHost: h\r\n${CLOSE}`),
      "http localhost 80 h - - /",
    );
  },
});

Deno.test({
  name: "makeServer() takes no Unix socket away from another server",
  ignore,
  async fn(): Promise<void> {
    using folder = scratch();
    const { path } = folder;
    await using _server = serveAt(path);
    const error = assertThrows(() => serveAt(path), Deno.errors.AddrInUse);
    assertEquals(
      error.message,
      `Cannot listen on ${path}: another server listens there, or the file is no socket`,
    );
    assertEquals(
      await ask(path, `GET / HTTP/1.1\r\nHost: h\r\n${CLOSE}`),
      "http localhost 80 h - - /",
    );
  },
});

Deno.test({
  name: "makeServer() removes no file that is not a socket",
  ignore,
  fn(): void {
    using folder = scratch();
    const { path } = folder;
    Deno.writeTextFileSync(path, "precious");
    assertThrows(() => serveAt(path), Deno.errors.AddrInUse);
    assertEquals(Deno.readTextFileSync(path), "precious");
    // A link to a stale socket is not one either.
    leaveStale(`${path}.2`);
    Deno.symlinkSync(`${path}.2`, `${path}.3`);
    assertThrows(() => serveAt(`${path}.3`), Deno.errors.AddrInUse);
    assert(Deno.lstatSync(`${path}.3`).isSymlink);
  },
});

Deno.test({
  name: "makeServer() gives its Unix socket the mode it was told",
  ignore,
  async fn(): Promise<void> {
    using folder = scratch();
    const { path } = folder;
    await using _server = serveAt(path, { mode: 0o660 });
    assertEquals(Deno.lstatSync(path).mode! & 0o777, 0o660);
  },
});

Deno.test({
  name: "makeServer() says why it cannot make a Unix socket",
  ignore,
  permissions: { read: true, write: false, net: true },
  fn(): void {
    const error = assertThrows(
      () => serveAt("/nowhere/app.sock"),
      Deno.errors.NotCapable,
    );
    assertEquals(
      error.message,
      "Cannot listen on /nowhere/app.sock: permission is missing, run again with --allow-read=/nowhere/app.sock --allow-write=/nowhere/app.sock --allow-net=unix:/nowhere/app.sock",
    );
  },
});

Deno.test({
  name: "makeServer() names all permissions that a Unix socket needs",
  ignore,
  async fn(): Promise<void> {
    using folder = scratch();
    const { path } = folder;
    const module = new URL("../../mod.ts", import.meta.url);
    await Deno.writeTextFile(
      `${path}.ts`,
      `import { demoApp, makeServer } from "${module}";
makeServer("", 0, demoApp, { path: "${path}" });
console.log("it listens");
Deno.exit();
`,
    );
    await using refused = new Program("run", `${path}.ts`);
    const { stderr } = await refused.outcome();
    const [, options = ""] = /run again with (.*)/.exec(stderr) ?? [];
    await using allowed = new Program(
      "run",
      ...options.split(" "),
      `${path}.ts`,
    );
    assertEquals(await allowed.firstLine(), "it listens");
  },
});

Deno.test({
  name: "makeServer() says that the folder of its Unix socket is missing",
  ignore,
  fn(): void {
    using folder = scratch();
    const path = `${folder.path}/missing/app.sock`;
    const error = assertThrows(() => serveAt(path), Deno.errors.NotFound);
    assertEquals(
      error.message,
      `Cannot listen on ${path}: its folder does not exist`,
    );
  },
});

const hasIpv6 = canListen("::1");

function canListen(hostname: string): boolean {
  try {
    Deno.listen({ hostname, port: 0 }).close();
    return true;
  } catch {
    return false;
  }
}

Deno.test({
  name: "makeServer() listens on an IPv6 address (ignored without IPv6)",
  ignore: !hasIpv6,
  async fn(): Promise<void> {
    for (const host of ["::1", "[::1]"]) {
      await using server = makeServer(host, 0, variables, { log: false });
      server.serveForever();
      const { port } = server;
      assertEquals(server.url, `http://[::1]:${port}/`);
      using conn = await Deno.connect({ hostname: "::1", port });
      await conn.write(toBytes(`GET / HTTP/1.1\r\nHost: h\r\n${CLOSE}`));
      const chunks = await within(Array.fromAsync(conn.readable), "it");
      const response = chunks.map((chunk) => fromBytes(chunk)).join("");
      const [, body = ""] = response.split("\r\n\r\n");
      assertEquals(
        body.replace(/[0-9]+ \/$/, "PORT /"),
        `http [::1] ${port} h ::1 PORT /`,
      );
    }
  },
});
