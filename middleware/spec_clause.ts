/**
 * Reads the text of a requirement from SPEC.md, if it is part of the
 * installation.
 *
 * @module
 */

/**
 * Returns the text of a requirement.
 *
 * @param spec The requirement: `"SPEC.md#status-string"`.
 * @returns The text without markup; `undefined` if there is no SPEC.md, or if
 * reading it would prompt for a permission.
 */
export function clauseOf(spec: string): string | undefined {
  const { Deno } = globalThis as { Deno?: typeof globalThis.Deno };
  try {
    const { pathname, hash, protocol } = new URL(
      `../${spec}`,
      import.meta.url,
    );
    if (Deno === undefined || protocol !== "file:") return undefined;
    const path = decodeURIComponent(pathname);
    const { state } = Deno.permissions.querySync({ name: "read", path });
    if (state !== "granted") return undefined;
    const page = Deno.readTextFileSync(path);
    const start = page.indexOf(`<a id="${hash.slice(1)}"></a>`);
    if (start === -1) return undefined;
    const text = page.slice(start).split(/\n\n|\n- /)[0] ?? "";
    return text.replace(/^<a[^>]*><\/a>(?:\[\*\*[^\]]*\]\([^)]*\)\s*)?/, "")
      .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .replaceAll("`", "").replace(/\s+/g, " ").trim();
  } catch {
    return undefined;
  }
}
