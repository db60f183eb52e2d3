/**
 * Programs from the npm registry that tests and the matrix need: bun, workerd,
 * typescript. They are installed once for each user of the machine, outside of
 * the repository.
 *
 * @module
 */

const DEADLINE = 120_000;

/** What is being found or installed in this process. */
const programs = new Map<string, Promise<string | undefined>>();

/** Where packages are kept; one folder for each. */
function folderOf(pkg: string): string {
  const cache = Deno.env.get("XDG_CACHE_HOME");
  const root = cache !== undefined && cache !== ""
    ? `${cache}/wsgiref-npm`
    : `${Deno.env.get("TMPDIR") ?? "/tmp"}/wsgiref-npm-${Deno.uid() ?? 0}`;
  return `${root}/${pkg.replaceAll("/", "+")}`;
}

/** Installs a package; tells whether it is there afterwards. */
async function install(pkg: string, folder: string): Promise<boolean> {
  // Two processes may install at once: each does it for itself, and the one
  // that is done first wins.
  const own = `${folder}.${Deno.pid}`;
  await Deno.mkdir(own, { recursive: true });
  try {
    const child = new Deno.Command("npm", {
      args: ["install", "--prefix", own, "--no-audit", "--no-fund", pkg],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const timer = setTimeout(() => child.kill("SIGKILL"), DEADLINE);
    const { success } = await child.status.finally(() => clearTimeout(timer));
    if (!success) return false;
    await Deno.rename(own, folder).catch(() => {});
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  } finally {
    await Deno.remove(own, { recursive: true }).catch(() => {});
  }
}

async function find(pkg: string, bin: string): Promise<string | undefined> {
  const folder = folderOf(pkg);
  const path = `${folder}/node_modules/.bin/${bin}`;
  if (!await exists(path) && !await install(pkg, folder)) return undefined;
  return await exists(path) ? path : undefined;
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(({ isFile }) => isFile, () => false);
}

/**
 * Finds a program of an npm package, and installs the package if it is not
 * there yet. `npm` has two minutes for that.
 *
 * @param pkg The package, with a version if need be: `"bun"`,
 * `"typescript@6"`.
 * @param bin The name of the program.
 * @returns The path of the program; nothing if npm is missing or its registry
 * does not answer. The modules of the package are in the folder above that of
 * the program.
 */
export function npmProgram(
  pkg: string,
  bin: string = pkg.replace(/(?<=.)@.*/, "").replace(/^.*\//, ""),
): Promise<string | undefined> {
  const key = `${pkg} ${bin}`;
  const program = programs.get(key) ?? find(pkg, bin);
  programs.set(key, program);
  return program;
}
