/**
 * Syntax highlighting for short programs in JavaScript.
 *
 * @module
 */

import { type Html, markup } from "./html.ts";

const KEYWORDS =
  "async|await|break|case|catch|class|const|continue|default|delete|do|else|export|" +
  "extends|false|finally|for|from|function|if|import|in|instanceof|let|new|null|of|" +
  "return|static|super|switch|this|throw|true|try|typeof|undefined|var|void|while|yield";

/** Matches comments, strings, keywords and numbers. */
const TOKEN = new RegExp(
  [
    /(?<comment>\/\/[^\n]*|\/\*[^]*?\*\/)/.source,
    /(?<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\[^])*`)/
      .source,
    `(?<![\\w$.])(?<keyword>${KEYWORDS})(?![\\w$])`,
    /(?<![\w$])(?<number>\d[\d_]*(?:\.\d+)?|0x[\da-f]+)(?![\w$])/.source,
  ].join("|"),
  "g",
);

/**
 * Marks the tokens of a program.
 *
 * @param program The program.
 * @returns The program, with an element around each token.
 */
export function highlight(program: string): Html {
  const parts: Html[] = [];
  let done = 0;
  for (const match of program.matchAll(TOKEN)) {
    const [kind] = Object.entries(match.groups ?? {}).find(([, text]) =>
      text !== undefined
    ) ?? [""];
    parts.push(
      markup`${program.slice(done, match.index)}<span class="t-${kind}">${
        match[0]
      }</span>`,
    );
    done = match.index + match[0].length;
  }
  return markup`${parts}${program.slice(done)}`;
}
