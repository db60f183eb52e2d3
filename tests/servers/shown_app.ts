/**
 * The application that runs on other projects' servers. The header `X-App`
 * selects its behavior.
 */

import type { Application, ResponseBody } from "../../wsgi/types.ts";

const encoder = new TextEncoder();

const PLAIN = [["Content-Type", "text/plain"]] as const;

const ISOLATE = Math.random();

/** The applications, by the value of `X-App`. */
const APPS: Readonly<Record<string, Application>> = {
  /** The environ as JSON; its ByteStrings become text of the same characters. */
  show(environ, startResponse): ResponseBody {
    startResponse("200 OK", [["Content-Type", "application/json"]]);
    return [encoder.encode(JSON.stringify(environ))];
  },

  /** Sends the request body back. */
  async *echo(environ, startResponse): AsyncGenerator<Uint8Array, void> {
    startResponse("200 OK", PLAIN);
    for (;;) {
      const bytes = await environ["wsgi.input"].read(65_536);
      if (bytes.length === 0) return;
      yield bytes;
    }
  },

  headers(_environ, startResponse): ResponseBody {
    startResponse("404 Nowhere to be seen", [
      ...PLAIN,
      ["X-Latin", "caf\xe9"],
      ["Set-Cookie", "a=1"],
      ["Set-Cookie", "b=2"],
    ]);
    return [encoder.encode("none")];
  },

  /** Sends a body in parts, with its length. */
  *length(_environ, startResponse): Generator<Uint8Array, void> {
    startResponse("200 OK", [...PLAIN, ["Content-Length", "6"]]);
    yield encoder.encode("abc");
    yield encoder.encode("def");
  },

  /** Needs time to close once everything has been sent. */
  late(environ, startResponse): ResponseBody {
    startResponse("200 OK", [...PLAIN, ["Content-Length", "3"]]);
    return Object.assign([encoder.encode("abc")].values(), {
      async close(): Promise<void> {
        await new Promise((resolve) => setTimeout(resolve, 200));
        environ["wsgi.errors"].write("closed late\n");
      },
    });
  },

  /** Sends the name of its isolate. */
  isolate(environ, startResponse): ResponseBody {
    startResponse("200 OK", PLAIN);
    return [encoder.encode(`${ISOLATE} ${environ["wsgi.multiprocess"]}`)];
  },

  throws(): never {
    throw new Error("thrown by the application");
  },

  errors(environ, startResponse): ResponseBody {
    environ["wsgi.errors"].write("half ");
    environ["wsgi.errors"].write("a line, caf\u00e9\n");
    startResponse("200 OK", PLAIN);
    return [];
  },

  /** A file, by way of `wsgi.file_wrapper`. */
  file(environ, startResponse): ResponseBody {
    startResponse("200 OK", PLAIN);
    let left = 200_000;
    return environ["wsgi.file_wrapper"]!({
      read(size = left): Uint8Array {
        const block = new Uint8Array(Math.min(size, left)).fill(0x78);
        left -= block.length;
        return block;
      },
      close: (): void => environ["wsgi.errors"].write("file closed\n"),
    });
  },

  /** Never ends, and says so on `wsgi.errors` when it is closed. */
  endless(environ, startResponse): ResponseBody {
    startResponse("200 OK", PLAIN);
    const body = (async function* (): AsyncGenerator<Uint8Array, void> {
      for (;;) {
        yield new Uint8Array(65_536).fill(0x61);
        // Lets other requests of this process have a turn.
        await new Promise((resolve) => setTimeout(resolve));
      }
    })();
    return Object.assign(body, {
      close: (): void => environ["wsgi.errors"].write("endless closed\n"),
    });
  },

  /** Answers after the server has begun to check for a disconnected client. */
  async wait(_environ, startResponse): Promise<ResponseBody> {
    await new Promise((resolve) => setTimeout(resolve, 60));
    startResponse("200 OK", PLAIN);
    return [encoder.encode("waited")];
  },
};

/** Calls the application that `X-App` names; without it, shows the environ. */
export const app: Application = (environ, startResponse) => {
  const name = environ["HTTP_X_APP"] ?? "show";
  return (APPS[name] ?? APPS["show"]!)(environ, startResponse);
};
