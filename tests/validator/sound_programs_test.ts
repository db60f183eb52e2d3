// deno-lint-ignore-file explicit-function-return-type -- programs as people write them
/**
 * Programs that are in order, as people write them: no rule of the profile
 * `http` may say anything about them, wherever the validator is.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { validator, type ValidatorOptions } from "../../mod.ts";
import { bytes } from "./programs.ts";
import { createEnviron, type Loose, runServer } from "./scenario.ts";

type App = (environ: Loose, startResponse: Loose) => Loose;
type Pairs = readonly (readonly [string, string])[];
type Request = Readonly<Record<string, string>>;

const TEXT: Pairs = [["Content-Type", "text/plain"]];

/** Names of the warnings that a middleware is meant to get. */
const MEANT: ValidatorOptions["rules"] = {
  "middleware/drained": "off",
  "middleware/chunk-for-chunk": "off",
};

/** Lets requests through an application, and lists what is found. */
async function findingsOf(
  make: (validate: (app: App) => App) => App,
  request: Request,
): Promise<string[]> {
  const found: string[] = [];
  const validate = (app: App) =>
    validator(app as Loose, {
      throws: false,
      rules: MEANT,
      onViolation: ({ message }) => void found.push(message),
    }) as App;
  const { BODY: body, ...variables } = request;
  const app = make(validate);
  // Twice: what a layer remembers must not make a difference.
  for (let i = 0; i < 2; i++) {
    const environ = Object.assign(createEnviron(body), variables);
    await runServer(app as Loose, environ);
  }
  return found;
}

