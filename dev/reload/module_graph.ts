/**
 * The modules of the application: its own and those that it imports, found in
 * their text, so that they are known also where one of them cannot be loaded.
 *
 * @module
 */

/** Imports and exports with a specifier, and `import()` of a string. */
const IMPORT =
  /\b(?:import|export)\b[^"'`;()]*?\bfrom\s*(["'])([^"'\n]+)\1|\bimport\s*\(?\s*(["'])([^"'\n]+)\3/g;

const COMMENT = /\/\*[\s\S]*?\*\/|(^|[^:"'`\\])\/\/[^\n]*/g;

/** More modules are not looked at. */
const MAX_MODULES = 2_000;

/**
 * Finds what a module imports.
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
    // An import map may lead to a file.
    return import.meta.resolve(specifier);
  } catch {
    return undefined;
  }
}

async function readText(url: string): Promise<string> {
  try {
    return await Deno.readTextFile(new URL(url));
  } catch {
    // A file that is missing is waited for.
    return "";
  }
}

/**
 * Finds the modules that a module needs and that are files.
 *
 * @param entry The URL of the module.
 * @param isOwn Whether a URL is one of a package that is not looked at.
 * @returns The URLs, that of the module itself first. Some may not exist.
 */
export async function findModules(
  entry: string,
  isOwn: (url: string) => boolean,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>([entry]);
  // A set is iterated in order, also over what is added meanwhile.
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
