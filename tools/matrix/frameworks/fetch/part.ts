/**
 * A framework of fetch handlers on our server.
 *
 * @module
 */

import { StderrStream } from "../../../../wsgi/error_stream.ts";
import {
  type FetchFunction,
  type FetchModule,
  fromFetchHandler,
} from "../../../../gateway/from_fetch/from_fetch.ts";
import { makeServer, validator } from "../../../../mod.ts";
import type { FrameworkPart } from "../../part.ts";
import { EXERCISES } from "../../../../tests/frameworks/fetch/exercises.ts";
import { Happenings } from "../../../../tests/frameworks/fetch/happenings.ts";

/** What is known of a framework. */
export interface FetchFramework {
  /** Its name, such as `"Hono"`. */
  readonly name: string;
  /** Its package in npm with a range of versions: `"hono@^4"`. */
  readonly npm?: string;
  /** The file of its application, from the folder of this module. */
  readonly app: string;
}

/** A server that runs a framework. */
export interface RunningFetchFramework {
  /** Where it listens. */
  readonly url: URL;
  /** What the validator has found so far. */
  readonly findings: readonly string[];
  /** What went to `wsgi.errors`. */
  readonly log: readonly string[];
  /** Ends the server, and fails if a response was never closed. */
  stop(): Promise<void>;
}

/** A framework of fetch handlers for the matrix. */
export interface FetchPart extends FrameworkPart {
  /** As that of every framework, and its log can be seen. */
  start(): Promise<RunningFetchFramework>;
}

type CreateApp = (happenings: Happenings) => FetchFunction | FetchModule;

/** Imported only when it is needed: npm may not answer. */
async function load({ app }: FetchFramework): Promise<CreateApp> {
  const { href } = new URL(
    `../../../../tests/frameworks/fetch/${app}`,
    import.meta.url,
  );
  return (await import(href) as { createApp: CreateApp }).createApp;
}

async function findMissing(
  framework: FetchFramework,
): Promise<string | undefined> {
  try {
    await load(framework);
  } catch (error) {
    if (framework.npm === undefined) throw error;
    return `npm does not give ${framework.npm}: ${error}`.split("\n")[0]!;
  }
  return undefined;
}

/** The versions of the package and of what it needs. */
async function findVersions(npm: string): Promise<Record<string, string>> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", `npm:${npm}`],
    stdin: "null",
    stderr: "null",
  }).output();
  const { npmPackages } = JSON.parse(new TextDecoder().decode(stdout)) as {
    npmPackages: Record<string, { name: string; version: string }>;
  };
  return Object.fromEntries(
    Object.values(npmPackages).map(({ name, version }) => [name, version]),
  );
}

async function start(
  framework: FetchFramework,
): Promise<RunningFetchFramework> {
  const createApp = await load(framework);
  const findings: string[] = [];
  const log: string[] = [];
  const app = validator(fromFetchHandler(createApp(new Happenings())), {
    profile: "paranoid",
    throws: false,
    onViolation: ({ rule, message }) =>
      void findings.push(`${rule}: ${message}`),
  });
  const errors = new StderrStream((text) => void log.push(text));
  const server = makeServer("127.0.0.1", 0, app, {
    log: false,
    // A request that does not end shall be an error, not a wait.
    shutdownTimeout: 2000,
    environ: { "wsgi.errors": errors },
  });
  server.serveForever();
  return {
    url: new URL(server.url),
    findings,
    log,
    stop: async () => {
      await server.shutdown();
      app.assertFinished();
    },
  };
}

/**
 * Makes a part of the matrix of a framework.
 *
 * @param framework What is known of it.
 * @returns The part.
 */
export function fetchPart(framework: FetchFramework): FetchPart {
  const { name, npm } = framework;
  return {
    name,
    missing: () => findMissing(framework),
    versions: async () => npm === undefined ? {} : await findVersions(npm),
    start: () => start(framework),
    exercises: EXERCISES,
  };
}
