/**
 * The recipes of `docs/deploy*.md`, as data.
 *
 * A section is a recipe. In it, a block whose first line is a comment with a
 * file name is that file, a `sh` block is a terminal, and a `console` block has
 * commands, each after `$`, with their output.
 */

/** A command, and its output. */
export interface Talk {
  readonly command: string;
  readonly output: string;
}

/** A section of the page. */
export interface Recipe {
  readonly title: string;
  /** The files, by their names. */
  readonly files: ReadonlyMap<string, string>;
  /** The commands of each terminal. */
  readonly terminals: readonly string[];
  readonly talks: readonly Talk[];
}

function readTalks(text: string): Talk[] {
  return text.split(/^\$ /m).slice(1).map((talk) => {
    const end = talk.indexOf("\n");
    return { command: talk.slice(0, end), output: talk.slice(end + 1) };
  });
}

function readSection(section: string): Recipe {
  const [title = ""] = section.split("\n", 1);
  const files = new Map<string, string>();
  const terminals: string[] = [];
  const talks: Talk[] = [];
  const blocks = section.matchAll(/^```(\S+).*\n([^]*?)^```$/gm);
  for (const [, language = "", text = ""] of blocks) {
    const name = /^\/\/ ([\w.]+\.\w+)\n/.exec(text)?.[1];
    if (name !== undefined) files.set(name, text);
    else if (language === "sh") terminals.push(text);
    else if (language === "console") talks.push(...readTalks(text));
  }
  return { title, files, terminals, talks };
}

/** Reads the recipes of a page. */
export function readRecipes(page: string): Recipe[] {
  return page.split(/^## /m).slice(1).map(readSection);
}
