/** Servers that are wrong with the environ. */

import { toBytes } from "../../../wsgi/byte_string.ts";
import { type BrokenServer, environ } from "./server.ts";

/** A value that one request leaves for the next. */
const shared: Record<string, unknown> = {};

/** The servers. */
export const ENVIRON: readonly BrokenServer[] = [
  environ("decodes the path twice", (environ) => {
    environ.PATH_INFO = environ.PATH_INFO.replace(
      /%([0-9a-f]{2})/gi,
      (_, hex) => String.fromCharCode(parseInt(hex, 16)),
    );
  }, "target/path-decoded-once"),
  environ(
    "does not decode the path",
    (environ) => {
      environ.PATH_INFO = environ.REQUEST_URI?.split("?")[0] ?? "/";
    },
    `bodiless/connect connection/connect-* target/absolute-form
    target/path-backslash target/path-decoded target/path-decoded-once
    target/path-dots target/path-question-mark target/path-slash`,
  ),
  environ("decodes the path as UTF-8", (environ) => {
    environ.PATH_INFO = new TextDecoder().decode(toBytes(environ.PATH_INFO));
  }, "target/path-decoded target/request-uri"),
  environ("normalizes the path as URL does", (environ) => {
    const url = new URL(`http://h${environ.REQUEST_URI}`);
    environ.PATH_INFO = unescape(url.pathname);
  }, "target/asterisk-form target/path-backslash target/path-dots"),
  environ("joins slashes", (environ) => {
    environ.PATH_INFO = environ.PATH_INFO.replace(/\/\/+/g, "/");
  }, "target/path-double-slash"),
  environ("decodes the query", (environ) => {
    environ.QUERY_STRING = unescape(environ.QUERY_STRING ?? "");
  }, "target/path-question-mark target/query-raw"),
  environ(
    "keeps the ? in the query",
    (environ) => {
      if (environ.QUERY_STRING) {
        environ.QUERY_STRING = `?${environ.QUERY_STRING}`;
      }
    },
    `target/absolute-form target/long target/path-question-mark
    target/query-questions target/query-raw target/request-uri`,
  ),
  environ("omits an empty query", (environ) => {
    if (!environ.QUERY_STRING) Reflect.deleteProperty(environ, "QUERY_STRING");
  }, "target/query-empty target/root target/script-name"),
  environ(
    "sets the port to a number",
    (environ) => {
      environ.SERVER_PORT = Number(environ.SERVER_PORT) as unknown as string;
    },
    "environ/server-name",
    "environ/server-port",
  ),
  environ("keeps variables from one request to the next", (environ) => {
    // Copied when the application has finished with it.
    Object.assign(environ, shared);
    queueMicrotask(() => {
      if ("kit.left" in environ) shared["kit.left"] = environ["kit.left"];
    });
  }, "environ/fresh"),
  environ("writes methods in upper case", (environ) => {
    environ.REQUEST_METHOD = environ.REQUEST_METHOD.toUpperCase();
  }, "environ/method-case"),
  environ("joins cookies with a comma", (environ) => {
    const cookie = environ.HTTP_COOKIE;
    if (cookie) environ.HTTP_COOKIE = cookie.replaceAll("; ", ", ");
  }, "headers/cookies"),
  environ("keeps HTTP_CONTENT_TYPE", (environ) => {
    if (environ.CONTENT_TYPE) {
      environ["HTTP_CONTENT_TYPE"] = environ.CONTENT_TYPE;
    }
  }, "headers/content"),
  environ("lets headers set variables", (environ) => {
    for (const name of ["SCRIPT_NAME", "REMOTE_USER", "PATH_INFO"]) {
      const sent = environ[`HTTP_${name}`];
      if (sent !== undefined) environ[name] = sent;
    }
  }, "headers/own-variable"),
  environ("trusts X-Forwarded-Proto", (environ) => {
    if (environ["HTTP_X_FORWARDED_PROTO"] === "https") {
      environ["wsgi.url_scheme"] = "https";
    }
  }, "environ/scheme-not-from-headers"),
  environ("trusts X-Forwarded-For", (environ) => {
    const address = environ["HTTP_X_FORWARDED_FOR"];
    if (address) environ.REMOTE_ADDR = address;
  }, "environ/remote-addr"),
  environ("drops an empty Host", (environ) => {
    if (environ.HTTP_HOST === "") delete environ.HTTP_HOST;
  }, "headers/host-empty"),
  environ(
    "appends the port to REMOTE_ADDR",
    (environ) => {
      environ.REMOTE_ADDR += `:${environ.REMOTE_PORT}`;
    },
    "environ/remote-form",
    "environ/remote",
  ),
  environ("decodes header values as UTF-8", (environ) => {
    for (const [key, value] of Object.entries(environ)) {
      if (!key.startsWith("HTTP_") || typeof value !== "string") continue;
      environ[key] = new TextDecoder().decode(toBytes(value));
    }
  }, "headers/bytes"),
];
