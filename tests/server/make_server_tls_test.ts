import {
  assertEquals,
  assertMatch,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { fromBytes, toBytes } from "../../wsgi/byte_string.ts";
import { makeServer } from "../../server/make_server.ts";
import type { Application } from "../../wsgi/types.ts";
import { ask, RawClient, within } from "../raw_client.ts";
import { get, serve } from "./serving.ts";

// Made with openssl for these tests: valid for localhost until the year 2126.
const read = (name: string): string =>
  Deno.readTextFileSync(new URL(`../testdata/${name}`, import.meta.url));
const cert = read("localhost_cert.pem");
const key = read("localhost_key.pem");

/** A key that is not the one of the certificate. */
const otherKey = await generateKey();

async function generateKey(): Promise<string> {
  const { privateKey } = await crypto.subtle.generateKey(
    { name: "ECDSA", namedCurve: "P-256" },
    true,
    ["sign"],
  );
  const bytes = await crypto.subtle.exportKey("pkcs8", privateKey);
  const base64 = new Uint8Array(bytes).toBase64();
  return `-----BEGIN PRIVATE KEY-----\n${base64}\n-----END PRIVATE KEY-----\n`;
}

const hasCurl = await canRunCurl();

async function canRunCurl(): Promise<boolean> {
  try {
    const args = ["--version"];
    const { stdout } = await new Deno.Command("curl", { args }).output();
    return new TextDecoder().decode(stdout).includes("HTTP2");
  } catch {
    return false;
  }
}

/** Answers with the variables that TLS and HTTP/2 have to do with. */
const variables: Application = (environ, startResponse) => {
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  return [toBytes([
    environ["wsgi.url_scheme"],
    environ.HTTPS,
    environ.SERVER_NAME,
    environ.SERVER_PORT,
    environ.HTTP_HOST,
    environ.REQUEST_URI,
  ].join(" "))];
};

Deno.test("makeServer() serves https with a certificate and its key", async () => {
  await using serving = serve(variables, { cert, key });
  assertEquals(serving.server.url, `https://127.0.0.1:${serving.port}/`);
  using conn = await Deno.connectTls({
    hostname: "127.0.0.1",
    port: serving.port,
    caCerts: [cert],
  });
  await conn.write(toBytes(
    "GET /a?b HTTP/1.1\r\nHost: h:1\r\nConnection: close\r\n\r\n",
  ));
  const chunks = await within(Array.fromAsync(conn.readable), "the response");
  const response = chunks.map((chunk) => fromBytes(chunk)).join("");
  assertMatch(response, /^HTTP\/1\.1 200 OK\r\n/);
  assertEquals(
    response.split("\r\n\r\n")[1],
    `https on 127.0.0.1 ${serving.port} h:1 /a?b`,
  );
});

for (const [option, version] of [["--http1.1", "1.1"], ["--http2", "1.1"]]) {
  Deno.test({
    name:
      `makeServer() speaks HTTP/${version} over TLS to curl ${option} (ignored without curl that speaks HTTP/2)`,
    ignore: !hasCurl,
    async fn(): Promise<void> {
      await using serving = serve(variables, { cert, key });
      const { stdout } = await new Deno.Command("curl", {
        args: [
          "-sk",
          option!,
          "--max-time",
          "10",
          "-w",
          " %{http_version}",
          `${serving.server.url}a?b`,
        ],
      }).output();
      const { port } = serving;
      assertEquals(
        new TextDecoder().decode(stdout),
        `https on 127.0.0.1 ${port} 127.0.0.1:${port} /a?b ${version}`,
      );
    },
  });
}

// SPEC: environ-http-host
Deno.test({
  name:
    "makeServer() makes HTTP_HOST of the authority of HTTP/2 (ignored without curl that speaks HTTP/2)",
  ignore: !hasCurl,
  async fn(): Promise<void> {
    await using serving = serve(variables, { cert, key });
    const { stdout } = await new Deno.Command("curl", {
      args: [
        "-sk",
        "--http2",
        "--max-time",
        "10",
        "-H",
        "Host: other.example:81",
        serving.server.url,
      ],
    }).output();
    assertEquals(
      new TextDecoder().decode(stdout),
      `https on 127.0.0.1 ${serving.port} other.example:81 /`,
    );
  },
});

Deno.test("makeServer() logs a line for plain HTTP at its TLS port, and goes on", async () => {
  await using serving = serve(variables, { cert, key });
  {
    using client = await RawClient.connect(serving);
    await client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    // A TLS alert may come; a response in plain HTTP must not.
    assertEquals((await client.rest()).includes("HTTP/"), false);
  }
  using conn = await Deno.connectTls({
    hostname: "127.0.0.1",
    port: serving.port,
    caCerts: [cert],
  });
  await conn.write(toBytes(
    "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
  ));
  const chunks = await within(Array.fromAsync(conn.readable), "the response");
  assertMatch(fromBytes(chunks[0]!), /^HTTP\/1\.1 200 OK\r\n/);
  assertEquals(serving.log.length, 1);
  assertEquals(
    serving.log[0],
    "Closed the connection to 127.0.0.1: the client speaks no TLS, this port does\n",
  );
});

Deno.test("makeServer() logs a line for TLS at its plain port, and goes on", async () => {
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

Deno.test("makeServer() says that certificate or key are none", async () => {
  const pem = "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n";
  for (
    const [badCert, badKey] of [[pem, key], [cert, pem], [cert, otherKey]]
  ) {
    assertThrows(
      () =>
        makeServer("127.0.0.1", 0, variables, { cert: badCert, key: badKey }),
      TypeError,
      "Cannot make the server: cert and key must be a certificate and its key in PEM",
    );
  }
  // Nobody holds the port.
  await using _server = makeServer("127.0.0.1", 0, variables, { log: false });
});
