import { StderrStream } from "../../../wsgi/error_stream.ts";
import {
  type FetchHandlerOptions,
  toFetchHandler,
} from "../../../gateway/fetch/fetch.ts";
import type { Application, HeaderTuple } from "../../../wsgi/types.ts";

/** The headers of a page that nobody looks at. */
export const TEXT: readonly HeaderTuple[] = [["Content-Type", "text/plain"]];

/** A response, and what went to `wsgi.errors` so far. */
export interface Run {
  response: Response;
  log: string[];
}

/** Runs an application for one request, in this process. */
export async function run(
  app: Application,
  init: RequestInit = {},
  options: FetchHandlerOptions = {},
): Promise<Run> {
  const log: string[] = [];
  const errors = new StderrStream((text) => void log.push(text));
  const handler = toFetchHandler(app, {
    ...options,
    environ: { "wsgi.errors": errors },
  });
  return { response: await handler(new Request("http://h/", init)), log };
}
