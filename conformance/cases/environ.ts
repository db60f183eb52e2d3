/**
 * Cases about the environ and the request line.
 *
 * @module
 */

import type { Environ } from "../../gateway/types.ts";
import { expect, expectEqual } from "../expect.ts";
import type { Probe, ServerCase } from "../server_case.ts";
import { bytes, environOf, tellEnviron, text } from "./apps.ts";

/** The variables that every environ has. */
const ALWAYS = [
  "REQUEST_METHOD",
  "SERVER_NAME",
  "SERVER_PORT",
  "SERVER_PROTOCOL",
  "wsgi.version",
  "wsgi.url_scheme",
  "wsgi.input",
  "wsgi.errors",
  "wsgi.multithread",
  "wsgi.multiprocess",
  "wsgi.run_once",
];

/** Tells what a look at the environ brings, and answers. */
function looking(look: (environ: Environ) => unknown): ServerCase["app"] {
  return (probe: Probe) => (environ, startResponse) => {
    probe.tell("seen", look(environ));
    startResponse("200 OK", text());
    return [bytes("ok")];
  };
}

/** The runs of which a signal aborted in this process. */
const ABORTED = new Set<string>();

const METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"];

/** The cases of this subject. */
export const ENVIRON_CASES: readonly ServerCase[] = [
  {
    id: "environ/complete",
    spec: "environ-flags",
    title: "Every variable that is always there is there",
    app: looking((environ) => ALWAYS.filter((key) => !(key in environ))),
    run: async (talk) => {
      await talk.ask();
      expectEqual(await talk.told("seen"), [], "the missing variables");
    },
  },
  {
    id: "environ/plain-object",
    spec: "environ-plain-object",
    title: "The environ is a plain object with properties like any other",
    app: looking((environ) => {
      const prototype: unknown = Object.getPrototypeOf(environ);
      const descriptors = Object.entries(
        Object.getOwnPropertyDescriptors(environ),
      );
      environ["kit.added"] = "1";
      delete environ["HTTP_HOST"];
      return {
        plain: prototype === null || prototype === Object.prototype,
        odd: descriptors.filter(([, one]) =>
          !("value" in one && one.writable && one.enumerable &&
            one.configurable)
        ).map(([key]) => key),
        added: Object.keys(environ).includes("kit.added"),
        deleted: !("HTTP_HOST" in environ),
      };
    }),
    run: async (talk) => {
      await talk.ask();
      expectEqual(
        await talk.told("seen"),
        { plain: true, odd: [], added: true, deleted: true },
        "what the environ shows",
      );
    },
  },
  {
    id: "environ/fresh",
    spec: "environ-fresh",
    title: "What one request leaves in its environ, the next does not see",
    app: looking((environ) => {
      const left = "kit.left" in environ;
      environ["kit.left"] = "1";
      return left;
    }),
    run: async (talk) => {
      await talk.ask();
      await talk.ask();
      expectEqual(await talk.told("seen", 2), false, "the second environ");
    },
  },
  {
    id: "environ/one-call",
    spec: "server-one-call",
    title: "The application is called once for a request, with two arguments",
    app: (probe) => (...args) => {
      probe.tell("called", args.length);
      args[1]("200 OK", text());
      return [bytes("ok")];
    },
    run: async (talk) => {
      await talk.ask();
      await talk.settle();
      expectEqual(await talk.told("called"), 2, "the number of arguments");
      expectEqual(talk.events(), ["called"], "what was called");
    },
  },
  ...METHODS.map((method): ServerCase => ({
    id: `environ/method-${method.toLowerCase()}`,
    spec: "environ-request-method",
    title: `${method} reaches the application`,
    app: tellEnviron,
    run: async (talk) => {
      const { REQUEST_METHOD } = await environOf(talk, {
        method,
        body: method === "GET" ? undefined : "",
      });
      expectEqual(REQUEST_METHOD, method, "REQUEST_METHOD");
    },
  })),
  {
    id: "environ/method-unknown",
    spec: "environ-request-method",
    title: "A method that nobody knows reaches the application",
    app: tellEnviron,
    run: async (talk) => {
      const { REQUEST_METHOD } = await environOf(talk, { method: "FROB-X" });
      expectEqual(REQUEST_METHOD, "FROB-X", "REQUEST_METHOD");
    },
  },
  {
    id: "environ/method-case",
    spec: "environ-request-method",
    title: "The case of a method is kept",
    app: tellEnviron,
    run: async (talk) => {
      const { REQUEST_METHOD } = await environOf(talk, { method: "get" });
      expectEqual(REQUEST_METHOD, "get", "REQUEST_METHOD");
    },
  },
  ...["HTTP/1.1", "HTTP/1.0"].map((version): ServerCase => ({
    id: `environ/protocol-${version.slice(-3)}`,
    spec: "environ-server-protocol-true",
    title: `SERVER_PROTOCOL is ${version} for a request in ${version}`,
    app: tellEnviron,
    run: async (talk) => {
      const { SERVER_PROTOCOL } = await environOf(talk, { version });
      expectEqual(SERVER_PROTOCOL, version, "SERVER_PROTOCOL");
    },
  })),
  {
    id: "environ/server-name",
    spec: "environ-server-name",
    title: "SERVER_NAME and SERVER_PORT are a host and a port",
    app: tellEnviron,
    run: async (talk) => {
      const { SERVER_NAME, SERVER_PORT } = await environOf(talk);
      expect(
        /^[A-Za-z0-9._-]+$|^\[[0-9A-Fa-f:.]+\]$/.test(SERVER_NAME ?? ""),
        `SERVER_NAME must be a host without a port, got "${SERVER_NAME}"`,
      );
      expect(
        /^[1-9][0-9]{0,4}$/.test(SERVER_PORT ?? ""),
        `SERVER_PORT must be a port in digits, got "${SERVER_PORT}"`,
      );
    },
  },
  {
    id: "environ/url-scheme",
    spec: "environ-url-scheme",
    title: "wsgi.url_scheme is http on a plain connection, and HTTPS is absent",
    app: looking((environ) => [environ["wsgi.url_scheme"], "HTTPS" in environ]),
    run: async (talk) => {
      await talk.ask();
      expectEqual(await talk.told("seen"), ["http", false], "scheme and HTTPS");
    },
  },
  {
    id: "environ/scheme-not-from-target",
    spec: "server-forwarded",
    title: "The scheme of a target in absolute form changes nothing",
    app: looking((environ) => [environ["wsgi.url_scheme"], "HTTPS" in environ]),
    run: async (talk) => {
      await talk.ask({ target: "https://example.test/", host: "example.test" });
      expectEqual(await talk.told("seen"), ["http", false], "scheme and HTTPS");
    },
  },
  {
    id: "environ/scheme-not-from-headers",
    spec: "server-forwarded",
    title: "Forwarding headers change no scheme",
    app: looking((environ) => [environ["wsgi.url_scheme"], "HTTPS" in environ]),
    run: async (talk) => {
      await talk.ask({
        headers: ["X-Forwarded-Proto: https", "Forwarded: proto=https"],
      });
      expectEqual(await talk.told("seen"), ["http", false], "scheme and HTTPS");
    },
  },
  {
    id: "environ/remote-addr",
    spec: "server-forwarded",
    title: "REMOTE_ADDR, where present, is not taken from X-Forwarded-For",
    app: tellEnviron,
    run: async (talk) => {
      const { REMOTE_ADDR } = await environOf(talk, {
        headers: ["X-Forwarded-For: 203.0.113.9", "Forwarded: for=203.0.113.9"],
      });
      expect(
        REMOTE_ADDR !== "203.0.113.9",
        "REMOTE_ADDR must be the peer's address, got the one in a header",
      );
    },
  },
  {
    id: "environ/no-content",
    spec: "environ-no-empty",
    title: "CONTENT_LENGTH and CONTENT_TYPE are absent where none was sent",
    app: tellEnviron,
    run: async (talk) => {
      const environ = await environOf(talk);
      expect(
        !("CONTENT_TYPE" in environ) && !("CONTENT_LENGTH" in environ),
        "CONTENT_TYPE and CONTENT_LENGTH must be absent, got one",
      );
    },
  },
  {
    id: "environ/signal",
    spec: "ext-signal-success",
    title: "The signal, where there is one, does not abort after a success",
    app: (probe) => (environ, startResponse) => {
      const { HTTP_WSGI_CASE: mark = "", PATH_INFO } = environ;
      if (PATH_INFO === "/again") {
        probe.tell("aborted until now", ABORTED.has(mark));
      } else {
        environ["wsgiref.signal"]?.().addEventListener("abort", () => {
          ABORTED.add(mark);
          probe.tell("aborted");
        });
      }
      startResponse("200 OK", text());
      return [bytes("ok")];
    },
    run: async (talk) => {
      const { body } = await talk.ask();
      await talk.settle();
      // What the first request told from another process may still be on its
      // way, so the next one is asked.
      await talk.ask({ target: "/again" });
      const aborted = await talk.told("aborted until now");
      expectEqual(body, "ok", "the body");
      expect(
        aborted === false && !talk.events().includes("aborted"),
        "the signal must not abort, but it did",
      );
    },
  },
];
