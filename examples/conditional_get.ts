// deno run --allow-net examples/conditional_get.ts
//
// `curl -i http://127.0.0.1:8000/` shows a page and its ETag. A client that
// already has the page sends the tag, and gets a 304 response without a body:
// `curl -i -H 'If-None-Match: "hello-1"' …`.

import {
  type Application,
  type Environ,
  HeaderList,
  makeServer,
  type ResponseBody,
  validator,
} from "../mod.ts";

/**
 * Compares tags as RFC 9110 section 13.1.2 says: a weak tag equals a strong
 * one.
 */
function hasPage(environ: Environ, etag: string): boolean {
  const { REQUEST_METHOD: method, HTTP_IF_NONE_MATCH: tags } = environ;
  if (tags === undefined || !["GET", "HEAD"].includes(method)) return false;
  if (tags.trim() === "*") return true;
  const opaque = etag.replace(/^W\//, "");
  return tags.match(/"[^"]*"/g)?.some((tag) => tag === opaque) ?? false;
}

/** Responds with 304 if the client already has the response with this ETag. */
export function conditionalGet(app: Application): Application {
  return async (environ, startResponse) => {
    let isKnown = false;
    const body = await app(environ, (status, given, excInfo) => {
      const headers = new HeaderList([...given]);
      const etag = headers.get("ETag");
      isKnown = status.startsWith("200") && etag !== undefined &&
        hasPage(environ, etag);
      if (!isKnown) return startResponse(status, given, excInfo);
      for (const name of ["Type", "Length", "Encoding", "Language"]) {
        headers.delete(`Content-${name}`);
      }
      startResponse("304 Not Modified", [...headers], excInfo);
      return () => Promise.resolve();
    });
    // An array has a known length, and its application has already called
    // startResponse().
    if (Array.isArray(body) && !isKnown) return body;
    return {
      [Symbol.asyncIterator]: () => chunksOf(body, () => isKnown),
      close: () => body.close?.(),
    };
  };
}

// A generator calls startResponse() in its first next(), so the headers are
// known only then.
function chunksOf(
  body: ResponseBody,
  isKnown: () => boolean,
): AsyncIterator<Uint8Array, void> {
  const iterator = Symbol.asyncIterator in body
    ? body[Symbol.asyncIterator]()
    : body[Symbol.iterator]();
  const end = async (): Promise<IteratorReturnResult<void>> => {
    await iterator.return?.();
    return { done: true, value: undefined };
  };
  return {
    next: async () => {
      if (isKnown()) return await end();
      const result = await iterator.next();
      return isKnown() && !result.done ? await end() : result;
    },
    return: end,
  };
}

const page: Application = (_environ, startResponse) => {
  startResponse("200 OK", [
    ["Content-Type", "text/plain; charset=utf-8"],
    ["ETag", '"hello-1"'],
  ]);
  return [new TextEncoder().encode("Hello world!\n")];
};

export const app: Application = conditionalGet(
  validator(page, { name: "page" }),
);

if (import.meta.main) {
  const port = Number(Deno.args[0] ?? 8000);
  const server = makeServer("127.0.0.1", port, validator(app));
  // deno-lint-ignore no-console -- a program's output
  console.log(server.url);
  await server.serveForever();
}
