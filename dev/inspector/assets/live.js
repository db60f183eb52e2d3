// Follows the changes of the log.

/** The path under which the pages are. */
export const base = document.documentElement.dataset.base ?? "";

/**
 * Creates elements from HTML of the server, in which all values are escaped.
 *
 * @param {string} html
 * @returns {DocumentFragment}
 */
export function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

/**
 * Returns the element with an id.
 *
 * @param {string} id
 * @returns {HTMLElement}
 */
export function element(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`Cannot find #${id}`);
  return found;
}

/**
 * Replaces the content of an element. Open details stay open, and an element that
 * has not changed is kept.
 *
 * @param {Element} target
 * @param {string | DocumentFragment} html
 */
export function update(target, html) {
  const content = typeof html === "string" ? parse(html) : html;
  const open = new Set(
    Array.from(
      target.querySelectorAll("details[open][data-key]"),
      (details) => details.getAttribute("data-key"),
    ),
  );
  const next = [...content.children];
  const old = [...target.children];
  for (const [index, child] of next.entries()) {
    const before = old[index];
    if (before !== undefined && plain(before).isEqualNode(plain(child))) {
      continue;
    }
    for (const details of child.querySelectorAll("details[data-key]")) {
      if (open.has(details.getAttribute("data-key"))) {
        details.setAttribute("open", "");
      }
    }
    if (before === undefined) target.append(child);
    else before.replaceWith(child);
  }
  for (const rest of old.slice(next.length)) rest.remove();
}

/**
 * Copies an element as the server sent it.
 *
 * @param {Element} node
 * @returns {Node}
 */
function plain(node) {
  const copy = /** @type {Element} */ (node.cloneNode(true));
  for (const details of copy.querySelectorAll("details")) {
    details.removeAttribute("open");
  }
  return copy;
}

/**
 * Opens an event stream while the page is visible: a browser has few connections
 * for one server. The stream begins with the complete state, so nothing is
 * missed. This function also updates the state in the header.
 *
 * @param {string} query
 * @param {Record<string, (data: any) => void>} handlers By the name of the event.
 * @returns {() => void} Closes the stream.
 */
export function follow(query, handlers) {
  /** @type {EventSource | undefined} */
  let source;
  const close = () => {
    source?.close();
    source = undefined;
  };
  const open = () => {
    if (source !== undefined || document.hidden) return;
    source = new EventSource(`${base}/api/events${query}`);
    source.addEventListener("error", () => {
      update(
        element("state"),
        '<span class="state offline">server unreachable</span>',
      );
    });
    source.addEventListener("application", ({ data }) => {
      update(element("state"), JSON.parse(data).state);
    });
    for (const [name, handle] of Object.entries(handlers)) {
      source.addEventListener(name, ({ data }) => handle(JSON.parse(data)));
    }
  };
  const change = () => document.hidden ? close() : open();
  document.addEventListener("visibilitychange", change);
  addEventListener("pagehide", close);
  addEventListener("pageshow", open);
  open();
  return () => {
    document.removeEventListener("visibilitychange", change);
    removeEventListener("pageshow", open);
    close();
  };
}
