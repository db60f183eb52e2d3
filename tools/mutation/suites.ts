/**
 * Which tests are to find the mutants of which files.
 *
 * @module
 */

/** Files and the tests that are to find their mutants. */
export interface Suite {
  readonly name: string;
  /** Files, and folders with all of their files, relative to the project. */
  readonly files: readonly string[];
  /** Files of tests, and folders of them. */
  readonly tests: readonly string[];
}

/** What the check is about: the rules, and the way of a response. */
export const SUITES: readonly Suite[] = [
  { name: "rules", files: ["validator"], tests: ["tests/validator"] },
  {
    name: "gateway",
    files: [
      "gateway/run_application.ts",
      "gateway/application_call.ts",
      "gateway/call_outcome.ts",
      "gateway/pump.ts",
      "gateway/body_reader.ts",
      "gateway/response_writer.ts",
      "gateway/response_head.ts",
    ],
    tests: ["tests/gateway", "tests/server"],
  },
];

/**
 * Lists the TypeScript files of a file or folder.
 *
 * @param root The folder of the project.
 * @param path A file or folder in it.
 * @returns Their paths in the project, in order.
 */
export async function filesOf(root: string, path: string): Promise<string[]> {
  if ((await Deno.stat(`${root}/${path}`)).isFile) return [path];
  const files: string[] = [];
  for await (const entry of Deno.readDir(`${root}/${path}`)) {
    const inside = `${path}/${entry.name}`;
    if (entry.isDirectory) files.push(...await filesOf(root, inside));
    else if (entry.name.endsWith(".ts")) files.push(inside);
  }
  return files.toSorted();
}

/** Lists the files of tests in files and folders. */
export async function testsOf(
  root: string,
  paths: readonly string[],
): Promise<string[]> {
  const files = await Promise.all(paths.map((path) => filesOf(root, path)));
  return files.flat().filter((file) => file.endsWith("_test.ts"));
}
