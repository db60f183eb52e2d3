import { assertEquals, assertThrows } from "@std/assert";
import { makeServer, type ServerOptions } from "../../server/make_server.ts";

/** What makeServer() says to options that no type checker has seen. */
function complaint(options: Record<string, unknown>): string {
  const error = assertThrows(
    () => makeServer("127.0.0.1", 0, () => [], options as ServerOptions),
  );
  return `${(error as Error).name}: ${
    (error as Error).message.replace("Cannot make the server: ", "")
  }`;
}

const TIME = "a time in milliseconds from";

Deno.test.each<[Record<string, unknown>, string]>([
  [
    { log: "common" },
    'TypeError: log must be a boolean or a function, got "common"',
  ],
  [{ onError: true }, "TypeError: onError must be a function, got true"],
  [{ environ: null }, "TypeError: environ must be an object, got null"],
  [{ multiprocess: 1 }, "TypeError: multiprocess must be a boolean, got 1"],
  [{ serverSoftware: 1 }, "TypeError: serverSoftware must be a string, got 1"],
  [{ cert: "x" }, "TypeError: cert must come with key"],
  [{ key: "x" }, "TypeError: key must come with cert"],
  [
    { path: "/tmp/x", cert: "-----BEGIN x", key: "-----BEGIN x" },
    "TypeError: a Unix socket must not have a certificate, Deno serves no TLS there",
  ],
  [
    { cert: new Uint8Array(1), key: "x" },
    "TypeError: cert must be a string in PEM, got a Uint8Array of 1 bytes",
  ],
  [
    { cert: "-----BEGIN x", key: "secret" },
    "TypeError: key must be PEM, with a line -----BEGIN …, not the name of a file",
  ],
  [{ mode: 0o660 }, "TypeError: mode must come with path"],
  [{ path: "" }, 'TypeError: path must be the path of a socket, got ""'],
  [
    { path: "/tmp/x", mode: 0o1000 },
    "RangeError: mode must be a file mode from 0 to 0o777, got 512",
  ],
  [
    { maxInFlight: 0 },
    "RangeError: maxInFlight must be a positive integer, got 0",
  ],
  [
    { maxInFlight: 1.5 },
    "RangeError: maxInFlight must be a positive integer, got 1.5",
  ],
  [
    { maxRequestBodySize: -1 },
    "RangeError: maxRequestBodySize must be 0 or a positive integer, got -1",
  ],
  [
    { requestTimeout: 0 },
    `RangeError: requestTimeout must be ${TIME} 1 to 2147483647, got 0`,
  ],
  [
    { requestTimeout: 2 ** 31 },
    `RangeError: requestTimeout must be ${TIME} 1 to 2147483647, got 2147483648`,
  ],
  [
    { requestTimeout: "9" },
    `RangeError: requestTimeout must be ${TIME} 1 to 2147483647, got "9"`,
  ],
  [
    { shutdownTimeout: NaN },
    `RangeError: shutdownTimeout must be ${TIME} 0 to 2147483647, got NaN`,
  ],
])("makeServer() refuses the options %o", (options, expected) => {
  assertEquals(complaint(options), expected);
});

Deno.test("makeServer() refuses a signal that is none", () => {
  assertEquals(
    complaint({ signal: {} }).slice(0, 44),
    "TypeError: signal must be an AbortSignal, go",
  );
});

Deno.test("makeServer() takes Infinity for no limit", async () => {
  await using server = makeServer("127.0.0.1", 0, () => [], {
    maxInFlight: Infinity,
    maxRequestBodySize: Infinity,
    log: false,
  });
  assertEquals(server.hostname, "127.0.0.1");
});
