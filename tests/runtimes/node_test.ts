import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { npmProgram } from "../../tools/matrix/npm_program.ts";
import { ServerProcess } from "../../tools/matrix/server_process.ts";
import { pack } from "../../tools/pack.ts";
import {
  REFUSED,
  REFUSED_BY_LLHTTP,
} from "../gateway/node/refused_requests.ts";
import { ask, RawClient } from "../raw_client.ts";
import { Tree } from "../static_files/static_tree.ts";
import { missingTool, runTool, testsWith } from "../tool.ts";

const EXAMPLE = new URL("../../examples/deploy/node.mjs", import.meta.url);

/** Entry points that must load in every runtime. */
const ENTRY_POINTS = [
  ...["", "/access-log", "/cgi", "/fetch", "/mount", "/node"],
  ...["/proxy-headers", "/validator"],
];

/** An application that returns its request, or fails. */
const PROGRAM = `
import { createServer, ServerResponse } from "node:http";
import { validator } from "@wsgi/ref/validator";
import { toNodeListener } from "@wsgi/ref/node";

async function* body(environ) {
  yield new TextEncoder().encode(environ.PATH_INFO + " ");
  if (environ.PATH_INFO.endsWith("/fail")) throw new Error("on purpose");
  yield await environ["wsgi.input"].read();
}
function app(environ, startResponse) {
  const cookies = ["a=1", "b=2"].map((cookie) => ["Set-Cookie", cookie]);
  startResponse("299 Very Odd", [
    ["Content-Type", "text/plain"], ["x-A", "1"], ...cookies,
  ]);
  return body(environ);
}
const listener = toNodeListener(validator(app));
const server = createServer((req, res) => {
  if (req.url.startsWith("/framework")) res.setHeader("Set-Cookie", "c=3");
  if (req.url.startsWith("/framework/length")) res.setHeader("Content-Length", 99);
  if (req.url.startsWith("/framework/chunks")) res.setHeader("Transfer-Encoding", "chunked");
  listener(req, res);
});
server.on("connect", (req, socket) => {
  const res = new ServerResponse(req);
  res.assignSocket(socket);
  listener(req, res);
});
server.listen(0, "127.0.0.1", () => {
  console.log("listening on " + server.address().port);
});
`;

interface Runtime {
  readonly name: string;
  readonly path: string | undefined;
}

const noNpm = await missingTool("npm");
const runtimes: Runtime[] = [
  { name: "Deno", path: Deno.execPath() },
  { name: "Node.js", path: noNpm ? undefined : await npmProgram("node@24") },
  // The oldest version that the package supports.
  { name: "Node.js 20", path: noNpm ? undefined : await npmProgram("node@20") },
  { name: "Bun", path: noNpm ? undefined : await npmProgram("bun") },
];
const tsc = noNpm ? undefined : await npmProgram("typescript", "tsc");

/** An application, valid or not by its result. */
const typed = (result: string) =>
  `import type { Application } from "@wsgi/ref";
import { toNodeListener } from "@wsgi/ref/node";
const app: Application = (environ, startResponse) => {
  startResponse("200 OK", [["Content-Type", environ.CONTENT_TYPE ?? "a/b"]]);
  return ${result};
};
export default toNodeListener(app, { maxRequestBodySize: 5 });
`;

/** The folder in which the npm package is installed, as its users install it. */
let tree: Tree;

Deno.test.beforeAll(async () => {
  if (noNpm) return;
  const imports = ENTRY_POINTS.map((path) => `import "@wsgi/ref${path}";\n`);
  tree = await Tree.make({
    "package.json": '{"private":true}',
    "program.mjs": PROGRAM,
    "entry_points.mjs": `${imports.join("")}console.log("all loaded");\n`,
    "example.mjs": await Deno.readTextFile(EXAMPLE),
    "good.ts": typed("[new Uint8Array(1)]"),
    "bad.ts": typed('["text"]'),
  });
  await pack(`${tree.root}/package.tgz`);
  const { code, stderr } = await runTool("npm", [
    ...["install", "--offline", "--no-audit", "--no-fund"],
    ...["--prefix", tree.root, `${tree.root}/package.tgz`],
  ]);
  assertEquals(code, 0, stderr);
});

Deno.test.afterAll(async () => await tree?.[Symbol.asyncDispose]());

