/** Invented requests of an invented application, for the pages about them. */

import type { CheckOutcome } from "../../../dev/application_state.ts";
import type {
  ConversationEvent,
  DescribedFinding,
  EnvironEntry,
  RecordedRequest,
} from "../../../dev/conversation.ts";
import { setupTestingDefaults } from "../../../mod.ts";
import { toBytes } from "../../../wsgi/byte_string.ts";
import { describe } from "../../../wsgi/describe.ts";
import type { SourcePlace } from "../../../wsgi/source_place.ts";
import { SampleLog } from "./sample_log.ts";

const encoder = new TextEncoder();

/** The module to which the samples refer. */
export const MODULE = "guestbook.ts";

/** The text of the module. */
export const SOURCE = `import { readStream, renderPage } from "./pages.ts";

const entries = ["Ada", "Grace"];

export function app(environ, startResponse) {
  const { PATH_INFO: path } = environ;
  if (path === "/stream") return readStream(startResponse);
  if (path === "/names") {
    startResponse("200 OK", [["Content-Type", "text/plain"]]);
    return entries.join("\\n");
  }
  if (path === "/error") throw new RangeError("Cannot find page 7 of 3");
  startResponse("200 OK", [["Content-Type", "text/html; charset=utf-8"]]);
  return [renderPage(entries)];
}
`;

/** Creates a request. */
export function request(
  method: string,
  target: string,
  headers: RecordedRequest["headers"] = [],
  body: string | Uint8Array = "",
): RecordedRequest {
  return {
    method,
    target,
    protocol: "HTTP/1.1",
    headers: [
      ["Host", "localhost:8000"],
      ["User-Agent", "Mozilla/5.0 (X11; Linux x86_64)"],
      ["Accept", "text/html,*/*;q=0.8"],
      ...headers,
    ],
    body: typeof body === "string" ? encoder.encode(body) : body,
    isBodyComplete: true,
  };
}

/** Creates the environ of a request, as a server would. */
function environOf(
  { method, target, protocol, headers }: RecordedRequest,
): EnvironEntry[] {
  const [path = "", query = ""] = target.split("?");
  const variables = headers.map(([name, value]) => [
    `HTTP_${name.toUpperCase().replaceAll("-", "_")}`,
    value,
  ]);
  const environ = setupTestingDefaults({
    ...{ REQUEST_METHOD: method, SERVER_PROTOCOL: protocol },
    ...{ PATH_INFO: decodeURI(path), QUERY_STRING: query },
    ...Object.fromEntries(variables),
  });
  return Object.entries(environ).map(([name, value]) => ({
    name,
    value: typeof value === "string" ? value : describe(value),
    isString: typeof value === "string",
    isSecret: /COOKIE|AUTHORIZATION/.test(name),
  }));
}

const HTML = [["Content-Type", "text/html; charset=utf-8"]] as const;

/** Creates a place in the module. */
export function at(line: number, column = 5): SourcePlace {
  return { file: `file:///home/ada/${MODULE}`, line, column };
}

/** Creates the events of a whole response. */
export function answer(
  sent: RecordedRequest,
  status: string,
  headers: readonly (readonly [string, string])[] = HTML,
  body = "<h1>Guestbook</h1>\n",
): ConversationEvent[] {
  const bytes = body.length;
  return [
    { time: 0.2, type: "call", application: "app", environ: environOf(sent) },
    { time: 0.6, type: "start-response", status, headers, place: at(13, 3) },
    { time: 0.7, type: "chunk", via: "body", index: 0, bytes, preview: body },
    { time: 0.8, type: "body-end" },
    {
      time: 0.9,
      type: "head",
      bytes: `HTTP/1.1 ${status}\r\n${
        headers.map(([name, value]) => `${name}: ${value}\r\n`).join("")
      }Content-Length: ${bytes}\r\nDate: Sun, 29 Nov 2026 10:00:00 GMT\r\n`,
    },
    { time: 1.1, type: "close", by: "server" },
    { time: 1.2, type: "end", outcome: "complete", bytes },
  ];
}

/** A stream of many chunks, with lines that the application logs. */
function streamEvents(
  sent: RecordedRequest,
  chunks: number,
): ConversationEvent[] {
  const type = ["Content-Type", "text/event-stream"] as const;
  const events = answer(sent, "200 OK", [type]).slice(0, 2);
  const bytes = `HTTP/1.1 200 OK\r\n${
    type.join(": ")
  }\r\nTransfer-Encoding: chunked\r\n`;
  events.push({ time: 1.1, type: "head", bytes });
  for (let index = 0; index < chunks; index++) {
    const time = 1 + index * 2.4;
    const preview = `data: tick ${index}\n\n`;
    const bytes = preview.length;
    events.push({ time, type: "chunk", via: "body", index, bytes, preview });
    if (index % 400 === 399) {
      const text = `${index + 1} ticks sent\n`;
      events.push({ time, type: "log", source: "console", text });
    }
  }
  return events;
}

