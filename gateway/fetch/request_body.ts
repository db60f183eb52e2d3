/**
 * Opens the body of a fetch `Request`, also after its client has left.
 *
 * @module
 */

import { BodyTakenError } from "../input/body_source.ts";

type Body = ReadableStream<Uint8Array>;

/** The bodies of requests whose clients have left. */
const kept = new WeakMap<Request, Body>();

/**
 * Opens the body of a request.
 *
 * @param request The request whose body is read.
 * @returns The body, or `null` if there is none.
 * @throws {BodyTakenError} If other code has read it or is reading it.
 */
export function openBody(request: Request): Body | null {
  const found = kept.get(request);
  if (found !== undefined) return found;
  const { body } = request;
  if (request.bodyUsed || body?.locked) {
    throw new BodyTakenError("it was read before, or is being read");
  }
  return body;
}

/** Returns the body, or `null` if Deno has closed the request. */
function bodyOf(request: Request): Body | null {
  try {
    return request.body;
  } catch {
    return null;
  }
}

/**
 * Reads the bytes of a body that arrived before its client left, so that the
 * body can be opened later. Deno drops them with the response.
 *
 * @param request The request whose body is read.
 * @param onArrived Called when no more bytes arrive, at once if there is no
 * body; never if other code is reading the body.
 */
export function keepBody(request: Request, onArrived: () => void): void {
  const body = bodyOf(request);
  if (body === null) return onArrived();
  if (request.bodyUsed || body.locked) return;
  const arrived = readAll(body);
  kept.set(
    request,
    new ReadableStream({
      async pull(controller): Promise<void> {
        const { chunks, failure } = await arrived;
        for (const chunk of chunks) controller.enqueue(chunk);
        if (failure !== undefined) controller.error(failure.error);
        else controller.close();
      },
    }, { highWaterMark: 0 }),
  );
  arrived.then(onArrived);
}

/** The bytes of a body that have arrived, and why it ended too early. */
interface Arrived {
  readonly chunks: readonly Uint8Array[];
  readonly failure?: { readonly error: unknown };
}

async function readAll(body: Body): Promise<Arrived> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of body) chunks.push(chunk);
    return { chunks };
  } catch (error) {
    return { chunks, failure: { error } };
  }
}
