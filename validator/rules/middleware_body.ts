/**
 * Rules about how middleware treats the inner body.
 *
 * @module
 */

import { isUint8Array } from "../../wsgi/describe.ts";
import { hasNoBody } from "../../wsgi/status.ts";
import type { PairState, PairView } from "../views/middleware_view.ts";
import type { Finding, Rule } from "./rule.ts";

function totalOf({ bytes, written }: PairState): number {
  return bytes + written;
}

/** Whether a response has content whose length can be judged. */
function hasContent({ method, response }: PairState): boolean {
  return method !== "HEAD" && !hasNoBody(response?.code);
}

/** Finds the Content-Length of the inner application with another body. */
function staleLength(view: PairView): Finding {
  const { event, outer, inner, args: [chunk] } = view;
  if (event !== "chunk" && event !== "end") return undefined;
  const length = outer.response?.contentLength;
  if (length === undefined || inner.response?.contentLength !== length) {
    return undefined;
  }
  if (!hasContent(outer) || outer.uncounted || inner.uncounted) {
    return undefined;
  }
  const innerTotal = totalOf(inner);
  const total = totalOf(outer);
  if (event === "end") {
    // If the inner body itself was too short, the inner layer has reported it.
    return total >= length || inner.ended && innerTotal < length
      ? undefined
      : `a body of ${total} bytes with the Content-Length ${length} of the inner application`;
  }
  const now = total + (isUint8Array(chunk) ? chunk.byteLength : 0);
  return total <= length && now > length && innerTotal <= length
    ? `${now} bytes with the Content-Length ${length} of the inner application`
    : undefined;
}

/** Finds chunks that the inner application has written and that went nowhere. */
function lostWrites({ event, outer, inner }: PairView): Finding {
  const { written } = inner;
  if (event !== "end" || written === 0 || outer.written > 0) return undefined;
  // An error page replaces what was written before.
  if (inner.starts > 1) return undefined;
  // Another status belongs to a response of the middleware itself.
  const isPassedOn = outer.response?.code === inner.response?.code &&
    hasContent(outer) && !outer.uncounted && outer.bytes === inner.bytes;
  return isPassedOn
    ? `${written === 1 ? "1 written byte" : `${written} written bytes`} lost`
    : undefined;
}

/** Applied together with the other rules about middleware. */
export const MIDDLEWARE_BODY_RULES: readonly Rule<PairView>[] = [
  {
    id: "middleware/content-length",
    severity: "error",
    blame: "middleware",
    profile: "core",
    spec: "middleware-length",
    title:
      "The middleware must not pass on the Content-Length of a body that it changes",
    why: "The client cuts the body off, or waits for more.",
    hint:
      "Remove Content-Length from the headers, or set it to the new length in bytes",
    covers: ["body/content-length"],
    check: staleLength,
  },
  {
    id: "middleware/write-lost",
    severity: "warning",
    blame: "middleware",
    profile: "core",
    spec: "middleware-written",
    title:
      "The middleware must pass on the chunks that the inner application writes",
    why: "The client gets a body without them.",
    hint:
      "Return the write() of the server, or keep the chunks and yield them first",
    check: lostWrites,
  },
  {
    id: "middleware/drained",
    severity: "warning",
    blame: "middleware",
    profile: "core",
    spec: "middleware-returns-at-once",
    title:
      "The middleware should return its body before it reads the inner body",
    why:
      "The client receives nothing before the last chunk is ready, and an endless body fills the memory.",
    hint:
      "Return a generator that reads the inner chunks one by one; if you need all of them, as for a checksum, switch this warning off",
    check: ({ event, inner }) =>
      event === "return" && inner.ended && inner.iterators > 0 &&
        inner.bytes > 0
        ? `${inner.chunks} chunks read to the end before it returned`
        : undefined,
  },
  {
    id: "middleware/chunk-for-chunk",
    severity: "warning",
    blame: "middleware",
    profile: "core",
    spec: "middleware-chunk-for-chunk",
    title:
      "The middleware should yield a chunk for each chunk of the inner body",
    why:
      "While it collects chunks, the client waits for data that is already there.",
    hint:
      "Yield new Uint8Array(0) if there is nothing to pass on yet; if you collect chunks on purpose, as a compressor does, switch this warning off",
    check: ({ event, outer }) =>
      event === "inner chunk" && outer.taken === 2
        ? "a second chunk read before it has yielded one"
        : undefined,
  },
  {
    id: "middleware/inner-not-closed",
    severity: "error",
    blame: "middleware",
    profile: "core",
    spec: "middleware-close",
    title: "The middleware must close the inner body when its own is closed",
    why:
      "The inner application keeps files, locks and connections open until its close() is called.",
    hint:
      "Give your body close: () => inner.close?.(), and close the inner body if you do not pass it on",
    check: ({ event, outer }) =>
      event === "closed" && outer.openInner > 0
        ? `${
          outer.openInner === 1
            ? "one inner body"
            : `${outer.openInner} inner bodies`
        } left open`
        : undefined,
  },
];
