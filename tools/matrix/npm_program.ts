/**
 * Programs from the npm registry that tests and the matrix need: bun, workerd,
 * typescript. They are installed once per user, outside the repository.
 *
 * @module
 */

const DEADLINE = 120_000;

/** The pending and finished installations of this process. */
const programs = new Map<string, Promise<string | undefined>>();

/** The folder that contains a folder for each package. */
function folderOf(pkg: string): string {
  const cache = Deno.env.get("XDG_CACHE_HOME");
  const root = cache !== undefined && cache !== ""
    ? `${cache}/wsgiref-npm`
    : `${Deno.env.get("TMPDIR") ?? "/tmp"}/wsgiref-npm-${Deno.uid() ?? 0}`;
  return `${root}/${pkg.replaceAll("/", "+")}`;
}

/** Installs a package. Returns whether it is available afterwards. */
async function install(pkg: string, folder: string): Promise<boolean> {
  // Two processes may install at the same time. Each uses its own folder, and
  // the first one wins.
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
 * Finds a program of an npm package. Installs the package first if it is
 * missing; this may take up to two minutes.
 *
 * @param pkg The package, optionally with a version: `"bun"`, `"typescript@6"`.
 * @param bin The name of the program.
 * @returns The path of the program; `undefined` if npm is missing or its
 * registry is unreachable. The modules of the package are in the parent folder
 * of the program's folder.
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
