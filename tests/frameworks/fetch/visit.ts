/** Requests to the applications of this folder. */

/** A response that was read to its end. */
export interface Visit {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Creates a function that sends `"GET hello/Ada"` and follows no redirect. */
export function askOf(
  url: URL,
): (request: string, init?: RequestInit) => Promise<Visit> {
  return async (request, init = {}) => {
    const [method = "GET", target = ""] = request.split(" ");
    const response = await fetch(new URL(target, url), {
      redirect: "manual",
      ...init,
      method,
    });
    const { status, headers } = response;
    return { status, headers, text: await response.text() };
  };
}
