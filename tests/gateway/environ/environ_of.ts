import { createFetchEnviron } from "../../../gateway/fetch/environ.ts";
import type { EnvironOptions } from "../../../gateway/environ/request_environ.ts";
import type { Environ } from "../../../wsgi/types.ts";

/** The parts of a request: by default `GET /` with the Host `h`. */
export interface RequestParts {
  method?: string;
  /** Scheme, Host and target as Deno joins them, not normalized. */
  url?: string;
  headers?: HeadersInit;
  body?: ReadableStream<Uint8Array>;
}

/** Makes the environ of a request as Deno.serve, not a constructor, makes it. */
export function environOf(
  parts: RequestParts = {},
  options: EnvironOptions = {},
  info?: unknown,
): Environ {
  const { method = "GET", url = "http://h/", body = null } = parts;
  const headers = new Headers(parts.headers ?? { Host: "h" });
  const request = { method, url, headers, body } as Request;
  const signal = () => new AbortController().signal;
  return createFetchEnviron(request, info, signal, options);
}
