/**
 * A server that receives nonsense. Its application is validated and does
 * different things at different paths; `/normal` and `/report` are for the test.
 * The first line of output is the port.
 */

import { percentDecode, toBytes } from "../../wsgi/byte_string.ts";
import { StderrStream } from "../../wsgi/error_stream.ts";
import { makeServer } from "../../server/make_server.ts";
import type { Application, Environ, HeaderTuple } from "../../wsgi/types.ts";
import { validator } from "../../validator/validator.ts";

const HEADERS: readonly HeaderTuple[] = [["Content-Type", "text/plain"]];

/** The detected faults, and the number of calls to the application. */
const faults: string[] = [];
let calls = 0;

function say(...lines: string[]): Uint8Array {
  return toBytes(lines.join("\n"));
}

/** Real applications do all of these. */
const behaviors: Record<string, Application> = {
  "/read": async (environ, startResponse) => {
    const bytes = await environ["wsgi.input"].read();
    startResponse("200 OK", HEADERS);
    return [say(`${bytes.length} bytes`)];
  },
  "/lines": async (environ, startResponse) => {
    const lines = await Array.fromAsync(environ["wsgi.input"]);
    startResponse("200 OK", HEADERS);
    return [say(`${lines.length} lines`)];
  },
  *"/generator"(_environ, startResponse): Generator<Uint8Array, void> {
    startResponse("200 OK", HEADERS);
    for (const text of ["one", "", "two"]) yield say(text);
  },
  "/written": async (environ, startResponse) => {
    const write = startResponse("200 OK", HEADERS);
    const bytes = await environ["wsgi.input"].read(10);
    // It rejects if the client has left.
    await write(say(`${bytes.length}`)).catch(() => {});
    return [];
  },
  "/unread": async (_environ, startResponse) => {
    await Promise.resolve();
    startResponse("200 OK", HEADERS);
    return [say("not read")];
  },
};

const method: Application = (environ, startResponse) => {
  startResponse("200 OK", HEADERS);
  return [say(environ.REQUEST_METHOD)];
};

const validated = validator(
  (environ, startResponse) =>
    (behaviors[environ.PATH_INFO] ?? method)(environ, startResponse),
  { onViolation: ({ message }) => void faults.push(message) },
);

/** Puts text from the client into the head, where it must not break a line. */
const reflect: Application = (environ, startResponse) => {
  let status = "200 OK";
  let length = 3;
  const headers: HeaderTuple[] = [];
  for (const pair of environ.QUERY_STRING.split("&")) {
    const [name = "", value = ""] = pair.split("=", 2).map(percentDecode);
    if (name === "status") status = value;
    else headers.push([name, value]);
    if (name.toLowerCase() === "content-length") length = Number(value);
  }
  try {
    startResponse(status, headers);
    // A body of the length that the client requests.
    return [new Uint8Array(Math.min(length, 1e6))];
  } catch (error) {
    startResponse("400 Bad Request", HEADERS, error);
    return [];
  }
};

/** Sends the head that the query holds: a status and headers, one a line. */
const head: Application = (environ, startResponse) => {
  const [status = "", ...lines] = percentDecode(environ.QUERY_STRING)
    .split("\n");
  const headers = lines.map((line): HeaderTuple => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1)];
  });
  startResponse(status, headers);
  return [];
};

/** Facts that no request can change, checked without the validator. */
function check(environ: Environ): void {
  const { HTTP_HOST, PATH_INFO, REQUEST_METHOD } = environ;
  const facts: Record<string, boolean> = {
    "SERVER_NAME": environ.SERVER_NAME === "127.0.0.1",
    "SERVER_PORT": environ.SERVER_PORT === String(server.port),
    "REMOTE_ADDR": environ.REMOTE_ADDR === "127.0.0.1",
    "REMOTE_USER": environ.REMOTE_USER === undefined,
    "SCRIPT_NAME": environ.SCRIPT_NAME === "",
    "HTTPS": environ.HTTPS === undefined,
    "wsgi.url_scheme": environ["wsgi.url_scheme"] === "http",
    "HTTP_HOST": !/[/?#@\\\s]/.test(HTTP_HOST ?? ""),
    // Some mutants have it as the value of X_Forwarded_For.
    "HTTP_X_FORWARDED_FOR": !environ["HTTP_X_FORWARDED_FOR"]?.includes(
      "forged",
    ),
    "HTTP_PROXY": environ["HTTP_PROXY"] === undefined,
    "CONTENT_LENGTH": /^[0-9]{1,16}$/.test(environ.CONTENT_LENGTH ?? "0"),
    "PATH_INFO": PATH_INFO.startsWith("/") ||
      (REQUEST_METHOD === "CONNECT" && PATH_INFO === "") ||
      (REQUEST_METHOD === "OPTIONS" && PATH_INFO === "*"),
  };
  for (const [key, isTrue] of Object.entries(facts)) {
    if (!isTrue) faults.push(`${key} is ${JSON.stringify(environ[key])}`);
  }
}

const routes: Record<string, Application> = {
  "/normal": (environ, startResponse) => {
    startResponse("200 OK", HEADERS);
    return [say("normal ", environ.QUERY_STRING)];
  },
  "/report": (_environ, startResponse) => {
    startResponse("200 OK", HEADERS);
    return [new TextEncoder().encode(JSON.stringify({ calls, faults }))];
  },
  "/reflect": reflect,
  "/head": head,
};

/** Expected log lines about clients: a body cut short, a malformed request. */
const CLIENT_FAULTS = [
  /^RequestBodyError: |^Cannot read the request body: /,
  /^Refused a request from 127\.0\.0\.1 with (4\d\d|50[15]): \P{Cc}+\n$/u,
  /^Closed the connection to 127\.0\.0\.1: \P{Cc}+\n$/u,
  /^\d+ more lines like these\n$/,
];

const errors = new StderrStream((text) => {
  if (CLIENT_FAULTS.some((pattern) => pattern.test(text))) return;
  faults.push(`logged: ${text}`);
});

const server = makeServer("127.0.0.1", 0, (environ, startResponse) => {
  calls++;
  check(environ);
  const app = routes[environ.PATH_INFO] ?? validated;
  return app(environ, startResponse);
}, { environ: { "wsgi.errors": errors } });
// deno-lint-ignore no-console -- a program's output
console.log(server.port);
await server.serveForever();
