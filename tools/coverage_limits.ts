/**
 * Tells how much of the package the tests reach, and fails if it is too little:
 * reads the lcov file that is named on the command line.
 *
 * `deno coverage --threshold` has one number for lines and branches. The limits
 * are lower for branches: each `??` and `?.` is one, and the guards against
 * what another runtime may do are not all reached under one.
 *
 * @module
 */

/** What has to be reached at least, in percent. */
export const LIMITS: Readonly<Coverage> = { lines: 95, branches: 90 };

/** The folders of the package. */
const FOLDERS = [
  "cli",
  "conformance",
  "gateway",
  "middleware",
  "server",
  "static_files",
  "test_client",
  "validator",
  "wsgi",
] as const;

/** How much is reached, in percent. */
export interface Coverage {
  readonly lines: number;
  readonly branches: number;
}

interface Share {
  hit: number;
  found: number;
}

/** What lcov says of one file, or of several. */
interface Counts {
  readonly lines: Share;
  readonly branches: Share;
}

function createCounts(): Counts {
  return { lines: { hit: 0, found: 0 }, branches: { hit: 0, found: 0 } };
}

function add(counts: Counts, [key, value]: readonly string[]): void {
  const number = Number(value);
  if (key === "LH") counts.lines.hit += number;
  if (key === "LF") counts.lines.found += number;
  if (key === "BRH") counts.branches.hit += number;
  if (key === "BRF") counts.branches.found += number;
}

function percent({ hit, found }: Share): number {
  return found === 0 ? 100 : hit / found * 100;
}

/**
 * Adds up an lcov file.
 *
 * @param lcov What is in it.
 * @param groupOf Which group a file belongs to; files of none do not count.
 * @returns What is reached of each group, by its name.
 */
export function readLcov(
  lcov: string,
  groupOf: (file: string) => string | undefined,
): Map<string, Coverage> {
  const groups = new Map<string, Counts>();
  let counts = createCounts();
  for (const line of lcov.split("\n")) {
    const colon = line.indexOf(":");
    const [key, value] = [line.slice(0, colon), line.slice(colon + 1)];
    if (key !== "SF") {
      add(counts, [key, value]);
      continue;
    }
    // What is in no group is counted too, and forgotten.
    const name = groupOf(value);
    counts = groups.get(name ?? "") ?? createCounts();
    if (name !== undefined) groups.set(name, counts);
  }
  return new Map(
    Array.from(groups, ([name, { lines, branches }]) => [
      name,
      { lines: percent(lines), branches: percent(branches) },
    ]),
  );
}

/** Says what falls short of the limits; `undefined` if nothing does. */
export function shortfall(
  coverage: Coverage,
  limits: Coverage = LIMITS,
): string | undefined {
  const short = (["lines", "branches"] as const)
    .filter((what) => coverage[what] < limits[what])
    .map((what) =>
      `${what} must be at ${limits[what]} % at least, got ${
        Math.floor(coverage[what] * 10) / 10
      } %`
    );
  return short.length === 0 ? undefined : short.join("; ");
}

function row(name: string, { lines, branches }: Coverage): string {
  return name.padEnd(32) +
    [lines, branches].map((share) => share.toFixed(1).padStart(10)).join("");
}

/** The folder of the package that a file is in. */
function folderOf(path: string, root: string): string | undefined {
  const [folder = "", file] = path.slice(root.length).split("/");
  const isOurs = path.startsWith(root) && file !== undefined;
  return isOurs ? FOLDERS.find((name) => name === folder) : undefined;
}

/** Whether a module has anything that runs: types alone are not in lcov. */
function hasCode(code: string): boolean {
  return /^(?:export )?(?:async )?(?:const|let|function|class)\b/m.test(code);
}

/** The modules with code that are in no line of an lcov file. */
function unloaded(lcov: string, root: string): string[] {
  const loaded = new Set(lcov.match(/^SF:.*$/gm));
  const files: string[] = [];
  const walk = (folder: string): void => {
    for (const { name, isDirectory } of Deno.readDirSync(root + folder)) {
      const file = `${folder}/${name}`;
      if (isDirectory) walk(file);
      else if (
        name.endsWith(".ts") && !loaded.has(`SF:${root}${file}`) &&
        hasCode(Deno.readTextFileSync(root + file))
      ) files.push(file);
    }
  };
  for (const folder of FOLDERS) walk(folder);
  return files;
}

function main(path: string | undefined): number {
  if (path === undefined) {
    throw new TypeError(
      "Cannot tell the coverage: the argument must be an lcov file, got none",
    );
  }
  const lcov = Deno.readTextFileSync(path);
  const root = decodeURIComponent(new URL("../", import.meta.url).pathname);
  const folders = readLcov(lcov, (file) => folderOf(file, root));
  const all = readLcov(lcov, (file) => folderOf(file, root) && "all");
  const lines = [`${"folder".padEnd(32)}   lines %branches %`];
  for (const [name, coverage] of [...folders].toSorted()) {
    lines.push(row(name, coverage));
  }
  const total = all.get("all") ?? { lines: 0, branches: 0 };
  lines.push(row("all", total));
  const short = shortfall(total);
  const missing = unloaded(lcov, root);
  for (const file of missing) lines.push(`No test loads ${file}`);
  if (short !== undefined) lines.push(`Too little is tested: ${short}`);
  // deno-lint-ignore no-console -- a program's output
  console.log(lines.join("\n"));
  return short === undefined && missing.length === 0 ? 0 : 1;
}

if (import.meta.main) Deno.exit(main(Deno.args[0]));
