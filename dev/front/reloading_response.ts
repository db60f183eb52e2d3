/**
 * Creates the response to a request that a reload has ended before the
 * application answered.
 *
 * @module
 */

import { acceptsHtml } from "../../middleware/accepts_html.ts";
import type { Environ } from "../../wsgi/types.ts";
import { type OwnResponse, toText } from "./failure_response.ts";

/** When the client may send the request again, in seconds. */
const RETRY_AFTER = "1";

const REASON = "The application was reloaded before it answered this request.";

/** A page for a browser, which sends the request again by itself. */
const PAGE = `<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<meta http-equiv="refresh" content="${RETRY_AFTER}">
<title>Reloading</title>
<body style="margin: 15vh auto; max-width: 34rem; padding: 0 1.25rem; font: 1rem/1.5 system-ui, sans-serif">
<h1>Reloading…</h1>
<p>${REASON} The page reloads by itself.</p>`;

/**
 * Creates the response: a page for a browser that can repeat the request without
 * a question, or else plain text.
 *
 * RFC 9110 sections 10.2.3 and 15.6.4.
 *
 * @param environ The environ of the request.
 */
export function toReloadingResponse(environ: Environ): OwnResponse {
  const isPage = environ.REQUEST_METHOD === "GET" &&
    acceptsHtml(environ.HTTP_ACCEPT);
  return toText(
    "503 Service Unavailable",
    isPage ? PAGE : `${REASON} Send it again.`,
    {
      type: isPage ? "html" : "plain",
      headers: [["Vary", "Accept"], ["Retry-After", RETRY_AFTER]],
    },
  );
}