/** The events of a call that fails, and the page about its error. */
function failure(
  sent: RecordedRequest,
  ...events: readonly ConversationEvent[]
): ConversationEvent[] {
  const bytes =
    "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 4711\r\n";
  return [
    answer(sent, "200 OK")[0]!,
    ...events,
    { time: 1.2, type: "head", bytes },
    { time: 1.4, type: "end", outcome: "complete", bytes: 4711 },
  ];
}

/** The message of a body that is a string. */
export const BODY_STRING: DescribedFinding = {
  rule: "body/string",
  severity: "error",
  blame: "application",
  message:
    'Cannot send the body: the body must be an iterable of byte chunks, not a string, got "Ada\\nGrace" (rule body/string, broken by the application)',
  hint: "Encode it and put it into an array: [new TextEncoder().encode(text)]",
  place: at(10),
};

/** The outcome of a check without cases. */
export const CHECK: CheckOutcome = {
  ...{ endedAt: 0, passed: 0, failed: 0, skipped: 0, failures: [] },
  ...{ newlyFailing: [], newlyPassing: [] },
};

const SIGNED = "name=Linus&password=abcd";
const IMAGE = ["Content-Type", "image/png"] as const;
const PNG = "\x89PNG\r\n\x1a\n\0\0\0\r";

/** One request of each kind. */
const SENT = {
  home: request("GET", "/"),
  style: request("GET", "/style.css"),
  sign: request("POST", "/sign?token=4711aa", [
    ["Cookie", "session=eyJhbGciOiJIUzI1NiJ9.c2VjcmV0"],
    ["Content-Type", "application/x-www-form-urlencoded"],
    ["Content-Length", "24"],
  ], SIGNED),
  names: request("GET", "/names"),
  missing: request("GET", "/page/12"),
  error: request("GET", "/error?page=7"),
  warned: request("GET", "/search?q=caf%C3%A9"),
  upload: request("PUT", "/photos/1", [IMAGE], toBytes(PNG)),
  stream: request("GET", "/stream"),
  running: request("GET", "/stream"),
};

/** The events of those that are not answered with a page. */
const EVENTS: Readonly<Record<string, readonly ConversationEvent[]>> = {
  style: answer(SENT.style, "304 Not Modified", [], ""),
  sign: [
    { time: 0.4, type: "read", method: "read", bytes: 24, preview: SIGNED },
    { time: 0.5, type: "read", method: "read", bytes: 0, preview: "" },
    ...answer(SENT.sign, "303 See Other", [
      ["Location", "/"],
      ["Set-Cookie", "session=9f8e7d6c5b; HttpOnly"],
    ], ""),
  ],
  names: failure(SENT.names, {
    ...{ time: 0.5, type: "start-response", status: "200 OK" },
    ...{ headers: [["Content-Type", "text/plain"]], place: at(9) },
  }, { time: 0.6, type: "finding", finding: BODY_STRING }),
  missing: answer(SENT.missing, "404 Not Found"),
  error: failure(SENT.error, {
    ...{ time: 0.3, type: "log", source: "console" },
    text: "looking for page 7\n",
  }, {
    time: 0.5,
    type: "error",
    error: {
      name: "RangeError",
      message: "Cannot find page 7 of 3",
      frames: [{ ...at(12, 37), name: "app" }],
      cause: { name: "TypeError", message: "no pages[6]", frames: [] },
    },
  }),
  warned: [{
    time: 0.65,
    type: "finding",
    finding: {
      rule: "headers/outer-space",
      severity: "warning",
      blame: "application",
      message:
        'Cannot start the response: header values should not begin or end with a space, got "text/html " (rule headers/outer-space, broken by the application)',
      hint: "Trim it",
      place: at(13, 3),
    },
  }, ...answer(SENT.warned, "200 OK")],
  upload: [
    answer(SENT.upload, "200 OK")[0]!,
    {
      time: 9,
      type: "read",
      method: "read",
      size: 65536,
      bytes: 65536,
      preview: PNG,
    },
    { time: 1270, type: "close", by: "client left" },
    { time: 1271, type: "end", outcome: "client-left", bytes: 0 },
  ],
  stream: [
    ...streamEvents(SENT.stream, 2000),
    { time: 4802, type: "body-end" },
    { time: 4803, type: "close", by: "server" },
    { time: 4804, type: "end", outcome: "complete", bytes: 33_890 },
  ],
  running: streamEvents(SENT.running, 3),
};

/** Creates a log of these requests, and returns the id of each. */
export function createSamples(): {
  log: SampleLog;
  ids: Readonly<Record<string, number>>;
} {
  const log = new SampleLog();
  const ids = Object.entries(SENT).map(([name, sent]) => [
    name,
    log.keep(sent, EVENTS[name] ?? answer(sent, "200 OK")),
  ]);
  return { log, ids: Object.fromEntries(ids) };
}
