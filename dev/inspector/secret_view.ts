/**
 * Values in a page, with credentials hidden until they are clicked.
 *
 * @module
 */

import { cut, toReadable, toText } from "./format.ts";
import { type Html, markup } from "./html.ts";
import { headLines, isSecretName, splitSecrets } from "./secrets.ts";

/** The maximum lengths of values and previews, in characters. */
const MAX_VALUE = 4000;
const MAX_PREVIEW = 200;

/** Hides a value behind a button, which also works without a script. */
function showSecret(value: string): Html {
  return markup`<details class="secret"><summary aria-label="Show ${value.length} hidden characters">hidden</summary><span>${value}</span></details>`;
}

/** Shows text, with hidden credentials. */
export function showText(text: string): Html {
  const parts = splitSecrets(text).map((part) =>
    part.isSecret ? showSecret(part.text) : markup`${part.text}`
  );
  return markup`${parts}`;
}

/**
 * Shows the value of a header or variable.
 *
 * @param name The name, which may show that the value is a credential.
 * @param value The value: a ByteString or text.
 * @param isSecret Whether it is a credential in any case.
 * @returns The decoded value.
 */
export function showValue(name: string, value: string, isSecret = false): Html {
  const text = cut(toReadable(value), MAX_VALUE);
  if (text === "") return markup`<span class="empty">empty</span>`;
  return isSecret || isSecretName(name) ? showSecret(text) : showText(text);
}

/**
 * Shows the first bytes of a chunk or of a read.
 *
 * @param preview The first bytes, as latin-1.
 * @param bytes The number of all bytes.
 * @returns One line, with a symbol for each line feed.
 */
export function showPreview(preview: string, bytes: number): Html {
  const text = toText(preview);
  const isCut = text.length > MAX_PREVIEW || preview.length < bytes;
  const line = text.slice(0, MAX_PREVIEW).replaceAll("\n", "↵");
  return markup`<code class="preview">${showText(line)}${isCut && "…"}</code>`;
}

/** Shows headers or variables as rows of a table. */
export function showRows(
  rows: readonly {
    readonly name: string;
    readonly value: string;
    readonly isSecret?: boolean;
    readonly isString?: boolean;
  }[],
  caption: string,
): Html {
  const lines = rows.map(({ name, value, isSecret, isString }) =>
    markup`<tr><th scope="row">${cut(toReadable(name), 200)}</th><td${
      isString === false && markup` class="described"`
    }>${showValue(name, value, isSecret)}</td></tr>`
  );
  return markup`<table class="pairs"><caption class="sr">${caption}</caption><tbody>${lines}</tbody></table>`;
}

/** Shows the head of a message as sent on the wire. */
export function showHead(head: string): Html {
  const lines = headLines(head.trimEnd()).map((line) => {
    const bare = line.replace(/\r?\n$/, "");
    const colon = bare.indexOf(":");
    const name = bare.slice(0, Math.max(0, colon));
    if (!/^[^\s:]+$/.test(name)) return markup`${showText(toReadable(bare))}\n`;
    const value = bare.slice(colon + 1).trimStart();
    const shown = value === "" ? "" : showValue(name, value);
    return markup`<span class="name">${name}</span>: ${shown}\n`;
  });
  return markup`<pre class="head" tabindex="0" role="group" aria-label="Head on the wire"><code>${lines}</code></pre>`;
}
