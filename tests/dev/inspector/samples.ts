/** Invented requests of an invented application, for the pages about them. */

import type {
  ConversationEvent,
  DescribedFinding,
  EnvironEntry,
  RecordedRequest,
} from "../../../dev/conversation.ts";
import { SampleLog } from "./sample_log.ts";

const encoder = new TextEncoder();

/** The module to which the samples refer. */
export const MODULE = "guestbook.ts";

/** The text of the module. */
export const SOURCE = `import { readForm, renderPage } from "./pages.ts";

const entries = ["Ada", "Grace"];

export function app(environ, startResponse) {
  const { PATH_INFO: path } = environ;
  if (path === "/stream") return stream(startResponse);
  if (path === "/names") {
    startResponse("200 OK", [["Content-Type", "text/plain"]]);
    return entries.join("\\n");
  }
  if (path === "/error") throw new RangeError("Cannot find page 7 of 3");
  startResponse("200 OK", [["Content-Type", "text/html; charset=utf-8"]]);
  return [renderPage(entries)];
}

async function* stream(startResponse) {
  startResponse("200 OK", [["Content-Type", "text/event-stream"]]);
  for (let second = 0; second < 5000; second++) yield tick(second);
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
export function environOf(
  { method, target, protocol, headers }: RecordedRequest,
): EnvironEntry[] {
  const [path = "", query = ""] = target.split("?");
  const text: Record<string, string> = {
    REQUEST_METHOD: method,
    SCRIPT_NAME: "",
    PATH_INFO: decodeURI(path),
    QUERY_STRING: query,
    REQUEST_URI: target,
    SERVER_NAME: "localhost",
    SERVER_PORT: "8000",
    SERVER_PROTOCOL: protocol,
    REMOTE_ADDR: "127.0.0.1",
    "wsgi.url_scheme": "http",
  };
  for (const [name, value] of headers) {
    const variable = name.toUpperCase().replaceAll("-", "_");
    text[variable.startsWith("CONTENT_") ? variable : `HTTP_${variable}`] =
      value;
  }
  const others = {
    "wsgi.version": "an array",
    "wsgi.input": "a RequestInput",
    "wsgi.errors": "a StderrStream",
    "wsgi.multithread": "false",
    "wsgi.multiprocess": "false",
    "wsgi.run_once": "false",
  };
  return [
    ...Object.entries(text).map(([name, value]) => ({
      name,
      value,
      isString: true,
      isSecret: /COOKIE|AUTHORIZATION/.test(name),
    })),
    ...Object.entries(others).map(([name, value]) => ({
      name,
      value,
      isString: false,
      isSecret: false,
    })),
  ];
}

const HTML = [["Content-Type", "text/html; charset=utf-8"]] as const;

/** Creates a place in the module. */
export function at(line: number, column = 5): {
  file: string;
  line: number;
  column: number;
} {
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
export function streamEvents(
  sent: RecordedRequest,
  chunks: number,
): ConversationEvent[] {
  const all = answer(sent, "200 OK", [["Content-Type", "text/event-stream"]]);
  const events: ConversationEvent[] = all.slice(0, 2);
  for (let index = 0; index < chunks; index++) {
    const time = 1 + index * 2.4;
    const preview = `data: tick ${index}\n\n`;
    const bytes = preview.length;
    events.push({ time, type: "chunk", via: "body", index, bytes, preview });
    if (index === 0) {
      const head =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n";
      events.push({ time, type: "head", bytes: head });
    }
    if (index % 400 === 399) {
      const text = `${index + 1} ticks sent\n`;
      events.push({ time, type: "log", source: "console", text });
    }
  }
  return events;
}

const COOKIE = ["Cookie", "session=eyJhbGciOiJIUzI1NiJ9.c2VjcmV0"] as const;
const FORM = ["Content-Type", "application/x-www-form-urlencoded"] as const;

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

/** A log with one request of each kind. The names are those of their paths. */
export function createSamples(): {
  log: SampleLog;
  ids: Readonly<Record<string, number>>;
} {
  const log = new SampleLog();
  const ids: Record<string, number> = {};
  const keep = (
    name: string,
    sent: RecordedRequest,
    events: (sent: RecordedRequest) => readonly ConversationEvent[],
  ) => void (ids[name] = log.keep(sent, events(sent)));

  keep("home", request("GET", "/"), (sent) => answer(sent, "200 OK"));
  keep(
    "style",
    request("GET", "/style.css"),
    (sent) => answer(sent, "304 Not Modified", [], ""),
  );
  keep(
    "sign",
    request("POST", "/sign?token=4711aa", [
      COOKIE,
      FORM,
      ["Content-Length", "24"],
    ], "name=Linus&password=abcd"),
    (sent) => {
      const events = answer(sent, "303 See Other", [
        ["Location", "/"],
        ["Set-Cookie", "session=9f8e7d6c5b; HttpOnly"],
      ], "");
      const preview = "name=Linus&password=abcd";
      events.splice(
        1,
        0,
        { time: 0.4, type: "read", method: "read", bytes: 24, preview },
        { time: 0.5, type: "read", method: "read", bytes: 0, preview: "" },
      );
      return events;
    },
  );
  keep("names", request("GET", "/names"), (sent) => [
    answer(sent, "200 OK")[0]!,
    {
      time: 0.5,
      type: "start-response",
      status: "200 OK",
      headers: [["Content-Type", "text/plain"]],
      place: at(9),
    },
    { time: 0.6, type: "finding", finding: BODY_STRING },
    {
      time: 1.4,
      type: "head",
      bytes:
        "HTTP/1.1 500 Internal Server Error\r\nContent-Type: text/html\r\nContent-Length: 5120\r\n",
    },
    { time: 1.5, type: "end", outcome: "complete", bytes: 5120 },
  ]);
  keep(
    "missing",
    request("GET", "/page/12"),
    (sent) => answer(sent, "404 Not Found"),
  );
  keep("error", request("GET", "/error?page=7"), (sent) => [
    answer(sent, "200 OK")[0]!,
    { time: 0.3, type: "log", source: "console", text: "looking for page 7\n" },
    {
      time: 0.5,
      type: "error",
      error: {
        name: "RangeError",
        message: "Cannot find page 7 of 3",
        frames: [{ ...at(12, 37), name: "app" }],
        cause: {
          name: "TypeError",
          message: "pages[6] is undefined",
          frames: [],
        },
      },
    },
    {
      time: 1.2,
      type: "head",
      bytes: "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 4711\r\n",
    },
    { time: 1.4, type: "end", outcome: "complete", bytes: 4711 },
  ]);
  keep("warned", request("GET", "/search?q=caf%C3%A9"), (sent) => {
    const events = answer(sent, "200 OK");
    events.splice(2, 0, {
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
    });
    return events;
  });
  keep(
    "upload",
    request(
      "PUT",
      "/photos/1",
      [["Content-Type", "image/png"]],
      Uint8Array.of(
        ...[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d],
      ),
    ),
    (sent) => [
      answer(sent, "200 OK")[0]!,
      {
        time: 9,
        type: "read",
        method: "read",
        size: 65536,
        bytes: 65536,
        preview: "\x89PNG\r\n\x1a\n\0\0\0\r",
      },
      { time: 1270, type: "close", by: "client left" },
      { time: 1271, type: "end", outcome: "client-left", bytes: 0 },
    ],
  );
  keep("stream", request("GET", "/stream"), (sent) => [
    ...streamEvents(sent, 2000),
    { time: 4802, type: "body-end" },
    { time: 4803, type: "close", by: "server" },
    { time: 4804, type: "end", outcome: "complete", bytes: 33_890 },
  ]);
  keep("running", request("GET", "/stream"), (sent) => streamEvents(sent, 3));
  return { log, ids };
}
