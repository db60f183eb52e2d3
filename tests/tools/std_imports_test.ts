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

/** A port on which nothing listens. */
const CLOSED = "http://127.0.0.1:1/";

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
  const [out, err] = [stdout, stderr].map((it) => new TextDecoder().decode(it));
  return { code, stdout: out!, stderr: err! };
}

Deno.test("jsrAnswers() is true for a registry that knows @std/assert", async () => {
  const seen: string[] = [];
  await using server = serve((request) => {
    seen.push(new URL(request.url).pathname);
    return Response.json(PACKAGE);
  });
  assert(await jsrAnswers(address(server)));
  assert(await jsrAnswers(`${address(server)}jsr`));
  const path = "/@std/assert/meta.json";
  assertEquals(seen, [path, `/jsr${path}`]);
});

Deno.test.each([
  ["an error", () => Response.json(PACKAGE, { status: 503 })],
  ["a login page", () => new Response("<p>Welcome to the hotel")],
  ["another package", () => Response.json({ scope: "std", name: "http" })],
  ["JSON that is no object", () => Response.json(null)],
  ["nothing", () => new Response(null, { status: 204 })],
  ["a body without an end", () => new Response(new ReadableStream())],
])("jsrAnswers() does not accept %s", async (_what, handler) => {
  await using server = serve(handler);
  assertEquals(await jsrAnswers(address(server), 200), false);
});

Deno.test("jsrAnswers() is false if nothing listens or answers", async () => {
  assertEquals(await jsrAnswers(CLOSED), false);
  assertEquals(await jsrAnswers("jsr"), false);
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const silent = `http://127.0.0.1:${listener.addr.port}/`;
  assertEquals(await jsrAnswers(silent, 50), false);
});

Deno.test("deno task std prints the options that tasks need, or nothing if JSR answers or is chosen", async () => {
  let requests = 0;
  await using server = serve(() => {
    requests++;
    return Response.json(PACKAGE);
  });
  const JSR_URL = address(server);
  const npm = { JSR_URL, WSGIREF_STD: "npm" };
  const jsr = { JSR_URL, WSGIREF_STD: "jsr" };
  const slow = "--rules-exclude=no-slow-types\n";
  const runs = [
    [{ JSR_URL: CLOSED }, [], IMPORT_MAP, 0],
    [npm, [], IMPORT_MAP, 0],
    [npm, ["lint"], slow, 0],
    [jsr, [], "", 0],
    [{ JSR_URL }, [], "", 1],
    [{ JSR_URL }, ["lint"], "", 2],
  ] as const;
  for (const [env, args, stdout, total] of runs) {
    assertEquals(await task(env, ...args), { code: 0, stdout, stderr: "" });
    assertEquals(requests, total);
  }
  assertEquals((await task(npm, "absent")).code, 0);
  assertEquals((await task(jsr, "absent")).code, 1);
});
