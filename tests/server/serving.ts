import { StderrStream } from "../../wsgi/error_stream.ts";
import {
  makeServer,
  type ServerOptions,
  type WsgiServer,
} from "../../server/make_server.ts";
import type {
  Application,
  Environ,
  HeaderTuple,
  ResponseBody,
} from "../../wsgi/types.ts";
import { toBytes } from "../../wsgi/byte_string.ts";
import { RawClient, within } from "../raw_client.ts";

const read = (name: string): string =>
  Deno.readTextFileSync(new URL(`../testdata/${name}`, import.meta.url));

/** A certificate and its key, valid for localhost until the year 2126. */
export const TLS: { readonly cert: string; readonly key: string } = {
  cert: read("localhost_cert.pem"),
  key: read("localhost_key.pem"),
};

/** A server on a free port of this machine, and its log. */
export interface Serving extends AsyncDisposable {
  readonly server: WsgiServer;
  readonly port: number;
  /** The text sent to `wsgi.errors` so far. */
  readonly log: readonly string[];
}

/** Starts a server whose log a test can read. */
export function withLog<Options extends Pick<ServerOptions, "environ">>(
  start: (options: Options & { shutdownTimeout: number }) => WsgiServer,
  options: Options,
): Serving {
  const log: string[] = [];
  const errors = new StderrStream((text) => void log.push(text));
  const server = start({
    // A test that leaves a request behind fails instead of waiting.
    shutdownTimeout: 2000,
    ...options,
    environ: { "wsgi.errors": errors, ...options.environ },
  });
  const stop = () => server.shutdown();
  return { server, port: server.port, log, [Symbol.asyncDispose]: stop };
}

/** Creates a server that does not serve yet. */
export function listen(app: Application, options: ServerOptions = {}): Serving {
  const start = makeServer.bind(undefined, "127.0.0.1", 0, app);
  return withLog(start, { log: false, ...options });
}

/** Creates a server that serves until it is disposed of. */
export function serve(app: Application, options: ServerOptions = {}): Serving {
  const serving = listen(app, options);
  serving.server.serveForever();
  return serving;
}

/** A request without a body. */
export function get(target = "/"): string {
  return `GET ${target} HTTP/1.1\r\nHost: h\r\n\r\n`;
}

/** A request with a body, whose length may be larger than the body. */
export function post(body: string, length: number = body.length): string {
  return `POST / HTTP/1.1\r\nHost: h\r\nContent-Length: ${length}\r\n\r\n${body}`;
}

/** Connects and sends a request. */
export async function send(
  server: { readonly port: number },
  request: string | Uint8Array = get(),
): Promise<RawClient> {
  const client = await RawClient.connect(server);
  await client.send(request);
  return client;
}

/** Connects over TLS, or over TCP without a certificate. */
export function dial(
  { port }: { readonly port: number },
  { cert }: ServerOptions,
): Promise<Deno.Conn> {
  const address = { hostname: "127.0.0.1", port };
  return cert === undefined
    ? Deno.connect(address)
    : Deno.connectTls({ ...address, caCerts: [cert] });
}

/** An application that starts its response and then returns a body. */
export function answer(
  body: string | ((environ: Environ) => ResponseBody | Promise<ResponseBody>),
  status = "200 OK",
  headers: readonly HeaderTuple[] = [],
): Application {
  return (environ, startResponse) => {
    startResponse(status, headers);
    return typeof body === "string" ? [toBytes(body)] : body(environ);
  };
}

/** Answers with a short text. */
export const hello: Application = answer("hello");

/** Runs an application, and another one at `/next`. */
export function untilNext(
  app: Application,
  next: Application = hello,
): Application {
  return (environ, startResponse) =>
    (environ.PATH_INFO === "/next" ? next : app)(environ, startResponse);
}

/** Records the paths of an application's requests. */
export function recorded(
  app: Application = answer(({ PATH_INFO }) => [toBytes(PATH_INFO)]),
): { readonly app: Application; readonly paths: string[] } {
  const paths: string[] = [];
  const recording: Application = (environ, startResponse) => {
    paths.push(environ.PATH_INFO);
    return app(environ, startResponse);
  };
  return { app: recording, paths };
}

/** Reads the whole body of the request, and sends it back. */
export const echo: Application = async (environ, startResponse) => {
  const body = await environ["wsgi.input"].read();
  startResponse("200 OK", [["X-Length", String(body.length)]]);
  return [body];
};

/** Never returns. `called` gets the signal of the first call, if it is used. */
export function hanging(): {
  app: Application;
  called: Promise<AbortSignal>;
} {
  const { promise, resolve } = Promise.withResolvers<AbortSignal>();
  const app = untilNext(({ "wsgiref.signal": signal }) => {
    resolve(signal!());
    return never();
  });
  return { app, called: promise };
}

/** An application that the test lets run. */
export class Waiting {
  /** The number of calls. */
  calls = 0;
  readonly #called = Promise.withResolvers<void>();
  readonly #going = Promise.withResolvers<void>();
  readonly app: Application;

  constructor(app: Application = hello) {
    this.app = async (environ, startResponse) => {
      this.calls++;
      this.#called.resolve();
      await this.#going.promise;
      return await app(environ, startResponse);
    };
  }

  /** Waits for the first call. */
  async called(): Promise<void> {
    await within(this.#called.promise, "the application");
  }

  /** Lets all calls continue. */
  go(): void {
    this.#going.resolve();
  }
}

/** A promise that never settles. */
export function never(): Promise<never> {
  return new Promise(() => {});
}

/** Resolves when a signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) =>
    signal.addEventListener("abort", () => resolve(), { once: true })
  );
}

type Chunk = Uint8Array | undefined;

/** A body that records how it ends. */
export class WatchedBody {
  /** The calls to `return` and `close`, in their order. */
  readonly events: string[] = [];
  readonly #closed = Promise.withResolvers<void>();
  /** Resolves when the body is closed. */
  readonly closed: Promise<void> = this.#closed.promise;
  readonly body: ResponseBody;
  /** The number of calls to `next`. */
  calls = 0;

  /** @param next Returns each chunk, by its index; the end is `undefined`. */
  constructor(next: (index: number) => Chunk | Promise<Chunk>) {
    const iterator: AsyncIterator<Uint8Array, void> = {
      next: async () => {
        const value = await next(this.calls++);
        return value ? { value } : { done: true, value: undefined };
      },
      return: () => {
        this.events.push("return");
        return Promise.resolve({ done: true, value: undefined });
      },
    };
    this.body = {
      [Symbol.asyncIterator]: () => iterator,
      close: () => {
        this.events.push("close");
        this.#closed.resolve();
      },
    };
  }

  /** Starts a response with this body; at `/next`, with another one. */
  readonly app: Application = untilNext(answer(() => this.body), answer(""));
}
