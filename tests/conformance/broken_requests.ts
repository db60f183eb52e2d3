/** Applications that misread what a client or a server may send. */

import { decodeUtf8, type Environ, type HeaderTuple } from "../../mod.ts";
import { toBytes } from "../../wsgi/byte_string.ts";
import { fail } from "../gateway/recording_transport.ts";
import { first, forever, type Loose, only } from "./sound_application.ts";
import { onlyFor, sound, TEXT } from "./sound_application.ts";

/** An application that fails if a request is like this. */
function failsIf(is: (environ: Environ) => unknown): Loose {
  return first((environ) => is(environ) && fail());
}

/** An application that makes a mistake while it reads the request body. */
function reading(wrong: (body: string) => unknown, size?: number): Loose {
  return async (environ, startResponse) => {
    const { CONTENT_LENGTH: length = "0" } = environ;
    const body = await environ["wsgi.input"].read(size ?? Number(length));
    wrong(new TextDecoder().decode(body));
    return sound(environ, startResponse);
  };
}

/** The applications, each wrong in one way. */
export const MISREADING: Record<string, Loose> = {
  "needs QUERY_STRING": first((environ) => environ.QUERY_STRING.split("&")),
  "needs REMOTE_ADDR": first((environ) => environ.REMOTE_ADDR!.split(".")),
  "needs HTTP_HOST": first((environ) => environ.HTTP_HOST!.split(":")),
  "needs REQUEST_URI": first((environ) => environ.REQUEST_URI!.slice(1)),
  "needs SERVER_SOFTWARE": first((environ) =>
    environ.SERVER_SOFTWARE!.toLowerCase()
  ),
  "needs wsgiref.signal": first((environ) => environ["wsgiref.signal"]!()),
  "requires wsgi.file_wrapper": (environ, startResponse) => {
    const rest = sound(environ, startResponse);
    return environ["wsgi.file_wrapper"]!({ read: () => rest.shift() ?? null });
  },
  "needs a prototype of environ": first((environ) =>
    // deno-lint-ignore no-prototype-builtins -- that is the mistake
    environ.hasOwnProperty("HTTP_COOKIE")
  ),
  "treats every address as IPv4": failsIf(({ REMOTE_ADDR = "0.0.0.0" }) =>
    REMOTE_ADDR.split(".").length !== 4
  ),
  "treats every path as UTF-8": first((environ) =>
    new TextDecoder("utf-8", { fatal: true }).decode(toBytes(environ.PATH_INFO))
  ),
  "treats PATH_INFO as a part of a URL": first((environ) =>
    new URL(environ.PATH_INFO, "http://a/")
  ),
  "assumes that a path begins with a slash": first((environ) =>
    environ.PATH_INFO.match(/^\//)!.index
  ),
  "decodes paths a second time": first((environ) =>
    decodeURIComponent(environ.PATH_INFO)
  ),
  "sends the path in a header": (environ, startResponse) => {
    const headers: HeaderTuple[] = [...TEXT, ["X-Path", environ.PATH_INFO]];
    return sound(environ, startResponse, { headers });
  },
  "counts characters for Content-Length": (environ, startResponse) => {
    const text = decodeUtf8(environ.PATH_INFO);
    const length = String(text.length);
    const headers: HeaderTuple[] = [...TEXT, ["Content-Length", length]];
    return sound(environ, startResponse, { headers, text });
  },
  "decodes queries by hand": first(({ QUERY_STRING: query = "" }) =>
    query.split("&").map(decodeURIComponent)
  ),
  "decodes cookies by hand": first(({ HTTP_COOKIE: cookie = "" }) =>
    cookie.split(";").map(decodeURIComponent)
  ),
  "decodes credentials without a check": first(
    ({ HTTP_AUTHORIZATION: value = "" }) => {
      if (value.startsWith("Basic ")) atob(value.slice(6));
    },
  ),
  "assumes that If-Modified-Since is a date": first(
    ({ HTTP_IF_MODIFIED_SINCE: date }) => {
      if (date !== undefined) new Date(date).toISOString();
    },
  ),
  "requires CONTENT_LENGTH": onlyFor("POST", async (environ, startResponse) => {
    await environ["wsgi.input"].read(Number(environ.CONTENT_LENGTH));
    return sound(environ, startResponse);
  }),
  "trusts a Content-Type of JSON": only(
    (environ) => environ.CONTENT_TYPE === "application/json",
    reading(JSON.parse, 1_000_000),
  ),
  "trusts every charset": first(({ CONTENT_TYPE: type = "" }) => {
    const charset = /charset=(.*)/.exec(type)?.[1];
    if (charset !== undefined) new TextDecoder(charset);
  }),
  "treats every form as UTF-8": reading(decodeURIComponent),
  "waits for a body that the client does not send": async (
    environ,
    startResponse,
  ) => {
    await environ["wsgi.input"].read(10_000_000).catch(forever);
    return sound(environ, startResponse);
  },
  "assumes that it is not mounted": failsIf((environ) =>
    environ.SCRIPT_NAME !== ""
  ),
  "cannot accept a large body": reading((body) =>
    body.length > 100_000 && fail()
  ),
  "fails on a GET with a body": failsIf((environ) =>
    environ.REQUEST_METHOD === "GET" && environ.CONTENT_LENGTH
  ),
  "assumes that it is not behind TLS": failsIf((environ) => environ.HTTPS),
  "copies the environ as strings": first((environ) => {
    for (const key of Object.keys(environ)) String(environ[key]).trim();
    for (const key of Object.keys(environ)) {
      if (!key.startsWith("wsgi")) (environ[key] as string).trim();
    }
  }),
};
