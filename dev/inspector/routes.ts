/**
 * The paths of the inspector.
 *
 * @module
 */

import type { Exposure } from "../access_guard.ts";

/** The destination of a path. */
export type Route =
  | { readonly name: "list" | "rules"; readonly exposure: "page" }
  | {
    readonly name: "request";
    readonly exposure: "page";
    readonly id: number;
  }
  | {
    readonly name: "rule";
    readonly exposure: "page";
    readonly rule: string;
  }
  | {
    readonly name: "asset";
    readonly exposure: "resource";
    readonly file: string;
  }
  | {
    readonly name:
      | "api-requests"
      | "api-state"
      | "api-rules"
      | "api-events";
    readonly exposure: "resource";
  }
  | {
    readonly name: "api-request" | "api-curl" | "api-test";
    readonly exposure: "resource";
    readonly id: number;
  }
  | {
    readonly name: "api-rule";
    readonly exposure: "resource";
    readonly rule: string;
  }
  | {
    readonly name: "replay";
    readonly exposure: "action";
    readonly id: number;
  }
  | { readonly name: "check"; readonly exposure: "action" }
  /** A path without its slash at the end. */
  | {
    readonly name: "redirect";
    readonly exposure: "page";
    readonly path: string;
  }
  | { readonly name: "none"; readonly exposure: Exposure };

const PAGES: Readonly<Record<string, Route>> = {
  "/": { name: "list", exposure: "page" },
  "/rules/": { name: "rules", exposure: "page" },
  "": { name: "redirect", exposure: "page", path: "/" },
  "/requests": { name: "redirect", exposure: "page", path: "/" },
  "/requests/": { name: "redirect", exposure: "page", path: "/" },
  "/rules": { name: "redirect", exposure: "page", path: "/rules/" },
  "/check": { name: "check", exposure: "action" },
  "/api/requests": { name: "api-requests", exposure: "resource" },
  "/api/state": { name: "api-state", exposure: "resource" },
  "/api/rules": { name: "api-rules", exposure: "resource" },
  "/api/events": { name: "api-events", exposure: "resource" },
};

const NONE: Route = { name: "none", exposure: "page" };

const REQUEST = /^(\/api)?\/requests\/([1-9][0-9]{0,14})(\/[a-z]+)?$/;
const RULE = /^(\/api)?\/rules\/([a-z0-9-]+\/[a-z0-9-]+)$/;
const ASSET = /^\/assets\/([a-z_]+\.[a-z]+)$/;

function requestRoute(
  isApi: boolean,
  id: number,
  action: string | undefined,
): Route {
  switch (`${isApi ? "/api" : ""}${action ?? ""}`) {
    case "":
      return { name: "request", exposure: "page", id };
    case "/replay":
      return { name: "replay", exposure: "action", id };
    case "/api":
      return { name: "api-request", exposure: "resource", id };
    case "/api/curl":
      return { name: "api-curl", exposure: "resource", id };
    case "/api/test":
      return { name: "api-test", exposure: "resource", id };
    default:
      return NONE;
  }
}

/**
 * Finds the destination of a path.
 *
 * @param path The path below the inspector's own, decoded.
 * @returns The destination.
 */
export function routeOf(path: string): Route {
  if (Object.hasOwn(PAGES, path)) return PAGES[path]!;
  const request = REQUEST.exec(path);
  if (request !== null) {
    const [, api, id, action] = request;
    return requestRoute(api !== undefined, Number(id), action);
  }
  const [, api, rule] = RULE.exec(path) ?? [];
  if (rule !== undefined) {
    return api === undefined
      ? { name: "rule", exposure: "page", rule }
      : { name: "api-rule", exposure: "resource", rule };
  }
  const [, file] = ASSET.exec(path) ?? [];
  return file === undefined
    ? NONE
    : { name: "asset", exposure: "resource", file };
}
