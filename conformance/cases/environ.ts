/**
 * Cases about the environ as an object, and about the call of the application.
 *
 * @module
 */

import { expect, expectEqual } from "../expect.ts";
import type { ServerCase } from "../server_case.ts";
import { environOf, reportEnviron } from "./environ_case.ts";
import { bytes, looking, text } from "./fixtures.ts";

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

/** The runs whose signal was aborted in this process. */
const ABORTED = new Set<string>();

/** The cases of this subject. */
export const ENVIRON_CASES: readonly ServerCase[] = [
  {
    id: "environ/complete",
    spec: "environ-flags",
    title: "Every required variable is present",
    app: looking((environ) => ALWAYS.filter((key) => !(key in environ))),
    run: async (client) => {
      await client.ask();
      expectEqual(await client.waitFor("seen"), [], "the missing variables");
    },
  },
  {
    id: "environ/plain-object",
    spec: "environ-plain-object",
    title: "The environ is a plain object with ordinary properties",
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
    run: async (client) => {
      await client.ask();
      expectEqual(
        await client.waitFor("seen"),
        { plain: true, odd: [], added: true, deleted: true },
        "the properties of the environ",
      );
    },
  },
  {
    id: "environ/fresh",
    spec: "environ-fresh",
    title: "A change to the environ of one request does not show in the next",
    app: looking((environ) => {
      const left = "kit.left" in environ;
      environ["kit.left"] = "1";
      return left;
    }),
    run: async (client) => {
      await client.ask();
      await client.ask();
      expectEqual(await client.waitFor("seen", 2), false, "the second environ");
    },
  },
  {
    id: "environ/one-call",
    spec: "server-one-call",
    title:
      "The application is called once for each request, with two arguments",
    app: (probe) => (...args) => {
      probe.report("called", args.length);
      args[1]("200 OK", text());
      return [bytes("ok")];
    },
    run: async (client) => {
      await client.ask();
      await client.settle();
      expectEqual(await client.waitFor("called"), 2, "the number of arguments");
      expectEqual(client.events(), ["called"], "the calls");
    },
  },
  {
    id: "environ/no-content",
    spec: "environ-no-empty",
    title:
      "CONTENT_LENGTH and CONTENT_TYPE are absent if the headers were not sent",
    app: reportEnviron,
    run: async (client) => {
      const environ = await environOf(client);
      expect(
        !("CONTENT_TYPE" in environ) && !("CONTENT_LENGTH" in environ),
        "CONTENT_TYPE and CONTENT_LENGTH must be absent, got one",
      );
    },
  },
  {
    id: "environ/signal",
    spec: "ext-signal-success",
    title: "The signal, if present, does not abort after a complete response",
    app: (probe) => (environ, startResponse) => {
      const { HTTP_WSGI_CASE: mark = "", PATH_INFO } = environ;
      if (PATH_INFO === "/again") {
        probe.report("aborted until now", ABORTED.has(mark));
      } else {
        environ["wsgiref.signal"]?.().addEventListener("abort", () => {
          ABORTED.add(mark);
          probe.report("aborted");
        });
      }
      startResponse("200 OK", text());
      return [bytes("ok")];
    },
    run: async (client) => {
      const { body } = await client.ask();
      await client.settle();
      // A report of the first request may still be in transit from another
      // process, so the second request reports the state.
      await client.ask({ target: "/again" });
      const aborted = await client.waitFor("aborted until now");
      expectEqual(body, "ok", "the body");
      expect(
        aborted === false && !client.events().includes("aborted"),
        "the signal must not abort, but it did",
      );
    },
  },
];
