/**
 * Installs what the matrix needs from Debian.
 *
 * @module
 */

/** The packages of Debian. `.ci/run` installs them too. */
export const DEBIAN_PACKAGES: readonly string[] = [
  "apache2",
  "lighttpd",
  "nginx-light",
  "python3-django",
  "python3-flask",
  "python3-pyramid",
];

/** Far more than a package needs. */
const DEADLINE = 180_000;

async function run(program: string, args: readonly string[]): Promise<boolean> {
  try {
    const child = new Deno.Command(program, {
      args: [...args],
      // In runlevel 1 no package starts its service: nginx would take port 80.
      env: { DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const timer = setTimeout(() => child.kill("SIGKILL"), DEADLINE);
    const { success } = await child.status.finally(() => clearTimeout(timer));
    return success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * Installs the packages that are not there yet. What cannot be had is left out:
 * its rows say that it is missing.
 *
 * @param tell Takes lines about what happens.
 */
export async function installPackages(
  tell: (line: string) => void,
): Promise<void> {
  const missing: string[] = [];
  for (const name of DEBIAN_PACKAGES) {
    if (!await run("dpkg", ["-s", name])) missing.push(name);
  }
  if (missing.length === 0) return;
  const root = Deno.uid() === 0 ? ["env"] : ["sudo", "-nE"];
  const [program = "env", ...before] = root;
  const apt = (...args: string[]) =>
    run(program, [...before, "apt-get", "-q", ...args]);
  tell(`install ${missing.join(", ")}`);
  if (!await apt("update")) {
    tell("apt-get cannot update: going on without");
    return;
  }
  for (const name of missing) {
    if (await apt("install", "-y", "--no-install-recommends", name)) continue;
    tell(`go on without ${name}`);
  }
}
