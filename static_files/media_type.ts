/**
 * Determines the media type of a file from its name.
 *
 * @module
 */

import { typeByExtension } from "@std/media-types";
import { extname } from "@std/path";

/** The media type of a file, and its encoding. */
export interface MediaType {
  /** The media type, without parameters: `"text/plain"`. */
  readonly type: string;
  /**
   * The value of `Content-Encoding`, if the type describes the decoded content.
   */
  readonly encoding?: "gzip" | undefined;
}

/**
 * Extensions of text that people read: source code, configuration, notes. The
 * registered types of some of them belong to other formats (`.ts`, `.rs`) or
 * make a browser save the file (`.sh`, `.toml`).
 */
const TEXT = new Set(
  [
    "adoc asciidoc astro bash bat bib c cc cfg clj cljs cmake cmd conf cpp cs",
    "csh cts cxx d dart diff editorconfig el elm env erb erl ex exs f90 fish fs",
    "fsx go gql gradle graphql groovy h hcl hh hpp hs hxx ini ipp j2 java jinja",
    "jl jsonc ksh kt kts less lisp lock log lua m mk ml mli mm mts mustache nim",
    "nix org pas patch php phtml pl pm po properties proto ps1 py pyi pyw r",
    "rb rkt rs rst sass scala scm scss sh sql styl svelte swift tcl tex text tf",
    "thrift tmpl toml tpl ts tsx txt vb vue wat wsgi zig zsh",
  ].join(" ").split(" "),
);

/** Types that are missing from `@std/media-types`, or differ there. */
const TYPES: Readonly<Record<string, string>> = {
  cjs: "text/javascript",
  gz: "application/gzip",
  jsonl: "application/jsonl",
  jsx: "text/jsx",
  md: "text/markdown",
  ndjson: "application/x-ndjson",
  tbz: "application/x-bzip2",
  tbz2: "application/x-bzip2",
  tgz: "application/gzip",
  txz: "application/x-xz",
  tzst: "application/zstd",
  yaml: "text/yaml",
  yml: "text/yaml",
  z: "application/x-compress",
  zst: "application/zstd",
};

/** Names of text files without an extension. */
const TEXT_NAME = new RegExp(
  "^(?:authors|change(?:log|s)|codeowners|contribut(?:ing|ors)|copy(?:ing|right)" +
    "|credits|history|install|(?:un)?licen[cs]e|maintainers|manifest|news|notice" +
    "|patents|readme|security|thanks|todo|version" +
    "|(?:gnu)?makefile|(?:brew|caddy|container|docker|gem|jenkins|just|pip|proc" +
    "|rake|vagrant)file" +
    "|\\.(?:bash_?\\w*|docker|editor|env|git|ht|npm|nvm|profile|python|ruby|vim" +
    "|zsh)[\\w.-]*)(?:-[\\w.-]+)?$",
  "i",
);

/**
 * Returns the media type of a file. A compressed file has its own type, such as
 * `application/gzip`. With a `Content-Encoding`, a browser would decompress
 * `a.tar.gz` and save it under the wrong name. Only `.svgz` has an encoding,
 * because browsers could not show it otherwise.
 *
 * RFC 9110 sections 8.3 and 8.4.
 *
 * @param name The name of the file.
 * @returns The type; `application/octet-stream` if the name does not determine
 * one.
 */
export function mediaTypeOf(name: string): MediaType {
  const extension = extname(name).slice(1).toLowerCase();
  if (extension === "svgz") return { type: "image/svg+xml", encoding: "gzip" };
  if (TEXT.has(extension)) return { type: "text/plain" };
  const known = Object.hasOwn(TYPES, extension)
    ? TYPES[extension]
    : typeByExtension(extension);
  if (known !== undefined) return { type: known };
  return {
    type: TEXT_NAME.test(name) ? "text/plain" : "application/octet-stream",
  };
}
