import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { makeServer } from "../../server/make_server.ts";
import { fromBytes, toBytes } from "../../wsgi/byte_string.ts";
import { ask, within } from "../raw_client.ts";
import { missingTool, runTool, testsWith } from "../tool.ts";
import {
  answer,
  dial,
  get,
  send,
  serve,
  type Serving,
  TLS,
} from "./serving.ts";

/** Answers with the variables that depend on TLS and HTTP/2. */
const variables = answer((environ) =>
  ["wsgi.url_scheme", "HTTPS", "SERVER_PORT", "HTTP_HOST", "REQUEST_URI"]
    .map((name) => toBytes(`${environ[name]} `))
);

/** Sends a request over TLS, and returns the whole response. */
async function askTls(serving: Serving, target: string): Promise<string> {
  using conn = await dial(serving, TLS);
  await conn.write(toBytes(
    get(target).replace("\r\n\r\n", ":1\r\nConnection: close\r\n\r\n"),
  ));
  const chunks = await within(Array.fromAsync(conn.readable), "the response");
  return chunks.map((chunk) => fromBytes(chunk)).join("");
}

Deno.test("makeServer() serves https with a certificate and its key", async () => {
  await using serving = serve(variables, TLS);
  assertEquals(serving.server.url, `https://127.0.0.1:${serving.port}/`);
  const [head = "", body] = (await askTls(serving, "/a?b")).split("\r\n\r\n");
  assertEquals(head.split("\r\n")[0], "HTTP/1.1 200 OK");
  assertEquals(body, `https on ${serving.port} h:1 /a?b `);
});

const test = testsWith(await missingTool("curl"));

// SPEC: environ-http-host
for (const option of ["--http1.1", "--http2"]) {
  test(`makeServer() speaks HTTP/1.1 over TLS to curl ${option}`, async () => {
    await using serving = serve(variables, TLS);
    const { stdout } = await runTool("curl", [
      ...["-sk", option, "--max-time", "10", "-w", "%{http_version}"],
      ...["-H", "Host: a:81", `${serving.server.url}a?b`],
    ]);
    assertEquals(stdout, `https on ${serving.port} a:81 /a?b 1.1`);
  });
}

Deno.test("makeServer() logs a line for plain HTTP at its TLS port, and continues", async () => {
  await using serving = serve(variables, TLS);
  {
    using client = await send(serving);
    // A TLS alert may come; a response in plain HTTP must not.
    assertEquals((await client.rest()).includes("HTTP/"), false);
  }
  assertEquals((await askTls(serving, "/")).slice(0, 15), "HTTP/1.1 200 OK");
  assertEquals(serving.log, [
    "Closed the connection to 127.0.0.1: the client does not speak TLS, but this port requires it\n",
  ]);
});

Deno.test("makeServer() logs a line for TLS at its plain port, and continues", async () => {
  await using serving = serve(variables);
  await assertRejects(() =>
    Deno.connectTls({ hostname: "127.0.0.1", port: serving.port })
      .then((conn) => conn.handshake().finally(() => conn.close()))
  );
  assertEquals((await ask(serving, get())).head.status, 200);
  assertEquals(serving.log, [
    "Refused a request from 127.0.0.1 with 400: the client speaks TLS, this port speaks plain HTTP\n",
  ]);
});

/** Creates a key that does not match the certificate. */
async function generateKey(): Promise<string> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const pair = await crypto.subtle.generateKey(algorithm, true, ["sign"]);
  const bytes = await crypto.subtle.exportKey("pkcs8", pair.privateKey);
  const base64 = new Uint8Array(bytes).toBase64();
  return `-----BEGIN PRIVATE KEY-----\n${base64}\n-----END PRIVATE KEY-----\n`;
}

Deno.test("makeServer() says that its certificate or key is invalid", async () => {
  const pem = "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n";
  const wrong = [{ cert: pem }, { key: pem }, { key: await generateKey() }];
  for (const options of wrong) {
    assertThrows(
      () => makeServer("127.0.0.1", 0, variables, { ...TLS, ...options }),
      TypeError,
      "Cannot make the server: cert and key must be a certificate and its key in PEM",
    );
  }
  // The port is free.
  await using _server = makeServer("127.0.0.1", 0, variables, { log: false });
});
