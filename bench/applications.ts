/**
 * The applications of the benchmarks, one for each scenario.
 *
 * @module
 */

import type { Application } from "../mod.ts";
import {
  asked,
  asyncChunks,
  bodySize,
  chunks,
  FILE_SIZE,
  held,
  HELLO,
  sized,
} from "./contenders/payload.mjs";

const encoder = new TextEncoder();

/** Responds with 13 bytes and reads nothing from the request. */
export const hello: Application = (_environ, startResponse) => {
  startResponse("200 OK", [
    ["Content-Type", "text/plain"],
    ["Content-Length", "13"],
  ]);
  return [HELLO];
};

/** Reads one header and the query. */
const read: Application = (environ, startResponse) => {
  const text = `${environ.HTTP_ACCEPT_LANGUAGE} ${environ.QUERY_STRING}`;
  const body = encoder.encode(text);
  startResponse("200 OK", [
    ["Content-Type", "text/plain"],
    ["Content-Length", String(body.length)],
  ]);
  return [body];
};

/** Reads the whole body of the request and sends it back. */
const echo: Application = async (environ, startResponse) => {
  const body = await environ["wsgi.input"].read();
  startResponse("200 OK", [
    ["Content-Type", "application/octet-stream"],
    ["Content-Length", String(body.length)],
  ]);
  return [body];
};

/** Sends a file with the server's `wsgi.file_wrapper`. */
const file: Application = async (environ, startResponse) => {
  const opened = await Deno.open(asked.file);
  startResponse("200 OK", [
    ["Content-Type", "application/octet-stream"],
    ["Content-Length", String(FILE_SIZE)],
  ]);
  const wrap = environ["wsgi.file_wrapper"];
  if (wrap === undefined) throw new Error("This server has no file wrapper");
  return wrap(opened, 65_536);
};

/** Reads ten environ values. */
const json: Application = (environ, startResponse) => {
  const text = JSON.stringify({
    method: environ.REQUEST_METHOD,
    script: environ.SCRIPT_NAME,
    path: environ.PATH_INFO,
    query: environ.QUERY_STRING,
    protocol: environ.SERVER_PROTOCOL,
    port: environ.SERVER_PORT,
    client: environ.REMOTE_ADDR,
    host: environ.HTTP_HOST,
    accept: environ.HTTP_ACCEPT,
    scheme: environ["wsgi.url_scheme"],
  });
  const body = encoder.encode(text);
  startResponse("200 OK", [
    ["Content-Type", "application/json"],
    ["Content-Length", String(body.length)],
  ]);
  return [body];
};

/** Reads every header. */
const headers: Application = (environ, startResponse) => {
  let total = 0;
  for (const name in environ) {
    if (!name.startsWith("HTTP_")) continue;
    total += environ[name as `HTTP_${string}`]?.length ?? 0;
  }
  const body = encoder.encode(String(total));
  startResponse("200 OK", [
    ["Content-Type", "text/plain"],
    ["Content-Length", String(body.length)],
  ]);
  return [body];
};

const octets = [["Content-Type", "application/octet-stream"]] as const;

const stream: Application = (_environ, startResponse) => {
  startResponse("200 OK", octets);
  return chunks();
};

const asyncStream: Application = (_environ, startResponse) => {
  startResponse("200 OK", octets);
  return asyncChunks();
};

const heldStream: Application = (_environ, startResponse) => {
  startResponse("200 OK", octets);
  return held();
};

const bytes: Application = (_environ, startResponse) => {
  startResponse("200 OK", [
    ["Content-Type", "application/octet-stream"],
    ["Content-Length", String(bodySize)],
  ]);
  return bodySize <= 65_536 ? [...sized()] : sized();
};

/** The applications by the name of their scenario, up to `:`. */
export const applications: Readonly<Record<string, Application>> = {
  hello,
  browser: hello,
  varied: hello,
  read,
  idle: hello,
  echo,
  stream,
  async: asyncStream,
  held: heldStream,
  file,
  json,
  headers,
  bytes,
};

/** The application that the command line selects. */
export function askedApplication(): Application {
  const app = applications[asked.scenario.replace(/:.*/, "")];
  if (app === undefined) throw new Error(`No scenario ${asked.scenario}`);
  return app;
}
