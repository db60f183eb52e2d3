// A worker for workerd and Cloudflare. In your own project, the first import is
// from "@wsgi/ref/fetch". See workerd.capnp.

import { toFetchHandler } from "../../gateway/fetch/fetch.ts";
import { app } from "../hello.ts";

const handler = toFetchHandler(app);

/** The parts of workerd that this file uses, for users without its types. */
declare const FixedLengthStream: new (
  length: number,
) => TransformStream<Uint8Array, Uint8Array>;

/**
 * Keeps the Content-Length of a streamed response, which workerd would remove.
 */
function withLength(response: Response): Response {
  const length = response.headers.get("Content-Length");
  if (length === null || response.body === null) return response;
  const stream = new FixedLengthStream(Number(length));
  return new Response(response.body.pipeThrough(stream), response);
}

export default {
  async fetch(request: Request): Promise<Response> {
    // Cloudflare sets this header. Elsewhere, a client can send any value: then
    // remove these lines.
    const hostname = request.headers.get("CF-Connecting-IP");
    const info = hostname === null ? {} : { remoteAddr: { hostname } };
    const response = await handler(request, info);
    return request.method === "HEAD" ? response : withLength(response);
  },
};
