/** Runs applications under runCgi() without a process. */

import { fromBytes, toBytes } from "../../../wsgi/byte_string.ts";
import { type CgiOptions, runCgi } from "../../../gateway/cgi/cgi.ts";
import type { Application } from "../../../wsgi/types.ts";
import type { LooseApplication } from "../recording_transport.ts";

/** The outcome of a CGI program, as a web server sees it. */
export interface CgiOutcome {
  /** All output, as a ByteString. */
  readonly output: string;
  readonly errors: string;
  /** How the output ended. */
  readonly end: "open" | "closed" | "aborted";
  /** How many bytes of the standard input were not read. */
  readonly unread: number;
}

/** A sink that collects its input as a ByteString. */
export class Sink {
  text = "";
  end: "open" | "closed" | "aborted" = "open";
  readonly stream: WritableStream<Uint8Array> = new WritableStream({
    write: (chunk) => void (this.text += fromBytes(chunk)),
    close: () => void (this.end = "closed"),
    abort: () => void (this.end = "aborted"),
  });
}

/** A standard input that counts the bytes that were not read. */
export function stdinOf(
  ...chunks: string[]
): { stream: ReadableStream<Uint8Array>; unread: () => number } {
  const left = [...chunks];
  const stream = new ReadableStream<Uint8Array>({
    pull(controller): void {
      const chunk = left.shift();
      if (chunk === undefined) controller.close();
      else controller.enqueue(toBytes(chunk));
    },
  }, { highWaterMark: 0 });
  return { stream, unread: () => left.join("").length };
}

/** The variables of the smallest request. */
export const GET: Readonly<Record<string, string>> = {
  REQUEST_METHOD: "GET",
  SCRIPT_NAME: "/cgi-bin/app",
  SERVER_NAME: "example.com",
  SERVER_PORT: "80",
  SERVER_PROTOCOL: "HTTP/1.1",
};

/** Runs an application for one request. */
export async function cgi(
  app: LooseApplication,
  env: Readonly<Record<string, string>> = {},
  input: readonly string[] = [],
  options: CgiOptions = {},
): Promise<CgiOutcome> {
  const [stdout, stderr] = [new Sink(), new Sink()];
  const stdin = stdinOf(...input);
  await runCgi(app as Application, {
    env: { ...GET, ...env },
    stdin: stdin.stream,
    stdout: stdout.stream,
    stderr: stderr.stream,
    ...options,
  });
  return {
    output: stdout.text,
    errors: stderr.text,
    end: stdout.end,
    unread: stdin.unread(),
  };
}
