/**
 * Rules about the variables for the method, the server and the protocol.
 *
 * @module
 */

import { describe, quote } from "../../wsgi/describe.ts";
import { isToken } from "../../wsgi/http_syntax.ts";
import {
  isAddress,
  isAnyAddress,
  parseAddress,
  withoutBrackets,
} from "../../wsgi/ip_address.ts";
import { remember } from "../../wsgi/remember.ts";
import type { EnvironView } from "../views/environ_view.ts";
import type { Finding, Rule } from "./rule.ts";

const PROTOCOL = /^HTTP\/[0-9](?:\.[0-9])?$/;
const PORT = /^[0-9]{1,5}$/;

/** Characters that no host has: spaces, controls, and those that end it in a URL. */
const NOT_IN_HOST = /[\0-\x20\x7f@/?#\\]/;

function noHost(name: string): Finding {
  const got = quote(name);
  if (name.includes("://")) {
    return { got, hint: "An origin includes the scheme: use URL.hostname" };
  }
  if (name.startsWith("/")) {
    return { got, hint: 'Use "localhost" for a Unix socket' };
  }
  return name.includes("@")
    ? { got, hint: "Remove the user information: use URL.hostname" }
    : got;
}

/**
 * Finds the reason why a name is not a host. Letters beyond ASCII are accepted,
 * because a client can send them in a Host header.
 */
function serverName(name: unknown): Finding {
  if (typeof name !== "string") return undefined;
  if (NOT_IN_HOST.test(name)) return noHost(name);
  if (name === "") return '""';
  if (name.startsWith("[") && name.endsWith("]")) {
    const isHost = isKnownAddress(name.slice(1, -1)) ||
      /^\[v[0-9a-f]+\./i.test(name);
    return isHost ? undefined : quote(name);
  }
  const colon = name.indexOf(":");
  if (colon === -1) return undefined;
  const got = quote(name);
  return !name.startsWith("[") && name.indexOf(":", colon + 1) !== -1
    ? { got, hint: "Put an IPv6 address into brackets: `[${hostname}]`" }
    : { got, hint: "URL.host and Host include the port: use URL.hostname" };
}

function serverPort(port: unknown): Finding {
  if (port === undefined || port === null) return undefined;
  if (typeof port === "number") {
    return { got: describe(port), hint: "Convert it: String(addr.port)" };
  }
  if (typeof port !== "string") return describe(port);
  if (port === "") {
    return {
      got: '""',
      hint:
        'URL.port is "" for the default port of the scheme: use "80" or "443" then',
    };
  }
  if (!PORT.test(port)) return quote(port);
  const number = Number(port);
  return number >= 1 && number <= 65535 ? undefined : quote(port);
}

/** Whether a text is an IP address. The clients of a server often recur. */
const isKnownAddress = remember(isAddress);

/** Whether a host is a wildcard address. */
function isWildcard(host: string): boolean {
  // Other names do not begin with these characters.
  return /^(?:0|\[[0:])/.test(host) && isAnyAddress(withoutBrackets(host));
}

/** Finds the reason why a text is not the address of a client. */
function remoteAddress(address: unknown): Finding {
  if (
    typeof address !== "string" || address === "" || isKnownAddress(address)
  ) {
    return undefined;
  }
  const got = `REMOTE_ADDR ${quote(address)}`;
  if (parseAddress(address.replace(/:[0-9]*$/, "")) !== undefined) {
    return { got, hint: "Put the port into REMOTE_PORT" };
  }
  return address.startsWith("[")
    ? { got, hint: "Remove the brackets, and put a port into REMOTE_PORT" }
    : got;
}

function remotePort(port: unknown): Finding {
  return typeof port !== "string" || port === "" ||
      /^(?:0|[1-9][0-9]{0,4})$/.test(port) && Number(port) <= 65535
    ? undefined
    : {
      got: `REMOTE_PORT ${quote(port)}`,
      hint: "Set it to String(addr.port)",
    };
}

/** Rules about method, server and protocol. */
export const ENVIRON_SERVER_RULES: readonly Rule<EnvironView>[] = [
  {
    id: "environ/request-method",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "environ-request-method",
    title: 'REQUEST_METHOD must be a single token such as "GET"',
    why: "It is the first word of the request line.",
    hint: "Use request.method, or the first word of the request line",
    check: ({ values }) => {
      const method = values["REQUEST_METHOD"];
      return typeof method !== "string" || isToken(method)
        ? undefined
        : quote(method);
    },
  },
  {
    id: "environ/server-name",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "environ-server-name",
    title: "SERVER_NAME must be a host name or an address, without a port",
    why: "Applications build links from it if there is no HTTP_HOST.",
    hint: "Set it to the host that the server listens on",
    check: ({ values }) => serverName(values["SERVER_NAME"]),
  },
  {
    id: "environ/wildcard-address",
    severity: "warning",
    blame: "server",
    profile: "core",
    spec: "environ-server-name",
    title: "SERVER_NAME must be a host that a client can reach",
    why: "A link to a wildcard address leads nowhere.",
    hint: 'Set it to "localhost" if the server listens on all addresses',
    check: ({ values }) => {
      const name = values["SERVER_NAME"];
      if (typeof name !== "string" || !isWildcard(name)) return undefined;
      // A client on the same machine can reach it and has sent it as Host.
      const host = values["HTTP_HOST"];
      return typeof host === "string" && host.startsWith(name)
        ? undefined
        : quote(name);
    },
  },
  {
    id: "environ/server-port",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "environ-server-port",
    title: 'SERVER_PORT must be a string of digits, from "1" to "65535"',
    why: "Applications append it to the host, and every CGI variable is text.",
    hint: "Set it to String(addr.port)",
    check: ({ values }) => serverPort(values["SERVER_PORT"]),
  },
  {
    id: "environ/server-protocol",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "environ-server-protocol",
    title: 'SERVER_PROTOCOL must have the form "HTTP/1.1" or "HTTP/2"',
    why: "Applications read the version from it.",
    hint: 'If the transport does not know it, set it to "HTTP/1.1"',
    check: ({ values }) => {
      const protocol = values["SERVER_PROTOCOL"];
      return protocol === "HTTP/1.1" || typeof protocol !== "string" ||
          PROTOCOL.test(protocol)
        ? undefined
        : quote(protocol);
    },
  },
  {
    id: "environ/remote",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "environ-remote",
    title: "REMOTE_ADDR must be an IP address, and REMOTE_PORT its port",
    why:
      "Applications and middleware compare the address with addresses and networks that they trust.",
    hint: "Leave it out if the client has no IP address, as on a Unix socket",
    check: ({ values }) =>
      remoteAddress(values["REMOTE_ADDR"]) ?? remotePort(values["REMOTE_PORT"]),
  },
  {
    id: "environ/https",
    severity: "warning",
    blame: "server",
    profile: "core",
    spec: "environ-cgi-more",
    title: "The variable HTTPS should agree with wsgi.url_scheme",
    why:
      "Parts of a program would disagree on whether the connection is secure.",
    hint: 'Set HTTPS to "on" under TLS and leave it out otherwise',
    check: ({ values }) => {
      const https = values["HTTPS"];
      return (https === "on" || https === "1" || https === "yes") &&
          values["wsgi.url_scheme"] === "http"
        ? `${quote(https)} with the scheme "http"`
        : undefined;
    },
  },
];
