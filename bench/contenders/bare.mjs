/**
 * The upper limit: `Deno.serve` with handlers that send the same bytes and
 * headers and do the same work in the shortest way that Deno offers.
 * `bare-headers` also reads every request header. `floor` does the work that
 * every gateway must do: it reads the URL, the method, the address and the
 * three headers that can lead to a rejection, and leaves Content-Length to
 * `Deno.serve`.
 *
 * @module
 */
// deno-lint-ignore-file explicit-function-return-type -- JavaScript

import {
  asked,
  asyncChunks,
  bodySize,
  chunks,
  FILE_SIZE,
  held,
  HELLO,
  sized,
} from "./payload.mjs";

const encoder = new TextEncoder();

/**
 * Returns a stream that requests chunks from a sync iterator when they can be
 * sent.
 */
function pulled(iterator) {
  return new ReadableStream({
    pull(controller) {
      const { done, value } = iterator.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
}

/** Returns the same stream for an async iterator. */
function pulledAsync(iterator) {
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel() {
      // return() would have no effect on a generator that waits forever.
    },
  });
}

function sumOfHeaders(request) {
  let total = 0;
  for (const [, value] of request.headers) total += value.length;
  return total;
}

function hello() {
  return new Response(HELLO, {
    headers: [["Content-Type", "text/plain"], ["Content-Length", "13"]],
  });
}

const octets = [["Content-Type", "application/octet-stream"]];

const handlers = {
  hello,
  browser: hello,
  varied: hello,
  read(request) {
    const { url, headers } = request;
    const query = url.slice(url.indexOf("?") + 1);
    const body = encoder.encode(`${headers.get("accept-language")} ${query}`);
    return new Response(body, {
      headers: [
        ["Content-Type", "text/plain"],
        ["Content-Length", String(body.length)],
      ],
    });
  },
  idle: hello,
  // Passing on request.body would be less work than the application does.
  async echo(request) {
    const body = await request.bytes();
    return new Response(body, {
      headers: [
        ["Content-Type", "application/octet-stream"],
        ["Content-Length", String(body.length)],
      ],
    });
  },
  stream: () => new Response(pulled(chunks()), { headers: octets }),
  async: () => new Response(pulledAsync(asyncChunks()), { headers: octets }),
  held: () => new Response(pulledAsync(held()), { headers: octets }),
  async file() {
    const file = await Deno.open(asked.file);
    return new Response(file.readable, {
      headers: [
        ["Content-Type", "application/octet-stream"],
        ["Content-Length", String(FILE_SIZE)],
      ],
    });
  },
  json(request, info) {
    const url = new URL(request.url);
    const text = JSON.stringify({
      method: request.method,
      script: "",
      path: url.pathname,
      query: url.search.slice(1),
      protocol: "HTTP/1.1",
      port: url.port,
      client: info.remoteAddr.hostname,
      host: request.headers.get("host"),
      accept: request.headers.get("accept"),
      scheme: url.protocol.slice(0, -1),
    });
    const body = encoder.encode(text);
    return new Response(body, {
      headers: [
        ["Content-Type", "application/json"],
        ["Content-Length", String(body.length)],
      ],
    });
  },
  headers(request) {
    const body = encoder.encode(String(sumOfHeaders(request)));
    return new Response(body, {
      headers: [
        ["Content-Type", "text/plain"],
        ["Content-Length", String(body.length)],
      ],
    });
  },
  bytes() {
    const headers = [
      ["Content-Type", "application/octet-stream"],
      ["Content-Length", String(bodySize)],
    ];
    const [first] = sized();
    const body = first.length === bodySize ? first : pulled(sized());
    return new Response(body, { headers });
  },
};

const handler = handlers[asked.scenario.replace(/:.*/, "")];

let seen = 0;

function reading(request, info) {
  seen += sumOfHeaders(request);
  return handler(request, info);
}

const plain = [["Content-Type", "text/plain"]];

function floor(request, info) {
  const { url, method, headers } = request;
  const { hostname, port } = info.remoteAddr;
  seen += url.length + method.length + hostname.length + port;
  for (const name of ["host", "content-length", "content-type"]) {
    seen += headers.get(name)?.length ?? 0;
  }
  return new Response(HELLO, { headers: plain });
}

const kinds = { "bare-headers": reading, floor };

Deno.serve(
  { hostname: "127.0.0.1", port: asked.port, onListen() {} },
  kinds[asked.kind] ?? handler,
);
