/** The clients that `trusted: ["unix"]` trusts, on each kind of server. */

import { assertEquals } from "@std/assert";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { toFetchHandler } from "../../gateway/fetch/fetch.ts";
import { toNodeListener } from "../../gateway/node/node.ts";
import { proxyHeaders } from "../../middleware/proxy_headers.ts";
import { fromBytes, toBytes } from "../../wsgi/byte_string.ts";
import type { Application } from "../../wsgi/types.ts";
import { cgi } from "../gateway/cgi/run_cgi.ts";
import { answering } from "../gateway/recording_transport.ts";
import { ask, within } from "../raw_client.ts";
import { serve } from "../server/serving.ts";
import { testsWith } from "../tool.ts";

const BELIEVED = "192.0.2.7";
const REQUEST = `GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n` +
  `X-Forwarded-For: ${BELIEVED}\r\n\r\n`;

const address: Application = proxyHeaders({ trusted: ["unix"] })(
  answering(({ REMOTE_ADDR }) => [toBytes(`address: ${REMOTE_ADDR};`)]),
);

async function askUnix(path: string): Promise<string> {
  using conn = await Deno.connect({ transport: "unix", path });
  await conn.write(toBytes(REQUEST));
  const chunks = await within(Array.fromAsync(conn.readable), "the response");
  return chunks.map((chunk) => fromBytes(chunk)).join("");
}

async function askFetch(info: unknown, url = "http://h/"): Promise<string> {
  const headers = new Headers({ "X-Forwarded-For": BELIEVED });
  const request = { url, method: "GET", headers, body: null } as Request;
  const response = await toFetchHandler(address)(request, info);
  return await response.text();
}

async function askCgi(variables: Record<string, string>): Promise<string> {
  const env = { HTTP_X_FORWARDED_FOR: BELIEVED, ...variables };
  return (await cgi(address, env)).output;
}

/** Each returns the variables that the application has seen. */
const SERVERS: Record<string, (path: string) => Promise<string>> = {
  "makeServer() on a Unix socket": async (path) => {
    await using _serving = serve(address, { path });
    return await askUnix(path);
  },
  "Deno.serve() on a Unix socket": async (path) => {
    const onListen = (): void => {};
    const handler = toFetchHandler(address);
    await using _server = Deno.serve({ path, onListen }, handler);
    return await askUnix(path);
  },
  "node:http on a Unix socket": async (path) => {
    await using server = createServer(toNodeListener(address)).listen(path);
    await once(server, "listening");
    return await askUnix(path);
  },
  "nginx on a Unix socket, through CGI": () => askCgi({ REMOTE_ADDR: "unix:" }),
};

const OTHERS: typeof SERVERS = {
  "makeServer() on TCP": async () => {
    await using serving = serve(address);
    return (await ask(serving, REQUEST)).body;
  },
  "node:http with a connection that was reset": async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const app: Application = (environ, startResponse) => {
      const body = address(environ, startResponse) as Uint8Array[];
      resolve(fromBytes(body[0]!));
      return body;
    };
    const listener = toNodeListener(app);
    await using server = createServer((request, response) => {
      const closed = once(request.socket, "close");
      request.socket.destroy();
      closed.then(() => listener(request, response));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    using conn = await Deno.connect({ hostname: "127.0.0.1", port });
    await conn.write(toBytes(REQUEST));
    return await within(promise, "the application");
  },
  "toFetchHandler() without info": () => askFetch(undefined),
  "toFetchHandler() with no address": () => askFetch({ remoteAddr: null }),
  "toFetchHandler() with vsock": () =>
    askFetch({ remoteAddr: { transport: "vsock", cid: 1, port: 1 } }),
  "toFetchHandler() with the URL of a Unix socket": () =>
    askFetch(undefined, "http+unix://%2Ftmp%2Fapp.sock/"),
  "a CGI server without an address": () =>
    askCgi({ "wsgiref.unix_socket": "1" }),
};

const missing = Deno.build.os === "windows" ? " (no Unix sockets)" : "";
const test = testsWith(missing);

for (const [table, isTrusted] of [[SERVERS, true], [OTHERS, false]] as const) {
  for (const [name, ask] of Object.entries(table)) {
    const trusts = isTrusted ? "trusts" : "does not trust";
    test(`proxyHeaders() ${trusts} ${name}`, async () => {
      const folder = await Deno.makeTempDir();
      try {
        const response = await ask(`${folder}/app.sock`);
        const [, seen] = /address: (.*);/.exec(response) ?? [];
        assertEquals(seen === BELIEVED, isTrusted, response);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    });
  }
}
