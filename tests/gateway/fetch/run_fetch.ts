import { StderrStream } from "../../../wsgi/error_stream.ts";
import {
  type FetchHandlerOptions,
  toFetchHandler,
} from "../../../gateway/fetch/fetch.ts";
import type { Application } from "../../../wsgi/types.ts";

/** A response, and the texts written to `wsgi.errors`. */
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
