/**
 * Cases about the variables for the request line, the server and the
 * connection.
 *
 * @module
 */

import { parseAddress } from "../../wsgi/ip_address.ts";
import { expect, expectEqual } from "../expect.ts";
import type { ServerCase } from "../server_case.ts";
import { environOf, reportEnviron } from "./environ_case.ts";
import { looking } from "./fixtures.ts";

const METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"];

/** The cases of this subject. */
export const ENVIRON_REQUEST_CASES: readonly ServerCase[] = [
  ...METHODS.map((method): ServerCase => ({
    id: `environ/method-${method.toLowerCase()}`,
    spec: "environ-request-method",
    title: `${method} reaches the application`,
    app: reportEnviron,
    run: async (client) => {
      const { REQUEST_METHOD } = await environOf(client, {
        method,
        body: method === "GET" ? undefined : "",
      });
      expectEqual(REQUEST_METHOD, method, "REQUEST_METHOD");
    },
  })),
  {
    id: "environ/method-unknown",
    spec: "environ-request-method",
    title: "An unknown method reaches the application",
    app: reportEnviron,
    run: async (client) => {
      const { REQUEST_METHOD } = await environOf(client, { method: "FROB-X" });
      expectEqual(REQUEST_METHOD, "FROB-X", "REQUEST_METHOD");
    },
  },
  {
    id: "environ/method-case",
    spec: "environ-request-method",
    title: "The letter case of a method is kept",
    app: reportEnviron,
    run: async (client) => {
      const { REQUEST_METHOD } = await environOf(client, { method: "get" });
      expectEqual(REQUEST_METHOD, "get", "REQUEST_METHOD");
    },
  },
  ...["HTTP/1.1", "HTTP/1.0"].map((version): ServerCase => ({
    id: `environ/protocol-${version.slice(-3)}`,
    spec: "environ-server-protocol-true",
    title: `SERVER_PROTOCOL is ${version} for a request in ${version}`,
    app: reportEnviron,
    run: async (client) => {
      const { SERVER_PROTOCOL } = await environOf(client, { version });
      expectEqual(SERVER_PROTOCOL, version, "SERVER_PROTOCOL");
    },
  })),
  {
    id: "environ/server-name",
    spec: "environ-server-name",
    title: "SERVER_NAME is a host and SERVER_PORT a port",
    app: reportEnviron,
    run: async (client) => {
      const { SERVER_NAME, SERVER_PORT } = await environOf(client);
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
    run: async (client) => {
      await client.ask();
      expectEqual(
        await client.waitFor("seen"),
        ["http", false],
        "scheme and HTTPS",
      );
    },
  },
  {
    id: "environ/scheme-not-from-target",
    spec: "server-forwarded",
    title:
      "The scheme of a target in absolute form does not change wsgi.url_scheme",
    app: looking((environ) => [environ["wsgi.url_scheme"], "HTTPS" in environ]),
    run: async (client) => {
      await client.ask({
        target: "https://example.test/",
        host: "example.test",
      });
      expectEqual(
        await client.waitFor("seen"),
        ["http", false],
        "scheme and HTTPS",
      );
    },
  },
  {
    id: "environ/scheme-not-from-headers",
    spec: "server-forwarded",
    title: "Forwarding headers do not change wsgi.url_scheme",
    app: looking((environ) => [environ["wsgi.url_scheme"], "HTTPS" in environ]),
    run: async (client) => {
      await client.ask({
        headers: ["X-Forwarded-Proto: https", "Forwarded: proto=https"],
      });
      expectEqual(
        await client.waitFor("seen"),
        ["http", false],
        "scheme and HTTPS",
      );
    },
  },
  {
    id: "environ/remote-form",
    spec: "environ-remote",
    title: "REMOTE_ADDR and REMOTE_PORT, if present, are an address and a port",
    app: reportEnviron,
    run: async (client) => {
      const { REMOTE_ADDR: address, REMOTE_PORT: port } = await environOf(
        client,
      );
      expect(
        address === undefined || parseAddress(address) !== undefined,
        `REMOTE_ADDR must be an IP address, got "${address}"`,
      );
      expect(
        port === undefined || /^[1-9][0-9]{0,4}$/.test(port),
        `REMOTE_PORT must be a port in digits, got "${port}"`,
      );
    },
  },
  {
    id: "environ/remote-addr",
    spec: "server-forwarded",
    title: "REMOTE_ADDR, if present, is not taken from X-Forwarded-For",
    app: reportEnviron,
    run: async (client) => {
      const { REMOTE_ADDR } = await environOf(client, {
        headers: ["X-Forwarded-For: 203.0.113.9", "Forwarded: for=203.0.113.9"],
      });
      expect(
        REMOTE_ADDR !== "203.0.113.9",
        "REMOTE_ADDR must be the peer's address, got the one in a header",
      );
    },
  },
];
