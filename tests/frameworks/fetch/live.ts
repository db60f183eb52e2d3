/** The part of the applications that the exercises control. */

import { Happenings } from "../../happenings.ts";
import { aborted } from "../../server/serving.ts";

/** Events in the applications and in the exercises, which share a process. */
export const happenings: Happenings = new Happenings();

/** Waits until the client of a request has left. */
export async function waitForLeaving(
  id: string,
  signal: AbortSignal,
): Promise<string> {
  happenings.happen(`${id}-began`);
  await aborted(signal);
  happenings.happen(`${id}-left`);
  return "too late\n";
}

/** Sends without end, until the client leaves. */
export function endless(id: string): ReadableStream<Uint8Array> {
  const chunk = new TextEncoder().encode("again\n");
  return new ReadableStream({
    pull: (controller) => controller.enqueue(chunk),
    cancel: () => happenings.happen(`${id}-left`),
  });
}

/** Sends two parts, the second one when an exercise allows it. */
export function twoParts(
  id: string,
  form: string,
): ReadableStream<Uint8Array> {
  async function* parts(): AsyncGenerator<Uint8Array> {
    const encoder = new TextEncoder();
    yield encoder.encode(form.replace("*", "first"));
    await happenings.when(`${id}-open`);
    yield encoder.encode(form.replace("*", "second"));
  }
  return ReadableStream.from(parts());
}
