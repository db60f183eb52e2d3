/**
 * The imports between the files of this repository.
 *
 * They are read from the source, so that a message can give the imported names.
 */

const ROOT = new URL("../", import.meta.url);

/** An import, an export from, an `import()` or a URL of another file. */
export interface Import {
  /** The file that imports. */
  readonly from: string;
  /** The file that is imported. */
  readonly to: string;
  /** The names, as they are written. */
  readonly names: string;
}

/** `import … from "./a.ts"`, `export … from "./a.ts"` and `import "./a.ts"`. */
const STATIC =
  /^(?:import|export)\s+(?:([^;"']*?)\s+from\s+)?["'](\.{1,2}\/[^"']+)["']/gm;
/** `import("./a.ts")`, also in a type, and `new URL("./a.ts", …)`. */
const DYNAMIC =
  /\b(import|new URL)\(\s*["'](\.{1,2}\/[^"']+\.ts)["'](?:,\s*import\.meta\.url)?,?\s*\)/g;
const COMMENT = /^\s*(?:\*|\/\*|\/\/).*$/gm;

/** Finds the imports of other files of the repository in the source of one. */
export function importsIn(from: string, source: string): Import[] {
  const code = source.replace(COMMENT, "");
  const found = [...code.matchAll(STATIC), ...code.matchAll(DYNAMIC)];
  return found.map(([, names = "", specifier = ""]) => ({
    from,
    to: new URL(specifier, new URL(from, ROOT)).href.replace(ROOT.href, ""),
    names: names.replace(/\s+/g, " "),
  }));
}

/** Reads the imports of files. */
export async function readImports(files: readonly string[]): Promise<Import[]> {
  const imports = await Promise.all(
    files.map(async (file) =>
      importsIn(file, await Deno.readTextFile(new URL(file, ROOT)))
    ),
  );
  return imports.flat();
}

/** Finds a circle of files, if there is one. */
export function findCircle(imports: readonly Import[]): Import[] | undefined {
  let left = imports;
  // A file that imports no other remaining file is not part of a circle.
  for (let length = -1; length !== left.length;) {
    length = left.length;
    const importing = new Set(left.map(({ from }) => from));
    left = left.filter(({ to }) => importing.has(to));
  }
  const way: Import[] = [];
  for (let step = left[0]; step !== undefined;) {
    way.push(step);
    const { to } = step;
    const start = way.findIndex(({ from }) => from === to);
    if (start !== -1) return way.slice(start);
    step = left.find(({ from }) => from === to);
  }
}

/** Shows an import in a message. */
export function showImport({ from, to, names }: Import): string {
  return `${from} imports ${names || "all"} from ${to}`;
}
