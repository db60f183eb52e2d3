/**
 * Creates a case from a request and its expected variables.
 *
 * @module
 */

import type { Application } from "../../wsgi/types.ts";
import { CaseFailure, expectEqual } from "../expect.ts";
import type {
  CaseClient,
  Probe,
  RequestParts,
  ServerCase,
} from "../server_case.ts";
import { bytes, text } from "./fixtures.ts";

/** Reports the variables that are strings, and responds with `ok`. */
export function reportEnviron(probe: Probe): Application {
  return (environ, startResponse) => {
    const strings = Object.entries(environ).filter(([, value]) =>
      typeof value === "string"
    );
    probe.report("environ", Object.fromEntries(strings));
    startResponse("200 OK", text());
    return [bytes("ok")];
  };
}

/** Sends a request to an application that reports its environ. */
export async function environOf(
  client: CaseClient,
  parts: RequestParts = {},
): Promise<Record<string, string>> {
  const { head } = await client.ask(parts);
  if (head.status !== 200) {
    throw new CaseFailure(
      `the request must reach the application, got "${head.line}"`,
    );
  }
  return await client.waitFor("environ") as Record<string, string>;
}

/** A request, and the expected variables; `undefined` for absent ones. */
export interface EnvironRequest {
  readonly name: string;
  readonly spec: string;
  readonly title: string;
  readonly parts: RequestParts;
  readonly expected: Readonly<Record<string, string | undefined>>;
}

/** Creates the case of a request. */
export function environCase(
  subject: string,
  request: EnvironRequest,
): ServerCase {
  const { name, spec, title, parts, expected } = request;
  return {
    id: `${subject}/${name}`,
    spec,
    title,
    app: reportEnviron,
    run: async (client) => {
      const environ = await environOf(client, parts);
      for (const [key, value] of Object.entries(expected)) {
        expectEqual(environ[key], value, key);
      }
    },
  };
}
