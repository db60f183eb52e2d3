/**
 * Rules about middleware between two validators, which see both its input and
 * its output.
 *
 * @module
 */

import { describe, isUint8Array, quote } from "../../wsgi/describe.ts";
import { KNOWN } from "../views/known_headers.ts";
import type { PairState, PairView } from "../views/middleware_view.ts";
import type { ResponseView } from "../views/response_view.ts";
import type { Finding, Rule } from "./rule.ts";
import { hasExcInfo } from "./start_response.ts";

function pathOf(state: PairState): readonly [script: string, path: string] {
  const { SCRIPT_NAME: script, PATH_INFO: path } = state.environ.values;
  return [
    typeof script === "string" ? script : "",
    typeof path === "string" ? path : "",
  ];
}

/** Finds a call to startResponse that did not reach the server. */
function lostStart(view: PairView): Finding {
  const { event, outer, inner, args: [chunk] } = view;
  if (outer.starts > 0 || inner.starts === 0 || outer.bytes > 0) {
    return undefined;
  }
  const isChunk = event === "chunk" && isUint8Array(chunk) &&
    chunk.byteLength > 0;
  if (!isChunk && event !== "end") return undefined;
  return `${
    isChunk ? describe(chunk) : "the end of the body"
  } before a call, after ${
    describe(inner.response?.status)
  } from the inner application`;
}

/** The names of the cookies that a response sets. */
function cookiesOf(response: ResponseView | undefined): Set<string> {
  const names = new Set<string>();
  for (const { bit, value } of response?.fields ?? []) {
    if (bit === KNOWN.setCookie) {
      names.add(value.slice(0, Math.max(value.indexOf("="), 0)).trim());
    }
  }
  return names;
}

/**
 * Finds a cookie of the inner application that middleware has lost. If the
 * status differs, the response is that of the middleware itself.
 */
function lostCookie({ event, outer, inner }: PairView): Finding {
  if (event !== "head" || inner.response === undefined) return undefined;
  if ((inner.response.known & KNOWN.setCookie) === 0) return undefined;
  if (outer.response?.code !== inner.response.code) return undefined;
  const set = cookiesOf(outer.response);
  const lost = Array.from(cookiesOf(inner.response))
    .filter((name) => !set.has(name));
  if (lost.length === 0) return undefined;
  const got = `${lost.slice(0, 3).map(quote).join(" and ")} lost`;
  return set.size === 0 ? got : {
    got,
    hint:
      "Set-Cookie may occur several times: an object or a Map keeps only the last one",
  };
}

/** Applied when something happens on either side of the middleware. */
export const MIDDLEWARE_RULES: readonly Rule<PairView>[] = [
  {
    id: "middleware/start-response-lost",
    severity: "error",
    blame: "middleware",
    profile: "core",
    spec: "middleware-starts",
    title:
      "The middleware must call startResponse before its body, as the inner application has done",
    why: "The server waits for a status that only the middleware has received.",
    hint:
      "Pass a startResponse to the inner application that calls the server's",
    covers: ["start-response/never-called", "start-response/late"],
    check: lostStart,
  },
  {
    id: "middleware/exc-info-lost",
    severity: "error",
    blame: "middleware",
    profile: "core",
    spec: "middleware-exc-info",
    title: "The middleware must pass on the excInfo of the inner application",
    why: "Without it the server takes the call for a second response.",
    hint:
      "Take three arguments and pass three: startResponse(status, headers, excInfo)",
    covers: ["start-response/called-twice"],
    check: ({ event, inner, args }) =>
      event === "start" && inner.passesExcInfo && !hasExcInfo(args)
        ? "a call without it"
        : undefined,
  },
  {
    id: "middleware/headers-changed",
    severity: "warning",
    blame: "middleware",
    profile: "core",
    spec: "middleware-header-array",
    title:
      "The middleware should not change the header array that it was given",
    why: "The application may send the same array with every response.",
    hint: "Pass on an array of your own: [...headers, [name, value]]",
    check: ({ event, outer, inner }) =>
      event === "started" && inner.headersChanged && !outer.headersChanged
        ? "different headers in it after startResponse returned"
        : undefined,
  },
  {
    id: "middleware/set-cookie",
    severity: "warning",
    blame: "middleware",
    profile: "core",
    spec: "middleware-set-cookie",
    title: "The middleware should pass on every Set-Cookie",
    why: "The client loses the cookie.",
    hint:
      "Pass on all headers that you do not replace: [...headers, [name, value]]; if you remove cookies on purpose, switch this warning off",
    check: lostCookie,
  },
  {
    id: "middleware/path",
    severity: "warning",
    blame: "middleware",
    profile: "paranoid",
    spec: "middleware-path",
    title:
      "The middleware should not change SCRIPT_NAME and PATH_INFO taken together",
    why: "Applications build links from the two.",
    hint: "Move the same text from PATH_INFO to SCRIPT_NAME",
    check: ({ event, outer, inner }) => {
      if (event !== "call") return undefined;
      const [outerScript, outerPath] = pathOf(outer);
      const [script, path] = pathOf(inner);
      // One of them alone is changed by a rewrite, or by a known prefix.
      if (script === outerScript || path === outerPath) return undefined;
      return script + path === outerScript + outerPath
        ? undefined
        : `${quote(script + path)} where it was ${
          quote(outerScript + outerPath)
        }`;
    },
  },
  {
    id: "middleware/write",
    severity: "error",
    blame: "middleware",
    profile: "core",
    spec: "middleware-write",
    title:
      "The middleware must not pass chunks of the inner body to write() of its server",
    why: "The server can no longer pause the body for a slow client.",
    hint: "Yield them from a body of your own",
    covers: ["middleware/drained"],
    check: ({ event, inner, args: [chunk] }) =>
      event === "write" && inner.written === 0 && isUint8Array(chunk) &&
        chunk.byteLength > 0 &&
        (chunk === inner.lastChunk || inner.array?.includes(chunk) === true)
        ? `${describe(chunk)} from the inner body`
        : undefined,
  },
];
