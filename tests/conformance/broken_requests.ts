/** Applications that misread what a client or a server may send. */

import { decodeUtf8 } from "../../mod.ts";
import {
  bytes,
  first,
  forever,
  type Loose,
  sound,
  TEXT,
} from "./sound_application.ts";

/** An application that makes a mistake while it reads the request body. */
function reading(wrong: (body: string) => unknown): Loose {
  return async (environ, startResponse) => {
    const { CONTENT_LENGTH: length = "0" } = environ;
    const body = await environ["wsgi.input"].read(Number(length));
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
    startResponse("200 OK", TEXT);
    let rest = environ.REQUEST_METHOD === "HEAD" ? [] : bytes("Hello\n");
    const read = (): Uint8Array => {
      const [chunk = new Uint8Array()] = rest;
      rest = [];
      return chunk;
    };
    return environ["wsgi.file_wrapper"]!({ read });
  },
  "needs a prototype of environ": first((environ) =>
    // deno-lint-ignore no-prototype-builtins -- that is the mistake
    environ.hasOwnProperty("HTTP_COOKIE")
  ),
  "treats every address as IPv4": first((environ) => {
    const parts = (environ.REMOTE_ADDR ?? "0.0.0.0").split(".");
    if (parts.length !== 4) throw new Error("no address");
  }),
  "treats every path as UTF-8": first((environ) => {
    const path = Uint8Array.from(
      environ.PATH_INFO,
      (unit) => unit.charCodeAt(0),
    );
    new TextDecoder("utf-8", { fatal: true }).decode(path);
  }),
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
    startResponse("200 OK", [...TEXT, ["X-Path", environ.PATH_INFO]]);
    return environ.REQUEST_METHOD === "HEAD" ? [] : bytes("Hello\n");
  },
  "counts characters for Content-Length": (environ, startResponse) => {
    const text = decodeUtf8(environ.PATH_INFO);
    const length = String(text.length);
    startResponse("200 OK", [...TEXT, ["Content-Length", length]]);
    return environ.REQUEST_METHOD === "HEAD" ? [] : bytes(text);
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
  "requires CONTENT_LENGTH": async (environ, startResponse) => {
    if (environ.REQUEST_METHOD === "POST") {
      await environ["wsgi.input"].read(Number(environ.CONTENT_LENGTH));
    }
    return sound(environ, startResponse);
  },
  "trusts a Content-Type of JSON": async (environ, startResponse) => {
    if (environ.CONTENT_TYPE !== "application/json") {
      return sound(environ, startResponse);
    }
    const body = await environ["wsgi.input"].read(1_000_000);
    JSON.parse(new TextDecoder().decode(body));
    return sound(environ, startResponse);
  },
  "trusts every charset": first(({ CONTENT_TYPE: type = "" }) => {
    const charset = /charset=(.*)/.exec(type)?.[1];
    if (charset !== undefined) new TextDecoder(charset);
  }),
  "treats every form as UTF-8": reading((body) => decodeURIComponent(body)),
  "waits for a body that the client does not send": async (
    environ,
    startResponse,
  ) => {
    try {
      await environ["wsgi.input"].read(10_000_000);
    } catch {
      await forever();
    }
    return sound(environ, startResponse);
  },
  "assumes that it is not mounted": first((environ) => {
    if (environ.SCRIPT_NAME !== "") throw new Error("mounted");
  }),
  "cannot accept a large body": reading((body) => {
    if (body.length > 100_000) throw new Error("too large");
  }),
  "fails on a GET with a body": first((environ) => {
    if (environ.REQUEST_METHOD === "GET" && environ.CONTENT_LENGTH) {
      throw new Error("a body");
    }
  }),
  "assumes that it is not behind TLS": first((environ) => {
    if (environ.HTTPS !== undefined) throw new Error("TLS");
  }),
  "copies the environ as strings": first((environ) => {
    for (const key of Object.keys(environ)) String(environ[key]).trim();
    for (const key of Object.keys(environ)) {
      if (!key.startsWith("wsgi")) (environ[key] as string).trim();
    }
  }),
};
