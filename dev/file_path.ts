/**
 * Paths of files that stacks and import statements name.
 *
 * @module
 */

/**
 * Returns the path of a file.
 *
 * @param file Its `file:` URL, or its path. Deno writes some URLs into stacks
 * decoded, with spaces and `#` as they are.
 * @returns The path; what is no file is returned as it is.
 */
export function toFilePath(file: string): string {
  const path = file.replace(/^file:\/\/(?=\/)/, "")
    // A drive of Windows has a slash before it.
    .replace(/^\/(?=[A-Za-z]:)/, "");
  if (path === file || /[\s#?]/.test(path)) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