/** The arguments by which a runtime runs a file. */
function runArgs({ name }: Runtime, file: string): string[] {
  const path = `${tree.root}/${file}`;
  return name === "Deno"
    ? ["run", "-A", "--node-modules-dir=manual", path]
    : [path];
}

async function start(
  runtime: Runtime,
  file = "program.mjs",
  ready = /listening on ([0-9]+)/,
): Promise<ServerProcess> {
  return await ServerProcess.start({
    ...{ program: runtime.path!, args: runArgs(runtime, file), ready },
    ...{ env: { PORT: "0" }, folder: await Deno.makeTempDir() },
  });
}

for (const runtime of runtimes) {
  const { name, path } = runtime;
  const missing = noNpm || (path === undefined ? ` (${name} is missing)` : "");
  const test = testsWith(missing);

  test(`the npm package serves an application on ${name}`, async () => {
    await using server = await start(runtime);
    const request = (path: string) =>
      `POST ${path} HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nHello`;
    const good = await ask(server, request("/a%20b"));
    assertEquals(good.head.line, "HTTP/1.1 299 Very Odd");
    assertEquals(good.head.headers.some(([name]) => name === "x-A"), true);
    assertEquals([good.body, good.complete], ["/a b Hello", true]);
    // Middleware may have set headers before, also those of a body of its own.
    const paths = ["", "/framework", "/framework/length", "/framework/chunks"];
    for (const path of paths) {
      const whole = await ask(server, request(`${path}/a`));
      assertEquals([whole.body, whole.complete], [`${path}/a Hello`, true]);
      const cookies = whole.head.all("set-cookie");
      assertEquals(cookies.length, path === "" ? 2 : 3);
      const failed = await ask(server, request(`${path}/fail`));
      assertEquals([failed.body, failed.complete], [`${path}/fail `, false]);
    }
    assertStringIncludes(await server.logged(/on purpose/), "Error: ");
  });

  // The others do not support CONNECT.
  if (name.startsWith("Node")) {
    test(`toNodeListener() sends no framing header for a tunnel on ${name}`, async () => {
      await using server = await start(runtime);
      using client = await RawClient.connect(server);
      await client.send("CONNECT h:80 HTTP/1.1\r\nHost: h:80\r\n\r\n");
      const { headers } = await client.head();
      const framing = /^(?:content-length|transfer-encoding)$/i;
      assertEquals(headers.filter(([name]) => framing.test(name)), []);
    });
  }

  test(`toNodeListener() rejects what ${name} accepts`, async () => {
    await using server = await start(runtime);
    const all = name === "Bun" ? REFUSED : [...REFUSED, ...REFUSED_BY_LLHTTP];
    for (const [what, status, request] of all) {
      using client = await RawClient.connect(server);
      await client.send(request);
      const { head } = await client.response();
      assertEquals([what, head.status], [what, status]);
      assertEquals([what, await client.rest()], [what, ""]);
    }
  });

  test(`every entry point of the npm package loads on ${name}`, async () => {
    const args = runArgs(runtime, "entry_points.mjs");
    const { stdout, stderr } = await runTool(path!, args);
    assertEquals([stdout, stderr], ["all loaded\n", ""]);
  });

  test(`examples/deploy/node.mjs serves on ${name}`, async () => {
    const ready = /http:\/\/127\.0\.0\.1:([0-9]+)\//;
    await using server = await start(runtime, "example.mjs", ready);
    const { body } = await ask(server, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    assertEquals(body, "Hello 127.0.0.1!\n");
  });
}

const noTsc = noNpm || (tsc === undefined ? " (typescript is missing)" : "");

const test = testsWith(noTsc);

test("the npm package has types for tsc", async () => {
  const check = async (file: string) =>
    await runTool(tsc!, [
      ...["--noEmit", "--strict", "--exactOptionalPropertyTypes"],
      ...["--target", "es2024", "--lib", "esnext,dom,dom.iterable"],
      ...["--module", "nodenext", "--types", ""],
      `${tree.root}/${file}`,
    ]);
  const good = await check("good.ts");
  assertEquals([good.stdout, good.code], ["", 0]);
  const bad = await check("bad.ts");
  assert(bad.code !== 0);
  assertStringIncludes(bad.stdout, "is not assignable to type");
  assertStringIncludes(bad.stdout, "bad.ts(3,");
});
