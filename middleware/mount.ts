/**
 * Combines several applications into one, each under its own path.
 *
 * ```ts
 * import { mount } from "@wsgi/ref/mount";
 * import { type Application, demoApp } from "@wsgi/ref";
 * import { TestClient } from "@wsgi/ref/test-client";
 * import { assertEquals } from "@std/assert";
 *
 * const home: Application = (_environ, startResponse) => {
 *   startResponse("200 OK", [["Content-Type", "text/plain"]]);
 *   return [new TextEncoder().encode("Welcome\n")];
 * };
 * const client = new TestClient(mount({ "/": home, "/demo": demoApp }));
 * assertEquals((await client.get("/")).text(), "Welcome\n");
 * assertEquals((await client.get("/demo")).text().slice(0, 12), "Hello world!");
 * ```
 *
 * @module
 */

import { encodeUtf8 } from "../wsgi/byte_string.ts";
import { describe, quote } from "../wsgi/describe.ts";
import type { Application } from "../wsgi/types.ts";

type Mounted = readonly [prefix: string, app: Application];

const NOT_FOUND = "404 Not Found\n";

/** Returns what is wrong with a prefix; `undefined` if it is valid. */
function problemOf(prefix: string): string | undefined {
  if (!prefix.startsWith("/")) return 'must begin with "/"';
  if (prefix.endsWith("/")) return 'must not end with "/"';
  if (/[?#]/.test(prefix)) return "must be a path without a query or fragment";
  if (/%[0-9A-Fa-f]{2}/.test(prefix)) {
    return "must be written as text, without percent-encoding";
  }
  // Clients remove empty and dot segments before they send a path.
  return prefix.slice(1).split("/").some((part) => /^\.{0,2}$/.test(part))
    ? 'must not contain an empty segment, "." or ".."'
    : undefined;
}

function readMounts(apps: Readonly<Record<string, Application>>): Mounted[] {
  if (typeof apps !== "object" || apps === null) {
    throw new TypeError(
      `Cannot mount the applications: must be an object of prefixes and applications, got ${
        describe(apps)
      }`,
    );
  }
  const mounts = new Map<string, Application>();
  for (const [key, app] of Object.entries(apps)) {
    const prefix = key === "/" ? "" : key;
    const problem = prefix === "" ? undefined : problemOf(prefix);
    if (problem !== undefined) {
      throw new TypeError(
        `Cannot mount an application: its prefix ${problem}, got ${quote(key)}`,
      );
    }
    if (typeof app !== "function") {
      throw new TypeError(
        `Cannot mount ${quote(key)}: the application must be a function, got ${
          describe(app)
        }`,
      );
    }
    if (mounts.has(prefix)) {
      throw new TypeError(
        'Cannot mount the applications: "" and "/" mean the same prefix; remove one of them',
      );
    }
    mounts.set(prefix, app);
  }
  // The variables are ByteStrings, and the prefixes are text.
  return [...mounts].map(([prefix, app]): Mounted => [encodeUtf8(prefix), app])
    .toSorted(([a], [b]) => b.length - a.length);
}

/**
 * Combines several applications into one, which selects among them by the start
 * of the path.
 *
 * The longest prefix wins, and only whole segments match: `/shop` matches
 * `/shop` and `/shop/books`, but not `/shopping`. The prefix moves from the
 * start of `PATH_INFO` to the end of `SCRIPT_NAME`. Together they remain the
 * same path, and `applicationUri()` returns the URL of the mounted application.
 * `/` (or an empty string) matches all other paths and moves nothing. Without
 * it, these requests get a 404 response.
 *
 * Paths are compared exactly: case matters, and `//shop` does not start with
 * `/shop`. Therefore put an access check into the application that it protects,
 * rather than in front of the prefix.
 *
 * @param apps The applications by prefix. A prefix is text without
 * percent-encoding, such as `"/café"`. An application may itself come from
 * `mount()`. The object is copied.
 * @returns The application.
 * @throws {TypeError} If a prefix is not valid, or an application is not a
 * function.
 *
 * @example Usage
 * ```ts
 * import { mount } from "@wsgi/ref/mount";
 * import { type Application } from "@wsgi/ref";
 * import { TestClient } from "@wsgi/ref/test-client";
 * import { assertEquals } from "@std/assert";
 *
 * const where: Application = (environ, startResponse) => {
 *   startResponse("200 OK", [["Content-Type", "text/plain"]]);
 *   const { SCRIPT_NAME, PATH_INFO } = environ;
 *   return [new TextEncoder().encode(`${SCRIPT_NAME} + ${PATH_INFO}`)];
 * };
 * const client = new TestClient(mount({ "/shop": where }));
 * assertEquals((await client.get("/shop/books")).text(), "/shop + /books");
 * assertEquals((await client.get("/shopping")).status, 404);
 * ```
 */
export function mount(
  apps: Readonly<Record<string, Application>>,
): Application {
  const mounts = readMounts(apps);
  return (environ, startResponse) => {
    // A server may omit empty variables.
    const { SCRIPT_NAME = "", PATH_INFO: path = "" } = environ;
    for (const [prefix, app] of mounts) {
      const rest = path.slice(prefix.length);
      const matches = prefix === "" ||
        path.startsWith(prefix) && (rest === "" || rest.startsWith("/"));
      if (!matches) continue;
      if (prefix !== "") {
        environ.SCRIPT_NAME = SCRIPT_NAME + prefix;
        environ.PATH_INFO = rest;
      }
      return app(environ, startResponse);
    }
    startResponse("404 Not Found", [
      ["Content-Type", "text/plain; charset=utf-8"],
      ["Content-Length", String(NOT_FOUND.length)],
    ]);
    return [new TextEncoder().encode(NOT_FOUND)];
  };
}
