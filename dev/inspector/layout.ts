/**
 * The frame around all pages of the inspector.
 *
 * @module
 */

import { type Html, markup } from "./html.ts";
import { shortName } from "./source_view.ts";

/** Data that every page needs besides its content. */
export interface PageFrame {
  /** The path under which the pages are, without a slash at the end. */
  readonly base: string;
  /** The nonce that scripts and styles carry. */
  readonly nonce: string;
  /** The module of the application. */
  readonly module: string;
  /** The token that forms send. */
  readonly token: string;
  /** The state of the application, for the header. */
  readonly state: Html;
}

/** The parts of a page. */
export interface PageParts {
  readonly title: string;
  /** The entry of the navigation to which the page belongs. */
  readonly section: "requests" | "rules" | undefined;
  readonly content: Html;
  /** The file of the script, if the page has one. */
  readonly script?: string;
}

/** Two arrows, one in each direction. */
const LOGO =
  markup`<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M3 8h14m-4-4 4 4-4 4"/><path d="M21 16H7m4-4-4 4 4 4"/></svg>`;

/**
 * Makes a page.
 *
 * @param frame Data that all pages use.
 * @param parts The content of this page.
 * @returns The page.
 */
export function layout(
  { base, nonce, module, state }: PageFrame,
  { title, section, content, script }: PageParts,
): Html {
  const entry = (name: typeof section, path: string, label: string) =>
    markup`<a href="${base}/${path}"${
      section === name && markup` aria-current="page"`
    }>${label}</a>`;
  return markup`<!DOCTYPE html>
<html lang="en" data-base="${base}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · WSGI inspector</title>
<link rel="icon" type="image/svg+xml" href="${base}/assets/icon.svg">
<link rel="stylesheet" nonce="${nonce}" href="${base}/assets/inspector.css">
${
    script !== undefined &&
    markup`<script type="module" nonce="${nonce}" src="${base}/assets/${script}"></script>`
  }
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header>
<a class="brand" href="${base}/">${LOGO}WSGI inspector</a>
<nav aria-label="Inspector">
${entry("requests", "", "Requests")}
${entry("rules", "rules/", "Rules")}
<a href="/">Application</a>
</nav>
<div class="module"><code title="${module}">${
    shortName(module)
  }</code><div id="state" role="status">${state}</div></div>
</header>
<main id="main" tabindex="-1">
${content}
</main>
</body>
</html>
`;
}
