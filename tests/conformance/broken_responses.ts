/** Applications that answer incorrectly, or leave something behind. */

import type { Application, HeaderTuple } from "../../mod.ts";
import { type ResponseBody, validator } from "../../mod.ts";
import { fail } from "../gateway/recording_transport.ts";
import { bytes, first, forever, type Loose } from "./sound_application.ts";
import { only, onlyFor, sound, TEXT } from "./sound_application.ts";

const inside: Application = validator(
  (environ, startResponse) => sound(environ, startResponse),
  { name: "inside", onViolation: () => {}, throws: false },
);

let path = "";
let count = 0;
const shared: HeaderTuple[] = [...TEXT];
const left = bytes("Hello\n");

type Chunks = Generator<Uint8Array, void>;

/** An application that returns such a body, except to HEAD. */
const returning =
  (body: () => Chunks, close?: () => unknown): Loose =>
  (environ, startResponse) => {
    startResponse("200 OK", TEXT);
    if (environ.REQUEST_METHOD === "HEAD") return [];
    return { [Symbol.iterator]: body, ...close && { close } };
  };

/** Calls a function in close() if the body was not read to its end. */
function whenUnread(wrong: () => unknown): Loose {
  return (...args) => {
    let isOver = false;
    const body = function* (): Chunks {
      yield* bytes("one\n");
      yield* bytes("two\n");
      isOver = true;
    };
    return returning(body, () => isOver ? undefined : wrong())(...args);
  };
}

/** The applications, each wrong in one way. */
export const MISANSWERING: Record<string, Loose> = {
  "keeps the request in a module variable": async (environ, start) => {
    path = environ.QUERY_STRING ?? "";
    await new Promise((resolve) => setTimeout(resolve, 0));
    return sound(environ, start, { text: path });
  },
  // A new iterator each time, so that no validator sees that it is the same.
  "returns the same body for all requests": returning(function* (): Chunks {
    yield* left.splice(0);
  }),
  "appends to a header list shared by requests": (environ, startResponse) => {
    shared.push(["X-Seen", "1"]);
    return sound(environ, startResponse, { headers: shared });
  },
  "fails every other request": only(
    (environ) => environ.REQUEST_METHOD === "GET" && count++ % 2 === 1,
    { status: "404 Not Found", text: "Not found\n" },
  ),
  "sends Content-Length 0 with HEAD": (environ, startResponse) => {
    const length = environ.REQUEST_METHOD === "HEAD" ? "0" : "6";
    const headers: HeaderTuple[] = [...TEXT, ["Content-Length", length]];
    return sound(environ, startResponse, { headers });
  },
  "does not know HEAD": onlyFor("HEAD", {
    status: "405 Method Not Allowed",
    headers: [...TEXT, ["Allow", "GET"]],
  }),
  "sends another Content-Type with HEAD": onlyFor("HEAD", {
    headers: [["Content-Type", "text/html"]],
  }),
  "omits headers with HEAD": only(
    (environ) => environ.REQUEST_METHOD !== "HEAD",
    { headers: [...TEXT, ["X-Name", "a"]] },
  ),
  "forgets Content-Range": only(
    (environ) => environ.HTTP_RANGE === "bytes=0-0",
    { status: "206 Partial Content", text: "H" },
  ),
  "answers a range with the whole file": only(
    (environ) => environ.HTTP_RANGE === "bytes=1-2",
    {
      status: "206 Partial Content",
      headers: [...TEXT, ["Content-Range", "bytes 1-2/6"]],
    },
  ),
  "does not know its own ETag": (environ, startResponse) => {
    const isConditional = environ.HTTP_IF_NONE_MATCH === '"mine"';
    return sound(environ, startResponse, {
      status: isConditional ? "412 Precondition Failed" : "200 OK",
      headers: [...TEXT, ["ETag", '"mine"']],
    });
  },
  "sends a body with 304": only(
    (environ) => environ.HTTP_IF_NONE_MATCH === "*",
    { status: "304 Not Modified", headers: [] },
  ),
  "forgets Allow": only(
    (environ) => !/^(?:GET|HEAD|POST)$/.test(environ.REQUEST_METHOD),
    { status: "405 Method Not Allowed" },
  ),
  "returns a string for an unknown path": only(
    (environ) => environ.PATH_INFO !== "/",
    (_environ, startResponse) => {
      startResponse("404 Not Found", TEXT);
      return "Not found\n";
    },
  ),
  "begins the response to POST twice": (environ, startResponse) => {
    if (environ.REQUEST_METHOD === "POST") startResponse("200 OK", TEXT);
    return sound(environ, startResponse);
  },
  "answers 500 to PUT": onlyFor("PUT", { status: "500 Internal Server Error" }),
  "changes wsgi.version for OPTIONS": onlyFor(
    "OPTIONS",
    first((environ) => (environ["wsgi.version"] as [number, number])[1] = 1),
  ),
  "throws from close() when the body was not read to its end": whenUnread(fail),
  "never finishes its close() when the body was not read to its end":
    whenUnread(forever),
  "yields from finally": returning(function* (): Chunks {
    try {
      yield* bytes("one\n");
      yield* bytes("two\n");
    } finally {
      yield* bytes("bye\n");
    }
  }),
  "leaves a rejection behind after DELETE": onlyFor(
    "DELETE",
    first(() => void Promise.try(fail)),
  ),
  "throws from a timer after PATCH": onlyFor(
    "PATCH",
    first(() => setTimeout(fail, 30)),
  ),
  "begins another response from a timer after PUT": onlyFor(
    "PUT",
    (environ, startResponse) => {
      // The request is over then.
      const again = () => Promise.try(startResponse, "200 OK", TEXT);
      setTimeout(() => again().catch(() => {}), 30);
      return sound(environ, startResponse);
    },
  ),
  "reads the request body after the end": onlyFor(
    "PUT",
    (environ, startResponse) => {
      const read = () => environ["wsgi.input"].read(1).catch(() => {});
      const close = () => void setTimeout(read, 0);
      return Object.assign(sound(environ, startResponse), { close });
    },
  ),
  "is middleware that forgets to close the inner body": onlyFor(
    "PUT",
    async (...args) => Array.from(await inside(...args) as Uint8Array[]),
  ),
  "changes a chunk that it has yielded": onlyFor(
    "PATCH",
    returning(function* (): Chunks {
      const buffer = new Uint8Array(4);
      for (let i = 0; i < 3; i++) yield buffer.fill(i);
    }),
  ),
  "calls write() after it has returned": onlyFor(
    "PATCH",
    (_environ, startResponse) => {
      const write = startResponse("200 OK", TEXT);
      return {
        *[Symbol.iterator](): Chunks {
          write(new Uint8Array(1));
          yield new Uint8Array(1);
        },
      };
    },
  ),
  "returns nothing": onlyFor(
    "OPTIONS",
    (...args): ResponseBody | undefined => void sound(...args),
  ),
};
