import { assertEquals } from "@std/assert";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { toNodeListener } from "../../gateway/node/node.ts";
import { StderrStream } from "../../wsgi/error_stream.ts";
import { ask } from "../raw_client.ts";

/** The parts of Express and Connect that are used here. */
interface Framework {
  // deno-lint-ignore no-explicit-any -- as in their own types
  (request: any, response: any): void;
  use(...args: unknown[]): Framework;
}

type Express = (() => Framework) & {
  json(): unknown;
  Router(options: { mergeParams: boolean }): Framework;
};

/** Responds with its variables and its body, and cookies. */
const listener = toNodeListener(async (environ, startResponse) => {
  const { SCRIPT_NAME, PATH_INFO, REQUEST_URI } = environ;
  const body = new TextDecoder().decode(await environ["wsgi.input"].read());
  startResponse("200 OK", [["Set-Cookie", "b=2"], ["Set-Cookie", "c=3"]]);
  const text = [SCRIPT_NAME, PATH_INFO, REQUEST_URI, body].join(" ");
  return [new TextEncoder().encode(text)];
}, { environ: { "wsgi.errors": new StderrStream(() => {}) } });

function setCookie(
  _request: unknown,
  response: { setHeader(name: string, value: string): void },
  next: () => void,
): void {
  response.setHeader("Set-Cookie", "a=1");
  next();
}

/** Sends a POST; returns status, cookies and body. */
async function post(app: Framework, path: string): Promise<unknown[]> {
  const server = createServer(app).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const head = "Host: h\r\nContent-Type: application/json";
  const request =
    `POST ${path} HTTP/1.1\r\n${head}\r\nContent-Length: 2\r\n\r\n{}`;
  try {
    const { head: { status, headers }, body } = await ask({ port }, request);
    const cookies = headers.filter(([name]) => name === "Set-Cookie");
    return [status, cookies.map(([, value]) => value).join(), body];
  } finally {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  }
}

/** Loads a package; returns `undefined` if npm does not have it. */
async function load<T>(specifier: string): Promise<T | undefined> {
  return await import(specifier).then((module) => module.default, () => {});
}

const COOKIES = "a=1,b=2,c=3";

for (const name of ["npm:express@^4", "npm:express@^5"]) {
  const express = await load<Express>(name);
  Deno.test({
    name: `toNodeListener() is mounted in ${name}`,
    ignore: express === undefined,
  }, async () => {
    const app = express!().use(setCookie);
    const router = express!.Router({ mergeParams: true });
    app.use("/of/:id", router.use("/inner", listener)).use("/wsgi", listener);
    app.use("/parsed", express!.json(), listener);
    const pages = {
      "/wsgi/a%2Fb?q": "/wsgi /a/b /wsgi/a%2Fb?q {}",
      "/wsgi": "/wsgi  /wsgi {}",
      "/of/7%20/inner/x": "/of/7 /inner /x /of/7%20/inner/x {}",
    };
    for (const [path, body] of Object.entries(pages)) {
      assertEquals(await post(app, path), [200, COOKIES, body]);
    }
    const failed = await post(app, "/parsed");
    assertEquals(failed, [500, "a=1", "500 Internal Server Error\n"]);
  });
}

const connect = await load<() => Framework>("npm:connect@^3");

Deno.test({
  name: "toNodeListener() is mounted in npm:connect@^3",
  ignore: connect === undefined,
}, async () => {
  const inner = connect!().use("/b", listener);
  const app = connect!().use(setCookie).use("/a", inner);
  const expected = [200, COOKIES, "/a/b /c /a/b/c {}"];
  assertEquals(await post(app, "/a/b/c"), expected);
});
