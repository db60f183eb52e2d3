/** Servers that are wrong at their limits. */

import { type BrokenServer, serveWith } from "./server.ts";
import { before } from "./wrong_proxy.ts";

/** Limits that no other case reaches, except for the time. */
const LIMITS_OF_OURS = {
  maxTargetSize: 8_192,
  maxHeaderSize: 16_384,
  maxRequestBodySize: 1_500_000,
  headersTimeout: 1_000,
};

const { maxTargetSize: _, ...OPTIONS } = LIMITS_OF_OURS;

/** Creates a server that sends one status in place of another. */
function instead(
  name: string,
  wrong: number,
  right: number,
  found: string,
): BrokenServer {
  const received = (piece: string): string =>
    piece.replace(`HTTP/1.1 ${right} `, `HTTP/1.1 ${wrong} `);
  return {
    name,
    start: (app) => {
      const server = serveWith(app, OPTIONS);
      return before(
        { ...server, limits: LIMITS_OF_OURS },
        () => ({ received }),
      );
    },
    found,
  };
}

/** The servers. */
export const LIMITS: readonly BrokenServer[] = [
  instead("answers 400 to a long target", 400, 414, "limits/target"),
  instead("answers 400 to a large head", 400, 431, "limits/head"),
  instead("answers 400 to a large body", 400, 413, "limits/body"),
  instead("answers 500 to a slow client", 500, 408, "limits/slow-head"),
  {
    name: "returns a body up to its limit, and then the end",
    start: (app) => {
      const server = serveWith((environ, startResponse) => {
        const input = environ["wsgi.input"];
        const read = input.read.bind(input);
        input.read = (size) =>
          read(size).catch((error) => {
            if (error.status !== 413) throw error;
            return new Uint8Array();
          });
        return app(environ, startResponse);
      }, OPTIONS);
      return { ...server, limits: LIMITS_OF_OURS };
    },
    found: "limits/body-chunked",
  },
];
