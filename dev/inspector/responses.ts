/**
 * The responses of the inspector, with the headers that protect them.
 *
 * @module
 */

import type {
  Environ,
  HeaderTuple,
  ResponseBody,
  StartResponse,
} from "../../wsgi/types.ts";
import type { Html } from "./html.ts";

/** A response, not yet sent. */
export interface InspectorResponse {
  readonly status: string;
  readonly type: string;
  readonly content: string | AsyncIterable<Uint8Array>;
  readonly headers?: readonly HeaderTuple[];
  /** The nonce of the scripts and styles in a page. */
  readonly nonce?: string;
}

const encoder = new TextEncoder();

/**
 * Returns the policy of a page. The browser loads only scripts and styles with the
 * nonce, which excludes files of the application, and only data of this origin.
 * No page can put this one into a frame.
 */
function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    "connect-src 'self'",
    "img-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/** Makes a page. */
export function page(
  content: Html,
  nonce: string,
  status = "200 OK",
): InspectorResponse {
  const type = "text/html; charset=utf-8";
  return { status, type, content: content.toString(), nonce };
}

/** Makes a response of plain text. */
export function text(
  content: string,
  status = "200 OK",
  headers: readonly HeaderTuple[] = [],
): InspectorResponse {
  const type = "text/plain; charset=utf-8";
  return { status, type, content: `${content}\n`, headers };
}

/** Makes a response of JSON. */
export function json(value: unknown): InspectorResponse {
  const content = `${JSON.stringify(value, null, 2)}\n`;
  return { status: "200 OK", type: "application/json", content };
}

/** Makes a response that leads to another page. */
export function redirect(
  location: string,
  status: "302 Found" | "303 See Other",
): InspectorResponse {
  return text(location, status, [["Location", location]]);
}

/**
 * Starts a response.
 *
 * @param response The response.
 * @param environ The request.
 * @param startResponse The function of the server.
 * @returns The body.
 */
export function send(
  response: InspectorResponse,
  environ: Environ,
  startResponse: StartResponse,
): ResponseBody {
  const { status, type, content, headers = [], nonce } = response;
  const bytes = typeof content === "string" ? encoder.encode(content) : content;
  startResponse(status, [
    ["Content-Type", type],
    ...bytes instanceof Uint8Array
      ? [["Content-Length", String(bytes.byteLength)] as const]
      : [],
    ["Cache-Control", "no-store"],
    [
      "Content-Security-Policy",
      nonce === undefined
        ? "default-src 'none'; frame-ancestors 'none'"
        : contentSecurityPolicy(nonce),
    ],
    ["Cross-Origin-Opener-Policy", "same-origin"],
    ["Cross-Origin-Resource-Policy", "same-origin"],
    ["Referrer-Policy", "same-origin"],
    ["X-Content-Type-Options", "nosniff"],
    ["X-Frame-Options", "DENY"],
    ...headers,
  ]);
  if (environ.REQUEST_METHOD === "HEAD") return [];
  return bytes instanceof Uint8Array ? [bytes] : bytes;
}
