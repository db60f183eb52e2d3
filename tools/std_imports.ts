/**
 * Decides where a task gets `@std` from.
 *
 * `deno.json` names `jsr:@std/…`. Some networks reach npm but not JSR; there
 * the same modules come out of the npm package `deno-std`, by way of the import
 * map `tools/npm_imports.json`. This program looks for at most a second whether
 * JSR answers. If it does, nothing is printed and the task runs as it is
 * written. If not, the option that the task needs is printed:
 *
 * | argument | printed where JSR does not answer                         |
 * | -------- | --------------------------------------------------------- |
 * | none     | the import map                                            |
 * | `lint`   | leave out `no-slow-types`, which would ask JSR and wait   |
 * | `absent` | nothing; the exit code is 0 without JSR and 1 with it     |
 *
 * `isolatedDeclarations` makes `deno check` refuse all that `no-slow-types` does.
 * `JSR_URL` names another registry, as for Deno itself. `WSGIREF_STD` set to
 * `jsr` or `npm` answers without a request, for work without a network.
 *
 * @module
 */

const OPTIONS: Readonly<Record<string, string>> = {
  imports: "--import-map=tools/npm_imports.json",
  lint: "--rules-exclude=no-slow-types",
};

/**
 * Asks a registry for a package that JSR has, for some milliseconds at most. A
 * page such as the login page of a hotel network is not an answer.
 */
export async function jsrAnswers(
  registry: string,
  limit = 1000,
): Promise<boolean> {
  try {
    const base = registry.endsWith("/") ? registry : `${registry}/`;
    const response = await fetch(new URL("@std/assert/meta.json", base), {
      signal: AbortSignal.timeout(limit),
    });
    if (!response.ok) {
      await response.body?.cancel();
      return false;
    }
    const { scope, name } = await response.json();
    return scope === "std" && name === "assert";
  } catch {
    return false;
  }
}

if (import.meta.main) {
  const forced = Deno.env.get("WSGIREF_STD");
  const jsr = forced === "jsr" || forced !== "npm" &&
      await jsrAnswers(Deno.env.get("JSR_URL") ?? "https://jsr.io/");
  const [subject = "imports"] = Deno.args;
  const option = OPTIONS[subject];
  // deno-lint-ignore no-console
  if (!jsr && option !== undefined) console.log(option);
  // Not left to the event loop: a name that the resolver is still looking up
  // would hold it beyond the second.
  Deno.exit(subject === "absent" && jsr ? 1 : 0);
}
