// The page of one request: live updates and the copy buttons.

import { element, follow, update } from "./live.js";

const article = element("request");
const copied = element("copied");

/** Loads the page again, and applies the changes. */
async function refresh() {
  const response = await fetch(location.href);
  if (!response.ok) return;
  const page = new DOMParser().parseFromString(
    await response.text(),
    "text/html",
  );
  const next = page.getElementById("request");
  if (next === null) return;
  for (const name of [".facts", ".timeline"]) {
    const [old, fresh] = [
      article.querySelector(name),
      next.querySelector(name),
    ];
    if (old === null || fresh === null) continue;
    const content = document.createDocumentFragment();
    content.append(...fresh.children);
    update(old, content);
  }
  const strip = next.querySelector(".strip");
  const shown = article.querySelector(".strip");
  if (strip !== null) {
    if (shown === null) article.querySelector("section")?.before(strip);
    else shown.replaceWith(strip);
  }
  if (!next.hasAttribute("data-running")) stop();
}

let isLoading = false;
let isStale = false;

/** The interval between two loads, in ms: a stream changes all the time. */
const PAUSE = 300;

/** Loads the page once at a time, and again if it has changed meanwhile. */
async function refreshSoon() {
  isStale = true;
  if (isLoading) return;
  isLoading = true;
  try {
    while (isStale) {
      isStale = false;
      await refresh();
      await new Promise((done) => setTimeout(done, PAUSE));
    }
  } catch {
    // The server is not reachable, which the stream shows.
  } finally {
    isLoading = false;
  }
}

let stop = () => {};

if (article.hasAttribute("data-running")) {
  stop = follow(`?request=${article.dataset.id}`, { request: refreshSoon });
}

/**
 * Shows text to copy by hand, if the page may not write to the clipboard.
 *
 * @param {string} text
 */
function showForCopying(text) {
  const dialog = document.createElement("dialog");
  const area = document.createElement("textarea");
  const close = document.createElement("button");
  area.readOnly = true;
  area.value = text;
  area.setAttribute("aria-label", "Text to copy");
  close.textContent = "Close";
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  dialog.append(area, close);
  document.body.append(dialog);
  dialog.showModal();
  area.select();
}

/** @param {HTMLAnchorElement} link */
async function copy(link) {
  const response = await fetch(link.href);
  const text = await response.text();
  if (!response.ok) {
    copied.textContent = text;
    return;
  }
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    showForCopying(text);
    return;
  }
  const actions = /** @type {HTMLElement} */ (link.parentElement);
  const credentials = Number(actions.dataset.credentials);
  copied.textContent = [
    `Copied the ${link.dataset.copy}.`,
    link.dataset.hint ?? "",
    credentials > 0 ? "It contains credentials." : "",
  ].join(" ").trim();
}

article.addEventListener("click", (event) => {
  const link = event.target instanceof Element &&
    event.target.closest("a[data-copy]");
  const isPlain = !event.ctrlKey && !event.metaKey && !event.shiftKey;
  if (link instanceof HTMLAnchorElement && isPlain) {
    event.preventDefault();
    copy(link).catch(() => {
      copied.textContent = "The server could not be reached.";
    });
  }
});
