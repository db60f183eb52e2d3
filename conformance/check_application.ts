/**
 * {@linkcode checkApplication}: runs the cases for applications.
 *
 * @module
 */

import { checkApplication as checkCallable } from "../gateway/run_application.ts";
import type { Application } from "../wsgi/types.ts";
import type { RuleSetting } from "../validator/rules/rule.ts";
import {
  CaseRunner,
  EscapedErrors,
  NOTHING_LEFT,
} from "./application/case_runner.ts";
import type { ApplicationCase } from "./application/client.ts";
import { LEAVING_CASES } from "./application/leaving.ts";
import { METHOD_CASES } from "./application/methods.ts";
import {
  type ApplicationCheckOptions,
  checkOptions,
  type OwnRequest,
} from "./application/options.ts";
import { REPEATED_CASES } from "./application/repeated.ts";
import { BODY_CASES } from "./application/request_bodies.ts";
import { HEADER_CASES } from "./application/request_headers.ts";
import { TARGET_CASES } from "./application/targets.ts";
import { VARIABLE_CASES } from "./application/variables.ts";
import { aboutSubject } from "./about.ts";
import { matcher } from "./check_options.ts";
import { type CaseReport, type Report, toReport } from "./report.ts";

export type { ApplicationCheckOptions, OwnRequest };

/** How long an application may be silent, in milliseconds. */
const DEFAULT_TIMEOUT_MS = 3000;

/** The cases for applications, in order. */
export const APPLICATION_CASES: readonly ApplicationCase[] = [
  ...METHOD_CASES,
  ...TARGET_CASES,
  ...HEADER_CASES,
  ...VARIABLE_CASES,
  ...BODY_CASES,
  ...REPEATED_CASES,
  ...LEAVING_CASES,
  NOTHING_LEFT,
];

/**
 * Elsewhere, the validator has to guess which side changed a chunk, and only
 * warns. The server of the kit never changes chunks.
 */
const STRICT: Readonly<Record<string, RuleSetting>> = {
  "chunk/changed": "error",
};

/** Creates a case from the user's own requests. */
function ownCase(requests: readonly OwnRequest[]): ApplicationCase {
  return {
    id: "application/own-requests",
    spec: "app-returns-body",
    title: "Your own requests get complete responses",
    isOnce: true,
    async run(client): Promise<void> {
      for (const { method, path, headers, body } of requests) {
        const bytes = typeof body === "string"
          ? new TextEncoder().encode(body)
          : body && new Uint8Array(body);
        const content = bytes && { body: { bytes } };
        await client.send({ method, target: path, headers, ...content });
      }
    },
  };
}

/**
 * Checks whether an application conforms to the specification: sends many
 * requests to it, under the validator in its strictest profile, from a server
 * that behaves in all the ways that are allowed.
 *
 * Methods, paths, queries, headers, variables and bodies are varied, clients
 * leave early, and requests repeat and overlap. A case fails if a rule is
 * broken, if the application throws, responds with 500, sends an incomplete
 * response, or is silent for too long. Warnings of the validator do not fail a
 * case; they are listed in its message, once for each rule. If a body does not
 * end, the client leaves.
 *
 * The check opens no sockets or files. It also sends POST, PUT, PATCH and
 * DELETE, so use data that you can afford to lose. An application that blocks
 * the thread, in an endless loop without `await`, cannot be stopped. During the
 * check, all unhandled rejections of the program are attributed to the
 * application, if the runtime reports them.
 *
 * SPEC.md, sections 4, 6 and 7.
 *
 * @param app The application. If it is middleware around another application, a
 * `validator()` between the two reveals more.
 * @param options The paths of the application, and the cases to run.
 * @returns The report. It has one result per case, for all paths together.
 * @throws {TypeError} If `app` is not a function or an option is wrong.
 * @throws {RangeError} If the timeout is out of range.
 *
 * @example Usage
 * ```ts
 * import { checkApplication } from "@wsgi/ref/conformance";
 * import { demoApp } from "@wsgi/ref";
 * import { assertEquals } from "@std/assert";
 *
 * const report = await checkApplication(demoApp, { paths: ["/", "/?a=1"] });
 * assertEquals(report.failed, 0);
 * ```
 */
export async function checkApplication(
  app: Application,
  options: ApplicationCheckOptions = {},
): Promise<Report> {
  checkCallable(app);
  checkOptions(options);
  const { paths = ["/"], requests = [], onCase } = options;
  const { profile = "paranoid", rules = {} } = options;
  const isChosen = matcher(options.cases);
  const own = requests.length > 0 ? [ownCase(requests)] : [];
  const chosen = [...own, ...APPLICATION_CASES].filter(({ id }) =>
    isChosen(id)
  );
  using escapes = new EscapedErrors();
  const runner = new CaseRunner(
    {
      app,
      timeout: options.timeout ?? DEFAULT_TIMEOUT_MS,
      environ: options.environ ?? {},
      profile,
      rules: profile === "paranoid" ? { ...STRICT, ...rules } : rules,
      answers: new Map(),
      long: new Set(),
    },
    paths,
    escapes,
  );
  const reports: CaseReport[] = [];
  const add = async (one: ApplicationCase): Promise<void> => {
    reports.push(await runner.run(one));
    onCase?.(reports.at(-1)!, reports.length, chosen.length);
  };
  for (const one of chosen) await add(one);
  // Late problems are always reported.
  if (runner.hasLate && !chosen.includes(NOTHING_LEFT)) {
    chosen.push(NOTHING_LEFT);
    await add(NOTHING_LEFT);
  }
  return toReport(reports, aboutSubject(app.name || "the application"));
}
