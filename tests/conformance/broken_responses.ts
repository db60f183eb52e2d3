/** Applications that answer incorrectly, or leave something behind. */

import {
  type Application,
  type HeaderTuple,
  type ResponseBody,
  validator,
} from "../../mod.ts";
import {
  bytes,
  encoder,
  first,
  forever,
  type Loose,
  sound,
  TEXT,
} from "./sound_application.ts";

const inside: Application = validator(
  (environ, startResponse) => sound(environ, startResponse),
  { name: "inside", onViolation: () => {}, throws: false },
);

let path = "";
let count = 0;
const shared: HeaderTuple[] = [...TEXT];
const left = [encoder.encode("Hello\n")];
/** A new iterator each time, so that no validator sees that it is the same. */
const once: Iterable<Uint8Array> = {
  *[Symbol.iterator](): Generator<Uint8Array, void> {
    yield* left.splice(0);
  },
};

/** The applications, each wrong in one way. */
export const MISANSWERING: Record<string, Loose> = {
  "keeps the request in a module variable": async (
    environ,
    startResponse,
  ) => {
    path = environ.QUERY_STRING ?? "";
    await new Promise((resolve) => setTimeout(resolve, 0));
    return sound(environ, startResponse, path);
  },
  "returns the same body for all requests": (environ, startResponse) => {
    startResponse("200 OK", TEXT);
    return environ.REQUEST_METHOD === "HEAD" ? [] : once;
  },
  "appends to a header list shared by requests": (environ, startResponse) => {
    shared.push(["X-Seen", "1"]);
    startResponse("200 OK", shared);
    return environ.REQUEST_METHOD === "HEAD" ? [] : bytes("Hello\n");
  },
  "fails every other request": (environ, startResponse) => {
    if (environ.REQUEST_METHOD !== "GET" || count++ % 2 === 0) {
      return sound(environ, startResponse);
    }
    startResponse("404 Not Found", TEXT);
    return bytes("Not found\n");
  },
  "sends Content-Length 0 with HEAD": (environ, startResponse) => {
    const body = environ.REQUEST_METHOD === "HEAD" ? [] : bytes("Hello\n");
    const length = String(body[0]?.length ?? 0);
    startResponse("200 OK", [...TEXT, ["Content-Length", length]]);
    return body;
  },
  "does not know HEAD": (environ, startResponse) => {
    if (environ.REQUEST_METHOD !== "HEAD") {
      return sound(environ, startResponse);
    }
    startResponse("405 Method Not Allowed", [...TEXT, ["Allow", "GET"]]);
    return [];
  },
  "sends another Content-Type with HEAD": (environ, startResponse) => {
    if (environ.REQUEST_METHOD !== "HEAD") {
      return sound(environ, startResponse);
    }
    startResponse("200 OK", [["Content-Type", "text/html"]]);
    return [];
  },
  "omits headers with HEAD": (environ, startResponse) => {
    const isHead = environ.REQUEST_METHOD === "HEAD";
    startResponse("200 OK", isHead ? TEXT : [...TEXT, ["X-Name", "a"]]);
    return isHead ? [] : bytes("Hello\n");
  },
  "forgets Content-Range": (environ, startResponse) => {
    if (environ.HTTP_RANGE !== "bytes=0-0") {
      return sound(environ, startResponse);
    }
    startResponse("206 Partial Content", TEXT);
    return bytes("H");
  },
  "answers a range with the whole file": (environ, startResponse) => {
    if (environ.HTTP_RANGE !== "bytes=1-2") {
      return sound(environ, startResponse);
    }
    const range: HeaderTuple = ["Content-Range", "bytes 1-2/6"];
    startResponse("206 Partial Content", [...TEXT, range]);
    return bytes("Hello\n");
  },
  "does not know its own ETag": (environ, startResponse) => {
    const isConditional = environ.HTTP_IF_NONE_MATCH === '"mine"';
    startResponse(isConditional ? "412 Precondition Failed" : "200 OK", [
      ...TEXT,
      ["ETag", '"mine"'],
    ]);
    return [];
  },
  "sends a body with 304": (environ, startResponse) => {
    if (environ.HTTP_IF_NONE_MATCH !== "*") {
      return sound(environ, startResponse);
    }
    startResponse("304 Not Modified", []);
    return bytes("Hello\n");
  },
  "forgets Allow": (environ, startResponse) => {
    if (/^(?:GET|HEAD|POST)$/.test(environ.REQUEST_METHOD)) {
      return sound(environ, startResponse);
    }
    startResponse("405 Method Not Allowed", TEXT);
    return bytes("No\n");
  },
  "returns a string for an unknown path": (environ, startResponse) => {
    if (environ.PATH_INFO === "/") return sound(environ, startResponse);
    startResponse("404 Not Found", TEXT);
    return "Not found\n";
  },
  "begins the response to POST twice": (environ, startResponse) => {
    if (environ.REQUEST_METHOD === "POST") startResponse("200 OK", TEXT);
    return sound(environ, startResponse);
  },
  "answers 500 to PUT": (environ, startResponse) => {
    if (environ.REQUEST_METHOD !== "PUT") {
      return sound(environ, startResponse);
    }
    startResponse("500 Internal Server Error", TEXT);
    return bytes("Sorry\n");
  },
  "changes wsgi.version for OPTIONS": first((environ) => {
    if (environ.REQUEST_METHOD !== "OPTIONS") return;
    (environ["wsgi.version"] as [number, number])[1] = 1;
  }),
  "throws from close() when the body was not read to its end": (
    environ,
    startResponse,
  ) => {
    startResponse("200 OK", TEXT);
    if (environ.REQUEST_METHOD === "HEAD") return [];
    let isOver = false;
    return {
      *[Symbol.iterator](): Generator<Uint8Array, void> {
        yield encoder.encode("one\n");
        yield encoder.encode("two\n");
        isOver = true;
      },
      close(): void {
        if (!isOver) throw new Error("not read");
      },
    };
  },
  "never finishes its close() when the body was not read to its end": (
    environ,
    startResponse,
  ) => {
    startResponse("200 OK", TEXT);
    if (environ.REQUEST_METHOD === "HEAD") return [];
    let isOver = false;
    return {
      *[Symbol.iterator](): Generator<Uint8Array, void> {
        yield encoder.encode("one\n");
        yield encoder.encode("two\n");
        isOver = true;
      },
      close: () => isOver ? undefined : forever(),
    };
  },
  "yields from finally": function* (
    environ,
    startResponse,
  ): Generator<Uint8Array, void> {
    startResponse("200 OK", TEXT);
    if (environ.REQUEST_METHOD === "HEAD") return;
    try {
      yield encoder.encode("one\n");
      yield encoder.encode("two\n");
    } finally {
      yield encoder.encode("bye\n");
    }
  },
  "leaves a rejection behind after DELETE": first((environ) => {
    if (environ.REQUEST_METHOD !== "DELETE") return;
    Promise.reject(new Error("left behind"));
  }),
  "throws from a timer after PATCH": first((environ) => {
    if (environ.REQUEST_METHOD !== "PATCH") return;
    setTimeout(() => {
      throw new Error("too late");
    }, 30);
  }),
  "begins another response from a timer after PUT": (
    environ,
    startResponse,
  ) => {
    if (environ.REQUEST_METHOD === "PUT") {
      setTimeout(() => {
        try {
          startResponse("200 OK", TEXT);
        } catch {
          // The request is over.
        }
      }, 30);
    }
    return sound(environ, startResponse);
  },
  "reads the request body after the end": (
    environ,
    startResponse,
  ) => {
    startResponse("200 OK", TEXT);
    if (environ.REQUEST_METHOD !== "PUT") return [];
    const close = (): unknown => {
      setTimeout(() => environ["wsgi.input"].read(1).catch(() => {}), 0);
      return undefined;
    };
    return Object.assign(bytes("Hello\n"), { close });
  },
  "is middleware that forgets to close the inner body": async (
    environ,
    startResponse,
  ) => {
    const body = await inside(environ, startResponse);
    if (environ.REQUEST_METHOD !== "PUT") return body;
    return Array.from(body as Uint8Array[]);
  },
  "changes a chunk that it has yielded": (environ, startResponse) => {
    if (environ.REQUEST_METHOD !== "PATCH") {
      return sound(environ, startResponse);
    }
    startResponse("200 OK", TEXT);
    return {
      *[Symbol.iterator](): Generator<Uint8Array, void> {
        const buffer = new Uint8Array(4);
        for (let i = 0; i < 3; i++) yield buffer.fill(i);
      },
    };
  },
  "calls write() after it has returned": (environ, startResponse) => {
    if (environ.REQUEST_METHOD !== "PATCH") {
      return sound(environ, startResponse);
    }
    const write = startResponse("200 OK", TEXT);
    return {
      *[Symbol.iterator](): Generator<Uint8Array, void> {
        write(encoder.encode("one\n"));
        yield encoder.encode("two\n");
      },
    };
  },
  "returns nothing": (environ, startResponse): ResponseBody | undefined => {
    const body = sound(environ, startResponse);
    return environ.REQUEST_METHOD === "OPTIONS" ? undefined : body;
  },
};
