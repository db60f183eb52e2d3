/**
 * Decides from where a task loads `@std`. `deno.json` uses `jsr:@std/…`. In
 * networks that reach npm but not JSR, the import map `tools/npm_imports.json`
 * loads the same modules from the npm package `deno-std`. This program waits at
 * most one second for JSR. If JSR is reachable, it prints nothing, and the task
 * runs unchanged. Otherwise it prints the option that the task needs:
 *
 * | argument | printed if JSR is unreachable                             |
 * | -------- | --------------------------------------------------------- |
 * | none     | the import map                                            |
 * | `lint`   | an option that omits `no-slow-types`, which needs JSR     |
 * | `absent` | nothing; the exit code is 0 without JSR and 1 with it     |
 *
 * With `isolatedDeclarations`, `deno check` reports everything that
 * `no-slow-types` does. `JSR_URL` names another registry, as for Deno itself.
 * If `WSGIREF_STD` is `jsr` or `npm`, no request is sent, for work without a
 * network.
 *
 * @module
 */

const OPTIONS: Readonly<Record<string, string>> = {
  imports: "--import-map=tools/npm_imports.json",
  lint: "--rules-exclude=no-slow-types",
};

/**
 * Returns whether a registry responds with a package of JSR within a time
 * limit. Other pages, such as the login page of a hotel network, do not count.
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
  // Ends the process explicitly, because a pending DNS lookup would keep it
  // running longer.
  Deno.exit(subject === "absent" && jsr ? 1 : 0);
}
