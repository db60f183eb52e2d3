/** Requests of all exercises. */

/** A response that was read to its end. */
export interface Visit {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Sends a request, and follows no redirect. */
export async function visit(url: URL, init: RequestInit): Promise<Visit> {
  const response = await fetch(url, { redirect: "manual", ...init });
  const { status, headers } = response;
  return { status, headers, text: await response.text() };
}
