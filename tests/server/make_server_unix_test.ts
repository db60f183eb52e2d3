// Unix sockets and IPv6. The file of a socket: a server removes its own and no
// other.

import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertThrows,
} from "@std/assert";
import {
  makeServer,
  type ServerOptions,
  type WsgiServer,
} from "../../server/make_server.ts";
import { toBytes } from "../../wsgi/byte_string.ts";
import type { Application } from "../../wsgi/types.ts";
import { Program } from "../program.ts";
import { within } from "../raw_client.ts";
import { answer, get, hanging } from "./serving.ts";

/** Answers with the variables that depend on the kind of socket. */
const variables: Application = answer((environ) => {
  const names = ["SERVER_NAME", "SERVER_PORT", "HTTP_HOST", "REMOTE_ADDR"];
  return ["wsgi.url_scheme", ...names, "REMOTE_PORT", "REQUEST_URI"]
    .map((name) => toBytes(`${environ[name] ?? "-"} `));
});

/** Serves at a path while the test runs. */
function serveAt(
  path: string,
  app: Application | string = variables,
  options: ServerOptions = {},
): WsgiServer {
  const given = typeof app === "string" ? answer(app) : app;
  const defaults = { path, log: false, shutdownTimeout: 2000 };
  const server = makeServer("ignored", -1, given, { ...defaults, ...options });
  server.serveForever();
  return server;
}

/** Sends a request and returns the body of the response. */
async function ask(
  address: string | Deno.ConnectOptions,
  request = get(),
): Promise<string> {
  using conn = typeof address === "string"
    ? await Deno.connect({ transport: "unix", path: address })
    : await Deno.connect(address);
  await conn.write(toBytes(request));
  // The server answers, and ends the connection.
  await conn.closeWrite();
  const text = new Response(conn.readable).text();
  const response = await within(text, "the response");
  assertMatch(response, /^HTTP\/1\.1 200 OK\r\n/);
  return response.split("\r\n\r\n")[1] ?? "";
}

/** Registers a test with a path in a folder of its own. */
function test(
  name: string,
  fn: (path: string, folder: string) => Promise<void> | void,
  permissions: Deno.PermissionOptions = "inherit",
): void {
  Deno.test({
    name: `makeServer() ${name}`,
    ignore: Deno.build.os === "windows",
    permissions,
    async fn(): Promise<void> {
      const isAllowed = permissions === "inherit";
      const folder = isAllowed ? Deno.makeTempDirSync() : "/nowhere";
      try {
        await fn(`${folder}/app.sock`, folder);
      } finally {
        if (isAllowed) Deno.removeSync(folder, { recursive: true });
      }
    },
  });
}

function assertRemoved(path: string): void {
  assertThrows(() => Deno.lstatSync(path), Deno.errors.NotFound);
}

/** Asserts that a server cannot listen on a path. */
function assertRefused(
  path: string,
  type: typeof Deno.errors.NotFound,
  why: string,
): void {
  const { message } = assertThrows(() => serveAt(path), type);
  assertEquals(message, `Cannot listen on ${path}: ${why}`);
}

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

test("serves a Unix socket and removes it at the end", async (path) => {
  const server = serveAt(path, variables, { mode: 0o660 });
  assertEquals([server.hostname, server.port], ["ignored", 0]);
  assertEquals(server.url, `http+unix://${encodeURIComponent(path)}/`);
  assertEquals(Deno.lstatSync(path).mode! & 0o777, 0o660);
  const requests = [get("/a?b"), "GET /c HTTP/1.0\r\n\r\n", get("http://o/d")];
  assertEquals(await Promise.all(requests.map((one) => ask(path, one))), [
    "http localhost 80 h - - /a?b ",
    "http localhost 80 - - - /c ",
    "http localhost 80 o - - /d ",
  ]);
  await server.shutdown();
  assertRemoved(path);
});

test("removes its Unix socket even at a forced shutdown", async (path) => {
  const { app, called } = hanging();
  const server = serveAt(path, app, { shutdownTimeout: 20 });
  using conn = await Deno.connect({ transport: "unix", path });
  await conn.write(toBytes(get()));
  await within(called, "the application");
  await within(server.shutdown(), "shutdown()");
  assertRemoved(path);
});

test("replaces a Unix socket on which nobody listens", async (path) => {
  leaveStale(path);
  await assertRejects(
    () => Deno.connect({ transport: "unix", path }),
    Deno.errors.ConnectionRefused,
  );
  await using _server = serveAt(path, "mine");
  assertEquals(await ask(path), "mine");
});

test("does not take a Unix socket away from another server", async (path) => {
  await using _server = serveAt(path, "first");
  assertRefused(
    path,
    Deno.errors.AddrInUse,
    "another server listens there, or the file is not a socket",
  );
  assertEquals(await ask(path), "first");
});

