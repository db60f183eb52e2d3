/**
 * Reads source files for messages.
 *
 * @module
 */

interface Runtime {
  readonly Deno?: typeof globalThis.Deno;
  readonly process?: {
    getBuiltinModule?(
      name: string,
    ): { readFileSync(file: URL, encoding: "utf8"): string } | undefined;
  };
}

/**
 * Reads a local file if this does not prompt for a permission.
 *
 * @param file The URL of the file.
 * @returns Its text; `undefined` if it cannot be read.
 */
export function readQuietly(file: string): string | undefined {
  try {
    const url = new URL(file);
    if (url.protocol !== "file:") return undefined;
    const { Deno, process } = globalThis as Runtime;
    if (Deno === undefined) {
      return process?.getBuiltinModule?.("node:fs")?.readFileSync(url, "utf8");
    }
    const { state } = Deno.permissions.querySync({ name: "read", path: url });
    return state === "granted" ? Deno.readTextFileSync(url) : undefined;
  } catch {
    return undefined;
  }
}
