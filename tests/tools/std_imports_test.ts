import { assert, assertEquals } from "@std/assert";
import { jsrAnswers } from "../../tools/std_imports.ts";

const IMPORT_MAP = "--import-map=tools/npm_imports.json\n";
const PACKAGE = { scope: "std", name: "assert", latest: "1.0.19" };

function serve(
  handler: (request: Request) => Response,
): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen(): void {} },
    handler,
  );
}

function address(server: Deno.HttpServer<Deno.NetAddr>): string {
  return `http://127.0.0.1:${server.addr.port}/`;
}

async function closedPort(): Promise<string> {
  const server = serve(() => new Response());
  const url = address(server);
  await server.shutdown();
  return url;
}

/** Runs the task as the other tasks do, with no more than its permissions. */
async function task(
  env: Record<string, string>,
  ...args: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "-q", "std", ...args],
    cwd: new URL("../..", import.meta.url),
    env: { WSGIREF_STD: "", ...env },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return {
    code,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
  };
}

Deno.test("jsrAnswers() is true for a registry that knows @std/assert", async () => {
  await using server = serve((request) =>
    new URL(request.url).pathname === "/@std/assert/meta.json"
      ? Response.json(PACKAGE)
      : new Response("Not found", { status: 404 })
  );
  assert(await jsrAnswers(address(server)));
  assert(await jsrAnswers(address(server).slice(0, -1)));
});

Deno.test("jsrAnswers() keeps the path of a mirror", async () => {
  await using server = serve((request) =>
    new URL(request.url).pathname === "/jsr/@std/assert/meta.json"
      ? Response.json(PACKAGE)
      : new Response("Not found", { status: 404 })
  );
  assert(await jsrAnswers(`${address(server)}jsr`));
  assertEquals(await jsrAnswers(address(server)), false);
});

Deno.test.each([
  ["an error", () => Response.json(PACKAGE, { status: 503 })],
  ["a login page", () => new Response("<p>Welcome to the hotel")],
  ["another package", () => Response.json({ scope: "std", name: "http" })],
  ["JSON that is no object", () => Response.json(null)],
  ["nothing", () => new Response(null, { status: 204 })],
])("jsrAnswers() does not take %s for an answer", async (_what, handler) => {
  await using server = serve(handler);
  assertEquals(await jsrAnswers(address(server)), false);
});

Deno.test("jsrAnswers() is false where nothing listens", async () => {
  assertEquals(await jsrAnswers(await closedPort()), false);
});

Deno.test("jsrAnswers() is false for what is no address", async () => {
  assertEquals(await jsrAnswers("jsr"), false);
});

Deno.test("jsrAnswers() gives up on a registry that says nothing", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const begin = performance.now();
  assertEquals(
    await jsrAnswers(`http://127.0.0.1:${listener.addr.port}/`, 50),
    false,
  );
  assert(performance.now() - begin < 1000);
});

Deno.test("jsrAnswers() gives up on a registry that stops in mid-answer", async () => {
  await using server = serve(() =>
    new Response(
      new ReadableStream({
        start(controller): void {
          controller.enqueue(new TextEncoder().encode('{"scope":'));
        },
      }),
    )
  );
  assertEquals(await jsrAnswers(address(server), 50), false);
});

Deno.test("deno task std prints the import map where JSR does not answer", async () => {
  assertEquals(await task({ JSR_URL: await closedPort() }), {
    code: 0,
    stdout: IMPORT_MAP,
    stderr: "",
  });
});

Deno.test("deno task std prints nothing where JSR answers", async () => {
  await using server = serve(() => Response.json(PACKAGE));
  const nothing = { code: 0, stdout: "", stderr: "" };
  assertEquals(await task({ JSR_URL: address(server) }), nothing);
  assertEquals(await task({ JSR_URL: address(server) }, "lint"), nothing);
});

Deno.test("deno task std lint leaves out the rule that asks JSR", async () => {
  const { stdout } = await task({ WSGIREF_STD: "npm" }, "lint");
  assertEquals(stdout, "--rules-exclude=no-slow-types\n");
});

Deno.test("deno task std absent answers with its exit code", async () => {
  assertEquals((await task({ WSGIREF_STD: "npm" }, "absent")).code, 0);
  assertEquals((await task({ WSGIREF_STD: "jsr" }, "absent")).code, 1);
});

Deno.test("WSGIREF_STD answers without looking", async () => {
  const looked: string[] = [];
  await using server = serve((request) => {
    looked.push(request.url);
    return Response.json(PACKAGE);
  });
  const JSR_URL = address(server);
  const npm = await task({ JSR_URL, WSGIREF_STD: "npm" });
  const jsr = await task({ JSR_URL, WSGIREF_STD: "jsr" });
  assertEquals([npm.stdout, jsr.stdout, looked], [IMPORT_MAP, "", []]);
});