const answers: readonly [string, Pairs, Request?, string?][] = [
  ["201 Created", [["Location", "/7"]], { REQUEST_METHOD: "POST" }],
  ["201 Created", [["ETag", '"7"']], { REQUEST_METHOD: "PUT" }],
  ["202 Accepted", [...TEXT, ["Location", "/jobs/7"]], {}, "queued"],
  ["203 Non-Authoritative Information", TEXT, {}, "hello"],
  ["204 No Content", [["ETag", 'W/"7"']], { REQUEST_METHOD: "DELETE" }],
  ["205 Reset Content", [["Content-Length", "0"]], { REQUEST_METHOD: "POST" }],
  [
    "206 Partial Content",
    [...TEXT, ["Content-Range", "bytes 1-3/5"], ["Content-Length", "3"]],
    { HTTP_RANGE: "bytes=1-3" },
    "ell",
  ],
  [
    "206 Partial Content",
    [["Content-Type", "multipart/byteranges; boundary=b"]],
    { HTTP_RANGE: "bytes=0-0,2-2" },
    "--b\r\nContent-Range: bytes 0-0/3\r\n\r\na\r\n--b--\r\n",
  ],
  [
    "207 Multi-Status",
    [["Content-Type", "application/xml"]],
    { REQUEST_METHOD: "PROPFIND" },
    "<multistatus/>",
  ],
  ["226 IM Used", [...TEXT, ["IM", "feed"]], { HTTP_A_IM: "feed" }, "new"],
  ["300 Multiple Choices", [["Content-Type", "text/html"]], {}, "<a>"],
  ["301 Moved Permanently", [["Location", "https://example.com/"]]],
  ["302 Found", [["Location", "../up?q=1#top"], ...TEXT], {}, "moved"],
  ["303 See Other", [["Location", "/done"]], { REQUEST_METHOD: "POST" }],
  ["307 Temporary Redirect", [["Location", "/"]], { REQUEST_METHOD: "PUT" }],
  ["308 Permanent Redirect", [["Location", "/a/"]]],
  [
    "304 Not Modified",
    [["ETag", '"a"'], ["Vary", "Accept"], ["Cache-Control", "max-age=60"]],
    { HTTP_IF_NONE_MATCH: '"a"' },
  ],
  [
    "304 Not Modified",
    [["Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT"]],
    { HTTP_IF_MODIFIED_SINCE: "Sun, 06 Nov 1994 08:49:37 GMT" },
  ],
  ["400 Bad Request", TEXT, {}, "no"],
  [
    "401 Unauthorized",
    [["WWW-Authenticate", 'Basic realm="a, b"'], [
      "WWW-Authenticate",
      "Bearer",
    ]],
  ],
  ["403 Forbidden", []],
  ["404 Not Found", TEXT, {}, "no"],
  ["405 Method Not Allowed", [["Allow", "GET, HEAD"]], {
    REQUEST_METHOD: "POST",
  }],
  ["406 Not Acceptable", [], { HTTP_ACCEPT: "image/webp" }],
  ["409 Conflict", TEXT, { REQUEST_METHOD: "PUT" }, "newer"],
  ["410 Gone", []],
  ["412 Precondition Failed", [], {
    REQUEST_METHOD: "PUT",
    HTTP_IF_MATCH: '"a"',
  }],
  ["413 Content Too Large", [["Retry-After", "5"]], { REQUEST_METHOD: "POST" }],
  ["415 Unsupported Media Type", [["Accept-Encoding", "gzip"]], {
    REQUEST_METHOD: "POST",
    BODY: "x",
  }],
  ["416 Range Not Satisfiable", [["Content-Range", "bytes */5"]], {
    HTTP_RANGE: "bytes=9-",
  }],
  ["421 Misdirected Request", []],
  ["422 Unprocessable Content", [["Content-Type", "application/json"]], {
    REQUEST_METHOD: "POST",
  }, "{}"],
  ["428 Precondition Required", [], { REQUEST_METHOD: "PUT" }],
  ["429 Too Many Requests", [["Retry-After", "60"]]],
  ["431 Request Header Fields Too Large", []],
  ["451 Unavailable For Legal Reasons", [
    ["Link", '<https://example.com/>; rel="blocked-by"'],
  ]],
  ["500 Internal Server Error", TEXT, {}, "sorry"],
  ["503 Service Unavailable", [
    ["Retry-After", "Sun, 06 Nov 1994 08:49:37 GMT"],
  ]],
  // Preflight, and a request with credentials.
  ["204 No Content", [
    ["Access-Control-Allow-Origin", "https://a.example"],
    ["Access-Control-Allow-Methods", "PUT, DELETE"],
    ["Access-Control-Allow-Headers", "X-A, Content-Type"],
    ["Access-Control-Max-Age", "600"],
    ["Vary", "Origin"],
  ], { REQUEST_METHOD: "OPTIONS", HTTP_ORIGIN: "https://a.example" }],
  [
    "200 OK",
    [
      ["Content-Type", "application/json; charset=utf-8"],
      ["Access-Control-Allow-Origin", "https://a.example"],
      ["Access-Control-Allow-Credentials", "true"],
      ["Set-Cookie", "sid=1; Path=/; HttpOnly; Secure; SameSite=None"],
      ["Set-Cookie", "theme=dark; Max-Age=3600"],
      ["X-Frame-Options", "DENY"],
      ["X-Content-Type-Options", "nosniff"],
      ["Content-Security-Policy", "default-src 'self'"],
      ["Content-Security-Policy", "img-src *"],
      ["Link", "</a>; rel=preload"],
      ["Link", "</b>; rel=preload"],
      ["Cache-Control", "no-store"],
      ["Cache-Control", "private"],
    ],
    {},
    "{}",
  ],
  ["200 OK", [
    ["Content-Type", "application/pdf"],
    ["Content-Disposition", 'attachment; filename="a b.pdf"'],
    ["Accept-Ranges", "bytes"],
    ["Content-Length", "5"],
  ], { REQUEST_METHOD: "HEAD" }],
  ["200 OK", [["Allow", "GET, POST"]], {
    REQUEST_METHOD: "OPTIONS",
    PATH_INFO: "*",
    REQUEST_URI: "*",
  }],
];

Deno.test.each(
  answers.map(([status, headers, request = {}, body]) =>
    [status, { headers, request, body }] as const
  ),
)("validator() finds nothing in a sound %s", async (
  status,
  { headers, request, body },
) => {
  const app: App = (_environ, startResponse) => {
    startResponse(status, headers);
    return body === undefined ? [] : [bytes(body)];
  };
  const inner = await findingsOf((validate) => validate(app), request);
  const pass = (inside: App): App => (environ, startResponse) =>
    inside(environ, startResponse);
  const stacked = await findingsOf(
    (validate) => validate(pass(validate(app))),
    request,
  );
  assertEquals([...inner, ...stacked], []);
});

/** Starts a response later: keeps what the inner application said. */
function keep(): { head: Loose[]; start: (...args: Loose[]) => Loose } {
  const kept = {
    head: [] as Loose[],
    start: (...args: Loose[]) => {
      kept.head = args;
      return async () => {};
    },
  };
  return kept;
}

async function drain(body: Loose): Promise<Loose[]> {
  try {
    return await Array.fromAsync(body);
  } finally {
    await body.close?.();
  }
}

const lazily: App = function* (_environ, startResponse) {
  startResponse("200 OK", TEXT);
  yield bytes("Hello ");
  yield bytes("world");
};

