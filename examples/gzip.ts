// deno run --allow-net examples/gzip.ts
//
// `curl -i --compressed http://127.0.0.1:8000/` shows "Content-Encoding: gzip",
// and without `--compressed` the uncompressed page.

import {
  type Application,
  type Environ,
  HeaderList,
  makeServer,
  type ResponseBody,
  validator,
} from "../mod.ts";

function acceptsGzip({ HTTP_ACCEPT_ENCODING = "" }: Environ): boolean {
  const codings = HTTP_ACCEPT_ENCODING.toLowerCase().split(",");
  return codings.some((coding) =>
    /^\s*gzip\s*(?:;|$)/.test(coding) && !/;\s*q=0(?:\.0*)?\s*$/.test(coding)
  );
}

function isCompressible(status: string, headers: HeaderList): boolean {
  const type = headers.get("Content-Type") ?? "";
  // Events must arrive immediately, but a compressor waits for more data.
  return status.startsWith("200") && !headers.has("Content-Encoding") &&
    !/no-transform/i.test(headers.get("Cache-Control") ?? "") &&
    /^(?:text\/(?!event-stream)|application\/(?:json|javascript|xml)|image\/svg)/i
      .test(type);
}

/** Returns whether a 304 response refers to a compressed copy at the client. */
function hasCompressed(
  { HTTP_IF_NONE_MATCH: tags = "" }: Environ,
  status: string,
  headers: HeaderList,
): boolean {
  const etag = headers.get("ETag");
  return status.startsWith("304") && etag !== undefined &&
    tags.includes(`W/${etag}`);
}

/** Makes an ETag weak, because a strong one would promise identical bytes. */
function weakenEtag(headers: HeaderList): void {
  const etag = headers.get("ETag");
  if (etag?.startsWith('"')) headers.set("ETag", `W/${etag}`);
}

/**
 * Compresses chunks. It returns the bytes that are ready, and the rest at the
 * end.
 */
class Compressor {
  readonly #stream = new CompressionStream("gzip");
  readonly #writer = this.#stream.writable.getWriter();
  readonly #ready: Uint8Array<ArrayBuffer>[] = [];
  readonly #reading = this.#read();

  async #read(): Promise<void> {
    for await (const chunk of this.#stream.readable) this.#ready.push(chunk);
  }

  async add(chunk: Uint8Array): Promise<void> {
    await this.#writer.write(chunk as Uint8Array<ArrayBuffer>);
  }

  async end(): Promise<void> {
    await this.#writer.close();
    await this.#reading;
  }

  /** Returns the bytes that are ready, possibly none. */
  async take(): Promise<Uint8Array> {
    return await new Blob(this.#ready.splice(0)).bytes();
  }
}

/** Compresses responses if the client supports it and compression is useful. */
export function gzip(app: Application): Application {
  return async (environ, startResponse) => {
    let compressor: Compressor | undefined;
    const body = await app(environ, (status, given, excInfo) => {
      const headers = new HeaderList([...given]);
      // A second call of startResponse() replaces the first one.
      compressor = undefined;
      if (isCompressible(status, headers)) {
        headers.append("Vary", "Accept-Encoding");
        if (acceptsGzip(environ)) {
          headers.set("Content-Encoding", "gzip");
          headers.delete("Content-Length");
          weakenEtag(headers);
          compressor = new Compressor();
        }
      } else if (hasCompressed(environ, status, headers)) {
        headers.append("Vary", "Accept-Encoding");
        weakenEtag(headers);
      }
      const write = startResponse(status, [...headers], excInfo);
      return (chunk) => compressor?.add(chunk) ?? write(chunk);
    });
    return {
      [Symbol.asyncIterator]: () => compress(body, () => compressor),
      close: () => body.close?.(),
    };
  };
}

// The application may call startResponse() as late as in its first next().
function compress(
  body: ResponseBody,
  compressorOf: () => Compressor | undefined,
): AsyncIterator<Uint8Array, void> {
  const iterator = Symbol.asyncIterator in body
    ? body[Symbol.asyncIterator]()
    : body[Symbol.iterator]();
  let ended = false;
  return {
    next: async () => {
      if (ended) return { done: true, value: undefined };
      const result = await iterator.next();
      const compressor = compressorOf();
      if (compressor === undefined) return result;
      ended = result.done === true;
      await (result.done ? compressor.end() : compressor.add(result.value));
      // Each chunk leads to one chunk, even an empty one, so that no reader
      // waits.
      return { done: false, value: await compressor.take() };
    },
    return: async () => {
      await iterator.return?.();
      return { done: true, value: undefined };
    },
  };
}

const page: Application = (_environ, startResponse) => {
  startResponse("200 OK", [
    ["Content-Type", "text/plain; charset=utf-8"],
    ["ETag", '"hello-100"'],
  ]);
  return [new TextEncoder().encode("Hello world!\n".repeat(100))];
};

export const app: Application = gzip(validator(page, { name: "page" }));

if (import.meta.main) {
  const port = Number(Deno.args[0] ?? 8000);
  const server = makeServer("127.0.0.1", port, validator(app));
  // deno-lint-ignore no-console -- a program's output
  console.log(server.url);
  await server.serveForever();
}
