/** Servers that are wrong at their limits. */

import type { BrokenServer } from "./server.ts";
import { serveWith } from "./server.ts";
import { before, type Wrong } from "./wrong_proxy.ts";

/** Limits that no other case reaches, except for the time. */
const LIMITS_OF_OURS = {
  maxTargetSize: 8_192,
  maxHeaderSize: 16_384,
  maxRequestBodySize: 1_500_000,
  headersTimeout: 1_000,
};

/** Creates a server with limits. */
function limited(
  name: string,
  wrong: () => Wrong,
  found: string,
): BrokenServer {
  return {
    name,
    start: (app) => {
      const { maxTargetSize: _, ...options } = LIMITS_OF_OURS;
      const server = serveWith(app, options);
      return before({ ...server, limits: LIMITS_OF_OURS }, wrong);
    },
    found,
  };
}

/** Sends one status in place of another. */
function instead(wrong: number, right: number): () => Wrong {
  return () => ({
    received: (piece) =>
      piece.replace(`HTTP/1.1 ${right} `, `HTTP/1.1 ${wrong} `),
  });
}

/** The servers. */
export const LIMITS: readonly BrokenServer[] = [
  limited("answers 400 to a long target", instead(400, 414), "limits/target"),
  limited("answers 400 to a large head", instead(400, 431), "limits/head"),
  limited("answers 400 to a large body", instead(400, 413), "limits/body"),
  limited(
    "answers 500 to a slow client",
    instead(500, 408),
    "limits/slow-head",
  ),
  {
    name: "returns a body up to its limit, and then the end",
    start: (app) => {
      const { maxTargetSize: _, ...options } = LIMITS_OF_OURS;
      const server = serveWith((environ, startResponse) => {
        const input = environ["wsgi.input"];
        const read = input.read.bind(input);
        input.read = (size) =>
          read(size).catch((error) => {
            if (error.status !== 413) throw error;
            return new Uint8Array();
          });
        return app(environ, startResponse);
      }, options);
      return { ...server, limits: LIMITS_OF_OURS };
    },
    found: "limits/body-chunked",
  },
];
