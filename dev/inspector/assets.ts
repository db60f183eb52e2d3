/**
 * The scripts, styles and images of the inspector.
 *
 * `assets.json` contains the files in `assets/`, because a package on JSR can
 * import JSON but not text. `deno task assets` writes it.
 *
 * @module
 */

import data from "./assets.json" with { type: "json" };

const FILES: Readonly<Record<string, string>> = data;

const TYPES: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
};

/** A file that a page loads. */
export interface Asset {
  readonly type: string;
  readonly content: string;
}

/**
 * Returns a file.
 *
 * @param name Its name, such as `"list.js"`.
 * @returns The file; `undefined` if it does not exist.
 */
export function assetOf(name: string): Asset | undefined {
  if (!Object.hasOwn(FILES, name)) return undefined;
  const extension = name.slice(name.lastIndexOf(".") + 1);
  return {
    type: TYPES[extension] ?? "application/octet-stream",
    content: FILES[name]!,
  };
}
