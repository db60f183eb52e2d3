/**
 * Finds the modules that the application imports. It searches their text, which
 * also works if one of them cannot be loaded.
 *
 * @module
 */

/** Matches imports and exports with a specifier, and `import()` of a string. */
const IMPORT =
  /\b(?:import|export)\b[^"'`;()]*?\bfrom\s*(["'])([^"'\n]+)\1|\bimport\s*\(?\s*(["'])([^"'\n]+)\3/g;

const COMMENT = /\/\*[\s\S]*?\*\/|(^|[^:"'`\\])\/\/[^\n]*/g;

/** The maximum number of modules. */
const MAX_MODULES = 2_000;

/**
 * Finds the imports of a module.
 *
 * @param text The text of the module.
 * @returns The specifiers.
 */
export function findSpecifiers(text: string): string[] {
  const specifiers = new Set<string>();
  for (const match of text.replace(COMMENT, "$1").matchAll(IMPORT)) {
    specifiers.add(match[2] ?? match[4] ?? "");
  }
  return [...specifiers];
}

function resolve(specifier: string, base: string): string | undefined {
  try {
    if (/^(?:\.{0,2}\/|file:)/.test(specifier)) {
      return new URL(specifier, base).href;
    }
    // An import map may map it to a file.
    return import.meta.resolve(specifier);
  } catch {
    return undefined;
  }
}

async function readText(url: string): Promise<string> {
  try {
    return await Deno.readTextFile(new URL(url));
  } catch {
    // A missing file may still be created.
    return "";
  }
}

/**
 * Finds all modules that a module imports, directly or indirectly, and that are
 * files.
 *
 * @param entry The URL of the module.
 * @param isOwn Returns whether a URL belongs to this package, and is left out.
 * @returns The URLs, starting with the module itself. Some files may be missing.
 */
export async function findModules(
  entry: string,
  isOwn: (url: string) => boolean,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>([entry]);
  // The iteration includes URLs that are added during it.
  for (const url of found) {
    if (found.size > MAX_MODULES) break;
    if (!/\.[cm]?[jt]sx?$/.test(new URL(url).pathname)) continue;
    for (const specifier of findSpecifiers(await readText(url))) {
      const target = resolve(specifier, url);
      if (target === undefined || !target.startsWith("file:")) continue;
      if (target.includes("/node_modules/") || isOwn(target)) continue;
      const { href } = new URL(target);
      found.add(href.replace(/[?#].*$/, ""));
    }
  }
  return found;
}