test("removes no file that is not a socket", (path) => {
  Deno.writeTextFileSync(path, "precious");
  assertThrows(() => serveAt(path), Deno.errors.AddrInUse);
  assertEquals(Deno.readTextFileSync(path), "precious");
  // A link to a stale socket is not a socket either.
  leaveStale(`${path}.2`);
  Deno.symlinkSync(`${path}.2`, `${path}.3`);
  assertThrows(() => serveAt(`${path}.3`), Deno.errors.AddrInUse);
  assert(Deno.lstatSync(`${path}.3`).isSymlink);
});

test("says why it cannot create a Unix socket", (path) => {
  assertRefused(
    path,
    Deno.errors.NotCapable,
    "permission is missing, run again with --allow-read=/nowhere/app.sock --allow-write=/nowhere/app.sock --allow-net=unix:/nowhere/app.sock",
  );
}, { read: true, write: false, net: true });

test("names all permissions that a Unix socket needs", async (path) => {
  const module = new URL("../../mod.ts", import.meta.url);
  const code = `
    import { demoApp, makeServer } from "${module}";
    makeServer("", 0, demoApp, { path: "${path}" });
    console.log("it listens");
    Deno.exit();
  `;
  await Deno.writeTextFile(`${path}.ts`, code);
  await using refused = new Program("run", `${path}.ts`);
  const { stderr } = await refused.outcome();
  const [, options = ""] = /run again with (.*)/.exec(stderr) ?? [];
  const args = options.split(" ");
  await using allowed = new Program("run", ...args, `${path}.ts`);
  assertEquals(await allowed.firstLine(), "it listens");
});

test("says that the folder of its Unix socket is missing", (_, folder) => {
  const path = `${folder}/none/app.sock`;
  assertRefused(path, Deno.errors.NotFound, "its folder does not exist");
});

test("listens on no socket whose mode it cannot set", (path) => {
  const { chmodSync } = Deno;
  Deno.chmodSync = () => {
    throw new Deno.errors.PermissionDenied("on purpose");
  };
  try {
    assertThrows(
      () => serveAt(path, variables, { mode: 0o600 }),
      Deno.errors.PermissionDenied,
    );
  } finally {
    Deno.chmodSync = chmodSync;
  }
});

// Files in place of a socket --------------------------------------------------

/** Ways to take the socket of a server away. */
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
  test(`leaves the socket of another server alone when its own was ${what}`, async (path) => {
    const first = serveAt(path, "first");
    assertEquals(await ask(path), "first");
    takeAway(path);
    await using second = serveAt(path, "second");
    await first.shutdown();
    assert(Deno.lstatSync(path).isSocket);
    assertEquals(await ask(path), "second");
    await second.shutdown();
    assertRemoved(path);
  });
}

test(
  "removes its own socket even if the program has changed its working directory",
  async (_, folder) => {
    const cwd = Deno.cwd();
    const [here, there] = [`${folder}/here`, `${folder}/there`];
    for (const each of [here, there]) Deno.mkdirSync(each);
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
    }
  },
);

test(
  "keeps the socket of another server that it may not link",
  async (path, folder) => {
    const module = import.meta.resolve("../../server/make_server.ts");
    const code = `
    import { makeServer } from "${module}";
    const serve = () => {
      const options = { path: "${path}", log: false };
      const server = makeServer("h", 0, () => [], options);
      server.serveForever();
      return server;
    };
    const first = serve();
    Deno.removeSync("${path}");
    const second = serve();
    await first.shutdown();
    console.log(Deno.lstatSync("${path}").isSocket);
    await second.shutdown();
  `;
    await using program = new Program(
      ...["run", "--no-prompt", `--allow-net=unix:${path}`],
      ...[`--allow-read=${path}`, `--allow-write=${path}`],
      `data:application/javascript,${encodeURIComponent(code)}`,
    );
    const { code: status, stdout, stderr } = await program.outcome();
    assertEquals([status, stdout, stderr], [0, "true\n", ""]);
    assertEquals([...Deno.readDirSync(folder)], []);
  },
);

test("keeps a file that has replaced its socket", async (path) => {
  const server = serveAt(path);
  Deno.removeSync(path);
  Deno.writeTextFileSync(path, "mine");
  await server.shutdown();
  assertEquals(Deno.readTextFileSync(path), "mine");
});

// IPv6 ---------------------------------------------------------------------------

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
  ignore: !canListen("::1"),
  async fn(): Promise<void> {
    for (const host of ["::1", "[::1]"]) {
      await using server = makeServer(host, 0, variables, { log: false });
      server.serveForever();
      const { port } = server;
      assertEquals(server.url, `http://[::1]:${port}/`);
      const body = (await ask({ hostname: "::1", port })).split(" ");
      assertEquals(body.slice(0, 5), ["http", "[::1]", `${port}`, "h", "::1"]);
    }
  },
});
