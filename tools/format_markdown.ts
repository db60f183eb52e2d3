/**
 * Formats generated Markdown like handwritten Markdown.
 *
 * @module
 */

/**
 * Formats Markdown as `deno fmt` does.
 *
 * @param markdown The text.
 * @returns The text, formatted.
 */
export async function formatMarkdown(markdown: string): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--ext=md", "-"],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const output = child.output();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(markdown));
  await writer.close();
  const { success, stdout } = await output;
  if (!success) throw new Error("Cannot format the page: deno fmt failed");
  return new TextDecoder().decode(stdout);
}

/** Returns a table with rows of cells. The first row is its header. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows.map((cells) =>
    cells.map((cell) => cell.replaceAll("|", "\\|"))
  );
  return [head, head.map(() => "---"), ...body]
    .map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/**
 * Replaces the text between two marks, `<!-- name -->` and `<!-- end name -->`.
 *
 * @param page The page.
 * @param name The name of the marks.
 * @param content The new text.
 * @returns The changed page.
 */
export function replaceMarked(
  page: string,
  name: string,
  content: string,
): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- end ${name} -->`];
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from === -1 || to < from) {
    throw new Error(`Cannot write the page: it must have ${begin} and ${end}`);
  }
  return `${page.slice(0, from)}${begin}\n\n${content}\n\n${page.slice(to)}`;
}