let calls = 0;
const failsOnce: App = (_environ, startResponse) => {
  const isGood = calls++ % 2 === 1;
  startResponse(isGood ? "200 OK" : "503 Service Unavailable", TEXT);
  return [bytes(isGood ? "fine" : "busy")];
};

const throwsLate: App = function* (_environ, startResponse) {
  startResponse("200 OK", TEXT);
  yield bytes("Half ");
  try {
    throw new Error("The disk is full");
  } catch (error) {
    startResponse("500 Internal Server Error", TEXT, error);
    yield bytes("sorry");
  }
};

const readsForm: App = async (environ, startResponse) => {
  const form = await environ["wsgi.input"].read();
  startResponse("200 OK", TEXT);
  return [form];
};

const redirects: App = (environ, startResponse) => {
  const isNew = environ.PATH_INFO === "/new";
  startResponse(
    isNew ? "200 OK" : "302 Found",
    [...TEXT, ["Location", "/new"]]
      .filter(([name]) => !isNew || name !== "Location"),
  );
  return [bytes("here")];
};

const cache = new Map<string, Loose>();

const STARTS_AGAIN = "a buffer around an application that starts again";

/** Middleware, an application that it is around, and a request. */
const stacks: Record<string, readonly [(app: App) => App, App, Request?]> = {
  "a buffer that sets Content-Length": [
    (app) => async (environ, startResponse) => {
      const state = keep();
      const chunks = await drain(await app(environ, state.start));
      const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
      const [status, headers, excInfo] = state.head;
      startResponse(
        status,
        [...headers, ["Content-Length", String(length)]],
        excInfo,
      );
      return chunks;
    },
    lazily,
  ],
  [STARTS_AGAIN]: [
    (app) => async (environ, startResponse) => {
      const state = keep();
      const chunks = await drain(await app(environ, state.start));
      startResponse(...state.head.slice(0, 2));
      return chunks;
    },
    throwsLate,
  ],
  "gzip": [(app) => async (environ, startResponse) => {
    const body = await app(
      environ,
      (status: string, headers: Loose[], excInfo: Loose) =>
        startResponse(status, [
          ...headers.filter(([name]) => name !== "Content-Length"),
          ["Content-Encoding", "gzip"],
          ["Vary", "Accept-Encoding"],
        ], excInfo),
    );
    const packed = ReadableStream.from(body)
      .pipeThrough(new CompressionStream("gzip"));
    return Object.assign(
      { [Symbol.asyncIterator]: () => packed.values() },
      { close: () => body.close?.() },
    );
  }, lazily],
  "a retry with the same environ": [(app) => async (environ, startResponse) => {
    for (;;) {
      const state = keep();
      const chunks = await drain(await app(environ, state.start));
      if (state.head[0].startsWith("503")) continue;
      startResponse(...state.head);
      return chunks;
    }
  }, failsOnce],
  "an internal redirect": [(app) => async (environ, startResponse) => {
    const state = keep();
    let chunks = await drain(await app(environ, state.start));
    if (state.head[0].startsWith("302")) {
      environ.PATH_INFO = "/new";
      chunks = await drain(await app(environ, state.start));
    }
    startResponse(...state.head);
    return chunks;
  }, redirects],
  "HEAD as GET": [(app) => async (environ, startResponse) => {
    const isHead = environ.REQUEST_METHOD === "HEAD";
    const body = await app(
      { ...environ, REQUEST_METHOD: "GET" },
      startResponse,
    );
    if (!isHead) return body;
    await drain(body);
    return [];
  }, (_environ, startResponse) => {
    startResponse("200 OK", [...TEXT, ["Content-Length", "5"]]);
    return [bytes("Hello")];
  }, { REQUEST_METHOD: "HEAD" }],
  "a cache": [(app) => async (environ, startResponse) => {
    const key = environ.PATH_INFO;
    let stored = cache.get(key);
    if (stored === undefined) {
      const state = keep();
      const chunks = await drain(await app(environ, state.start));
      cache.set(key, stored = { head: state.head, chunks });
    }
    startResponse(...stored.head);
    return stored.chunks;
  }, lazily],
  "an error page": [(app) => async (environ, startResponse) => {
    try {
      return await app(environ, startResponse);
    } catch (error) {
      startResponse("500 Internal Server Error", TEXT, error);
      return [bytes("sorry")];
    }
  }, () => {
    throw new Error("The disk is full");
  }],
  "a session": [(app) => (environ, startResponse) => {
    environ["example.session"] = { user: "ada" };
    return app(
      environ,
      (status: string, headers: Loose[], excInfo: Loose) =>
        startResponse(
          status,
          [...headers, ["Set-Cookie", "sid=1; Path=/; HttpOnly"]],
          excInfo,
        ),
    );
  }, lazily],
  "conditional requests": [
    (app) => async (environ, startResponse) => {
      const state = keep();
      const chunks = await drain(await app(environ, state.start));
      const [status, headers] = state.head;
      const tag = ["ETag", '"7"'];
      if (environ.HTTP_IF_NONE_MATCH === '"7"') {
        startResponse("304 Not Modified", [tag]);
        return [];
      }
      startResponse(status, [...headers, tag]);
      return chunks;
    },
    lazily,
    { HTTP_IF_NONE_MATCH: '"7"' },
  ],
  "ranges": [
    (app) => async (environ, startResponse) => {
      const state = keep();
      const chunks = await drain(await app(environ, state.start));
      const whole = new Uint8Array(await new Blob(chunks).arrayBuffer());
      startResponse("206 Partial Content", [
        ...state.head[1],
        ["Content-Range", `bytes 0-3/${whole.length}`],
        ["Content-Length", "4"],
      ]);
      return [whole.subarray(0, 4)];
    },
    lazily,
    { HTTP_RANGE: "bytes=0-3" },
  ],
  "a mount": [
    (app) => (environ, startResponse) =>
      app({
        ...environ,
        SCRIPT_NAME: "/app",
        PATH_INFO: environ.PATH_INFO.slice(4),
      }, startResponse),
    lazily,
    {
      PATH_INFO: "/app/a b",
      REQUEST_URI: "/app/a%20b",
    },
  ],
  "method override": [
    (app) => (environ, startResponse) =>
      app({ ...environ, REQUEST_METHOD: "DELETE" }, startResponse),
    (_environ, startResponse) => {
      startResponse("204 No Content", []);
      return [];
    },
    { REQUEST_METHOD: "POST" },
  ],
  "a form that is read and put back": [
    (app) => async (environ, startResponse) => {
      const form = await environ["wsgi.input"].read();
      const left = [form];
      const next = () => Promise.resolve(left.pop() ?? new Uint8Array());
      environ["wsgi.input"] = {
        read: next,
        readline: next,
        readlines: async () => [await next()],
        async *[Symbol.asyncIterator]() {
          yield await next();
        },
      };
      return app(environ, startResponse);
    },
    readsForm,
    { BODY: "name=ada" },
  ],
  "an upper-case filter that streams": [
    (app) =>
      async function* (environ, startResponse) {
        const body = await app(environ, startResponse);
        try {
          for await (const chunk of body) {
            yield bytes(new TextDecoder().decode(chunk).toUpperCase());
          }
        } finally {
          await body.close?.();
        }
      },
    lazily,
  ],
  "a body through transferred buffers": [(app) => app, (_e, startResponse) => {
    startResponse("200 OK", TEXT);
    let buffer = new ArrayBuffer(8);
    let left = 3;
    return new ReadableStream({
      type: "bytes",
      pull(controller) {
        if (left-- === 0) return controller.close();
        buffer = buffer.transfer();
        controller.enqueue(new Uint8Array(buffer.slice(0)));
      },
    });
  }],
};

Deno.test.each(Object.entries(stacks))(
  "validator() finds nothing in %s, on both sides and on one",
  async (name, [middleware, app, request = {}]) => {
    const places: ((validate: (app: App) => App) => App)[] = [
      (validate) => validate(middleware(validate(app))),
      (validate) => validate(middleware(app)),
      (validate) => middleware(validate(app)),
    ];
    // Without a layer outside, the middleware would pass for the server.
    if (name === STARTS_AGAIN) places.pop();
    for (const place of places) {
      cache.clear();
      assertEquals(await findingsOf(place, request), []);
    }
  },
);

Deno.test("validator() finds nothing in a router that tries siblings with one environ", async () => {
  const missing: App = (_environ, startResponse) => {
    startResponse("404 Not Found", TEXT);
    return [bytes("no")];
  };
  const found = await findingsOf((validate) => {
    const routes = [missing, missing, lazily].map(validate);
    return validate(async (environ, startResponse) => {
      for (const route of routes) {
        const state = keep();
        const body = await route(environ, state.start);
        // A generator starts when it is iterated over.
        const chunks = await drain(body);
        if (state.head[0].startsWith("404")) continue;
        startResponse(...state.head);
        return chunks;
      }
    });
  }, {});
  assertEquals(found, []);
});
