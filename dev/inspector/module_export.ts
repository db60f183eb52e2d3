/**
 * Finds the application among the exports of a module, for a test.
 *
 * @module
 */

import { parseApplicationName } from "../../cli/load_application.ts";

/** An export that is an application. */
export interface ModuleExport {
  /** The specifier in the test, such as `"./app.ts"`. */
  readonly specifier: string;
  /** The name of the export. */
  readonly name: string;
  /** Whether it is a fetch handler, or an object that has one. */
  readonly isFetch: boolean;
}

/** The exports that the server tries, in its order. */
const NAMES = ["default", "application", "app"];

/** Removes comments and the content of strings from a program. */
function withoutComments(source: string): string {
  return source.replace(
    /\/\*.*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/gs,
    (found) => found.startsWith("/") ? " " : '""',
  );
}

function exportsName(source: string, name: string): boolean {
  if (name === "default") {
    return /\bexport\s+default\b|\bexport\s*\{[^}]*\bas\s+default\b/.test(
      source,
    );
  }
  const declared = new RegExp(
    `\\bexport\\s+(?:async\\s+)?(?:const|let|var|function\\s*\\*?)\\s*${name}\\b`,
  );
  const listed = new RegExp(
    `\\bexport\\s*\\{[^}]*(?:\\bas\\s+${name}\\b|\\b${name}\\s*[,}])`,
  );
  return declared.test(source) || listed.test(source);
}

/** Finds the expression that an export, or a variable, is set to. */
function valueOf(source: string, name: string): string {
  const pattern = name === "default"
    ? /\bexport\s+default\s+([^;]*)/
    : new RegExp(
      `\\b(?:const|let|var)\\s+${
        RegExp.escape(name)
      }\\b[^=;]*=(?![=>])\\s*([^;]*)`,
    );
  return pattern.exec(source)?.[1] ?? "";
}

/** Guesses whether an export of a program is a fetch handler. */
function looksLikeFetch(source: string, name: string, depth = 0): boolean {
  const value = valueOf(source, name);
  if (/^\{[^]*\bfetch\b|^new\s+(?:\w*Hono|H3|Elysia)\b/.test(value)) {
    return true;
  }
  const [variable = ""] = /^[\w$]+(?=\s*$)/.exec(value) ?? [];
  // In an incorrect program, variables may refer to each other.
  return variable !== "" && depth < 5 &&
    looksLikeFetch(source, variable, depth + 1);
}

/**
 * Finds the export of a module that is the application.
 *
 * @param module The module, as the command line names it: `"app.ts"`,
 * `"src/app.ts:name"`.
 * @param source Its text, if it could be read.
 * @returns The export. The specifier is for a test next to the module.
 */
export function findExport(
  module: string,
  source: string | undefined,
): ModuleExport {
  const { path, name: named } = parseApplicationName(module);
  const file = path.slice(
    Math.max(
      path.lastIndexOf("/"),
      path.lastIndexOf("\\"),
    ) + 1,
  );
  const program = withoutComments(source ?? "");
  const name = named ?? NAMES.find((name) => exportsName(program, name)) ??
    "default";
  const isFetch = looksLikeFetch(program, name);
  return { specifier: `./${file}`, name, isFetch };
}

/**
 * Writes the import of an application.
 *
 * @param module The export.
 * @returns The lines, and the expression that is the application.
 */
export function toImport(
  { specifier, name, isFetch }: ModuleExport,
): { imports: readonly string[]; application: string } {
  const from = JSON.stringify(specifier);
  const isApp = name === "default" || name === "app";
  const clause = name === "default"
    ? "app"
    : isApp
    ? "{ app }"
    : `{ ${name} as app }`;
  const line = `import ${clause} from ${from};`;
  return isFetch
    ? {
      imports: [
        'import { fromFetchHandler } from "@wsgi/ref/from-fetch";',
        line,
      ],
      application: "fromFetchHandler(app)",
    }
    : { imports: [line], application: "app" };
}
