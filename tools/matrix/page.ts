/**
 * The page `docs/servers.md`.
 *
 * @module
 */

import type { MatrixResult } from "./result.ts";
import {
  deviationList,
  failureList,
  frameworkTable,
  knownList,
  serverTable,
  versionList,
} from "./tables.ts";

/**
 * Makes the page.
 *
 * @param result The matrix.
 * @returns Markdown.
 */
export function createPage(result: MatrixResult): string {
  const failures = failureList(result);
  return `# Servers and frameworks

Written by \`deno task matrix\` on ${result.date}, in ${result.seconds} seconds.
It starts each server with the application of the
[conformance kit](conformance.md), and each framework on \`makeServer()\` with
the validator around it.

## Servers that run our applications

A number is how many cases there are where all of them passed, and otherwise how
many of how many. A deviation is a case that cannot pass because the transport
lacks something; all of them are below.

${serverTable(result.servers)}

### Deviations

${deviationList(result.servers)}

${failures === "" ? "" : `### What falls short\n\n${failures}\n`}
## Frameworks on our server

Each exercise is a request, or several, over a socket.

${frameworkTable(result.frameworks)}

What the frameworks do themselves against the validator's rules:

${knownList(result.frameworks)}

## Versions

${versionList(result)}
`;
}
