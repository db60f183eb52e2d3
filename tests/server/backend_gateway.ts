/**
 * SCGI and uwsgi as a web server speaks them, for tests that hold for both.
 *
 * @module
 */

import type { Variable } from "../../gateway/backend/header_block.ts";
import { encodeUtf8, fromBytes, toBytes } from "../../wsgi/byte_string.ts";
import { StderrStream } from "../../wsgi/error_stream.ts";
import {
  type BackendOptions,
  serveScgi,
  type WsgiServer,
} from "../../server/scgi.ts";
import type { Application, Environ } from "../../wsgi/types.ts";
import { serveUwsgi } from "../../server/uwsgi.ts";
import { RawClient, type RawHead, type RawResponse } from "../raw_client.ts";

/** One of the two gateways. */
export interface Gateway {
  /** Its function's name, for the names of tests. */
  readonly name: string;
  readonly serve: typeof serveScgi;
  /** Makes the header block of a request. */
  readonly encode: (variables: readonly Variable[]) => string;
  /** What stands before the status. */
  readonly prefix: string;
}

/** Makes the header block of an SCGI request, a ByteString. */
export function encodeScgi(variables: readonly Variable[]): string {
  const block = variables.map(([name, value]) => `${name}\0${value}\0`);
  const text = block.join("");
  return `${text.length}:${text},`;
}

function uint16(number: number): string {
  return String.fromCharCode(number & 0xff, number >> 8);
}

/** Makes the header block of a uwsgi request, a ByteString. */
export function encodeUwsgi(variables: readonly Variable[]): string {
  const strings = variables.flat().map((text) => uint16(text.length) + text);
  const block = strings.join("");
  return `\0${uint16(block.length)}\0${block}`;
}

/** Both gateways. */
export const GATEWAYS: readonly Gateway[] = [
  {
    name: "serveScgi()",
    serve: serveScgi,
    encode: encodeScgi,
    prefix: "Status:",
  },
  {
    name: "serveUwsgi()",
    serve: serveUwsgi,
    encode: encodeUwsgi,
    prefix: "HTTP/1.1",
  },
];

/** What nginx sends for the smallest request. */
export const GET: Readonly<Record<string, string>> = {
  CONTENT_LENGTH: "0",
  REQUEST_METHOD: "GET",
  REQUEST_URI: "/a?b",
  QUERY_STRING: "b",
  CONTENT_TYPE: "",
  DOCUMENT_URI: "/a",
  SERVER_PROTOCOL: "HTTP/1.1",
  REQUEST_SCHEME: "http",
  REMOTE_ADDR: "127.0.0.1",
  REMOTE_PORT: "4711",
  SERVER_PORT: "80",
  SERVER_NAME: "example.com",
  HTTP_HOST: "example.com",
};

/** A gateway that serves, and what it has logged. */
export interface Serving extends AsyncDisposable {
  readonly gateway: Gateway;
  readonly server: WsgiServer;
  readonly port: number;
  /** What was written to `wsgi.errors` and by the server so far. */
  readonly log: readonly string[];
}

/** Serves an application. */
export function serve(
  gateway: Gateway,
  app: Application,
  options: BackendOptions = {},
): Serving {
  const log: string[] = [];
  const server = gateway.serve(app, {
    // A test that leaves a request behind shall fail, not wait.
    shutdownTimeout: 2000,
    ...options,
    environ: {
      "wsgi.errors": new StderrStream((text) => void log.push(text)),
      ...options.environ,
    },
  });
  return {
    gateway,
    server,
    port: server.port,
    log,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Makes a request: the variables of GET, changed, and a body. */
export function request(
  { encode }: Gateway,
  changes: Readonly<Record<string, string | undefined>> = {},
  body = "",
  more: readonly Variable[] = [],
): string {
  const length = body === "" ? {} : { CONTENT_LENGTH: String(body.length) };
  const all = Object.entries({ ...GET, ...length, ...changes });
  const variables = all.flatMap(([name, value]): Variable[] =>
    value === undefined ? [] : [[name, value]]
  );
  return encode([...variables, ...more]) + body;
}

/** Gives the status code, whatever stands before it. */
export function statusOf({ line }: RawHead): number {
  return Number(line.split(" ")[1]);
}

/** Makes one request and reads all of the answer. */
export async function ask(
  serving: Serving,
  ...parts: Parameters<typeof request> extends [unknown, ...infer Rest] ? Rest
    : never
): Promise<RawResponse> {
  using client = await RawClient.connect(serving);
  await client.send(request(serving.gateway, ...parts));
  const head = await client.head();
  const body = await client.rest();
  return { head, body, complete: client.ending === "fin" };
}

/** Answers with the environ, as far as it is plain. */
export const show: Application = (environ, startResponse) => {
  startResponse("200 OK", [["Content-Type", "application/json"]]);
  return [toBytes(encodeUtf8(JSON.stringify(environ)))];
};

/** Reads what {@linkcode show} has answered. */
export function shown({ body }: RawResponse): Partial<Environ> {
  return JSON.parse(new TextDecoder().decode(toBytes(body)));
}

/** Answers with the request body. */
export const echo: Application = async (environ, startResponse) => {
  const body = await environ["wsgi.input"].read();
  startResponse("200 OK", [["X-Length", String(body.length)]]);
  return [body];
};

/** Registers a test of each gateway. */
export function test(
  name: string,
  fn: (gateway: Gateway) => Promise<void>,
): void {
  for (const gateway of GATEWAYS) {
    Deno.test(`${gateway.name} ${name}`, () => fn(gateway));
  }
}

/** Gives text as a ByteString of its UTF-8 form. */
export function utf8(text: string): string {
  return fromBytes(new TextEncoder().encode(text));
}
