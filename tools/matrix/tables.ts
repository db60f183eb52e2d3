/**
 * The tables of the matrix, in Markdown.
 *
 * @module
 */

import { markdownTable } from "../format_markdown.ts";
import type {
  FrameworkResult,
  MatrixResult,
  Row,
  ServerResult,
} from "./part.ts";

/** The columns of the server table: grouped subjects of the kit. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  environ: ["environ", "target", "headers"],
  "bad requests": ["refused", "chunks"],
  input: ["input"],
  startResponse: ["start-response", "write"],
  response: ["response", "length", "bodiless"],
  body: ["body", "file-wrapper"],
  "close()": ["close"],
  errors: ["errors"],
  connections: ["connection"],
};

function versionsOf({ versions }: Row): string {
  return Object.entries(versions).map(([name, version]) => `${name} ${version}`)
    .join(", ");
}

function groupCell(
  { subjects }: ServerResult,
  group: readonly string[],
): string {
  const mine = subjects.filter(({ name }) => group.includes(name));
  const passed = mine.reduce((sum, one) => sum + one.passed, 0);
  const total = mine.reduce((sum, one) => sum + one.total, 0);
  return passed === total ? `${total}` : `${passed} of ${total}`;
}

function serverRow(server: ServerResult): string[] {
  if (server.missing !== undefined) {
    return [server.name, `not run: ${server.missing}`];
  }
  const cells = Object.values(GROUPS).map((group) => groupCell(server, group));
  const { deviations, failed } = server;
  return [
    server.name,
    ...cells,
    String(Object.keys(deviations).length),
    String(Object.keys(failed).length),
  ];
}

/** Returns the table of servers. */
export function serverTable(servers: readonly ServerResult[]): string {
  const head = ["server", ...Object.keys(GROUPS), "deviations", "failed"];
  return markdownTable([head, ...servers.map(serverRow)]);
}

/** Lists cases with their reasons, under the servers that share them. */
function byServers(
  servers: readonly ServerResult[],
  pick: (server: ServerResult) => Readonly<Record<string, string>>,
): string[] {
  const reasons = new Map<string, { ids: Set<string>; names: Set<string> }>();
  for (const server of servers) {
    for (const [id, reason] of Object.entries(pick(server))) {
      const entry = reasons.get(reason) ??
        { ids: new Set<string>(), names: new Set<string>() };
      reasons.set(reason, entry);
      entry.ids.add(`\`${id}\``);
      entry.names.add(server.name);
    }
  }
  const shared = Map.groupBy(
    reasons,
    ([, { names }]) => [...names].join("; "),
  );
  return [...shared].flatMap(([names, entries]) => [
    `${names}:\n`,
    ...entries.map(([reason, { ids }]) =>
      `- ${[...ids].join(", ")}: ${reason}.`
    ),
    "",
  ]);
}

/** Lists the deviations of servers, each with its reason. */
export function deviationList(servers: readonly ServerResult[]): string {
  return byServers(servers, ({ deviations }) => deviations).join("\n");
}

/** Lists the failures; empty if there are none. */
export function failureList({ servers, frameworks }: MatrixResult): string {
  const ofFrameworks = frameworks.flatMap(({ name, failed }) =>
    Object.entries(failed).map(([exercise, message]) =>
      `- ${name}, ${exercise}: ${message}`
    )
  );
  return [...byServers(servers, ({ failed }) => failed), ...ofFrameworks]
    .join("\n");
}

function frameworkCell(framework: FrameworkResult, exercise: string): string {
  if (!framework.exercised.includes(exercise)) return "";
  return exercise in framework.failed ? "fails" : "yes";
}

/** Returns the table of frameworks: a row for each exercise. */
export function frameworkTable(frameworks: readonly FrameworkResult[]): string {
  const run = frameworks.filter(({ missing }) => missing === undefined);
  const exercises = new Set(run.flatMap(({ exercised }) => exercised));
  const rows = [...exercises].map((exercise) => [
    exercise,
    ...run.map((framework) => frameworkCell(framework, exercise)),
  ]);
  const missing = frameworks.flatMap(({ name, missing }) =>
    missing === undefined ? [] : [`\n${name} was not run: ${missing}.`]
  );
  return [
    markdownTable([["exercised", ...run.map(({ name }) => name)], ...rows]),
    ...missing,
  ].join("\n");
}

function knownList(frameworks: readonly FrameworkResult[]): string {
  return frameworks.flatMap(({ name, known }) =>
    Object.entries(known).map(([rule, reason]) =>
      `- ${name}, \`${rule}\`: ${reason}.`
    )
  ).join("\n");
}

function versionList({ servers, frameworks }: MatrixResult): string {
  return [...servers, ...frameworks]
    .filter(({ missing }) => missing === undefined)
    .map((row) => `- ${row.name}: ${versionsOf(row)}`).join("\n");
}

/** Creates the page `docs/servers.md`. */
export function createPage(result: MatrixResult): string {
  const failures = failureList(result);
  return `# Servers and frameworks

Written by \`deno task matrix\` on ${result.date}, in ${result.seconds} seconds.
It starts each server with the application of the
[conformance kit](conformance.md), and each framework on \`makeServer()\` with
the validator around it.

## Servers that run our applications

A single number means that all cases passed; “33 of 34” means that 33 passed. A deviation is a case that cannot pass because of the transport; all of them are listed below.

${serverTable(result.servers)}

### Deviations

${deviationList(result.servers)}

${failures === "" ? "" : `### Failures\n\n${failures}\n`}
## Frameworks on our server

Each exercise is a request, or several, over a socket.

${frameworkTable(result.frameworks)}

Rules that the frameworks themselves break:

${knownList(result.frameworks)}

## Versions

${versionList(result)}
`;
}
