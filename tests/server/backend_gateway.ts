/**
 * SCGI and uwsgi as a web server speaks them, for tests of both.
 *
 * @module
 */

import type { Variable } from "../../gateway/backend/header_block.ts";
import { encodeUtf8, fromBytes, toBytes } from "../../wsgi/byte_string.ts";
import { type BackendOptions, serveScgi } from "../../server/scgi.ts";
import type { Application, Environ } from "../../wsgi/types.ts";
import { serveUwsgi } from "../../server/uwsgi.ts";
import type { RawHead, RawResponse } from "../../conformance/raw_response.ts";
import type { RawClient } from "../raw_client.ts";
import { send, type Serving as Served, withLog } from "./serving.ts";

/** One of the two gateways. */
export interface Gateway {
  /** The scheme of its URL. */
  readonly name: string;
  readonly serve: typeof serveScgi;
  /** Creates the header block of a request. */
  readonly encode: (variables: readonly Variable[]) => string;
  /** The text before the status. */
  readonly prefix: string;
}

/** Creates the header block of an SCGI request, a ByteString. */
export function encodeScgi(variables: readonly Variable[]): string {
  const block = variables.map(([name, value]) => `${name}\0${value}\0`);
  const text = block.join("");
  return `${text.length}:${text},`;
}

function uint16(number: number): string {
  return String.fromCharCode(number & 0xff, number >> 8);
}

/** Creates the header block of a uwsgi request, a ByteString. */
export function encodeUwsgi(variables: readonly Variable[]): string {
  const strings = variables.flat().map((text) => uint16(text.length) + text);
  const block = strings.join("");
  return `\0${uint16(block.length)}\0${block}`;
}

/** Both gateways. */
export const GATEWAYS: readonly Gateway[] = [
  { name: "scgi", serve: serveScgi, encode: encodeScgi, prefix: "Status:" },
  { name: "uwsgi", serve: serveUwsgi, encode: encodeUwsgi, prefix: "HTTP/1.1" },
];

/** The variables that nginx sends for the smallest request. */
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

/** A server of a gateway, and its log. */
export interface Serving extends Served {
  readonly gateway: Gateway;
}

/** Serves an application. */
export function serve(
  gateway: Gateway,
  app: Application,
  options: BackendOptions = {},
): Serving {
  return { gateway, ...withLog((all) => gateway.serve(app, all), options) };
}

/** Creates a request: the variables of GET with changes, and a body. */
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

/** Returns the status code. */
export function statusOf({ line }: RawHead): number {
  return Number(line.split(" ")[1]);
}

type Parts = Parameters<typeof request> extends [unknown, ...infer Rest] ? Rest
  : never;

/** Sends one request. */
export function connect(to: Serving, ...parts: Parts): Promise<RawClient> {
  return send(to, request(to.gateway, ...parts));
}

/** Sends one request and reads the whole response. */
export async function ask(
  serving: Serving,
  ...parts: Parts
): Promise<RawResponse> {
  using client = await connect(serving, ...parts);
  const head = await client.head();
  const body = await client.rest();
  return { head, body, complete: client.ending === "fin" };
}

/** Answers with the environ as JSON. */
export const show: Application = (environ, startResponse) => {
  startResponse("200 OK", [["Content-Type", "application/json"]]);
  return [toBytes(encodeUtf8(JSON.stringify(environ)))];
};

/** Reads the response of {@linkcode show}. */
export function shown({ body }: RawResponse): Partial<Environ> {
  return JSON.parse(new TextDecoder().decode(toBytes(body)));
}

/** Registers a test of each gateway. */
export function test(
  name: string,
  fn: (gateway: Gateway) => Promise<void>,
): void {
  for (const gateway of GATEWAYS) {
    const { serve: { name: start } } = gateway;
    Deno.test(`${start}() ${name}`, () => fn(gateway));
  }
}

/** Returns the UTF-8 form of a text as a ByteString. */
export function utf8(text: string): string {
  return fromBytes(new TextEncoder().encode(text));
}
