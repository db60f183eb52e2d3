// The list of requests: live updates, filter and keys.

import { base, element, follow, parse, update } from "./live.js";

const list = element("requests");
const form = /** @type {HTMLFormElement} */ (element("filter"));
const search = /** @type {HTMLInputElement} */ (form.elements.namedItem("q"));
const failures =
  /** @type {HTMLInputElement} */ (form.elements.namedItem("failures"));

/** @returns {HTMLElement[]} */
function rows() {
  return /** @type {HTMLElement[]} */ ([...list.children]);
}

/** @param {HTMLElement} row */
function filterRow(row) {
  const text = row.dataset.search ?? "";
  const words = search.value.toLowerCase().split(/\s+/);
  row.hidden = failures.checked && row.dataset.failure !== "1" ||
    !words.every((word) => text.includes(word));
}

function showCount() {
  const all = rows();
  const shown = all.filter((row) => !row.hidden).length;
  const count = `${shown} of ${all.length}`;
  const output = element("count");
  if (output.textContent !== count) output.textContent = count;
  element("empty").hidden = all.length > 0;
  element("none").hidden = all.length === 0 || shown > 0;
}

function applyFilter() {
  rows().forEach(filterRow);
  showCount();
  const query = new URLSearchParams();
  if (search.value !== "") query.set("q", search.value);
  if (failures.checked) query.set("failures", "1");
  const suffix = query.size > 0 ? `?${query}` : "";
  history.replaceState(null, "", `${base}/${suffix}`);
}

form.addEventListener("input", applyFilter);
form.addEventListener("submit", (event) => event.preventDefault());

/** @param {number} id @param {string} html */
function showRequest(id, html) {
  const row = /** @type {HTMLElement} */ (parse(html).firstElementChild);
  filterRow(row);
  const old = document.getElementById(`r${id}`);
  if (old === null) {
    row.classList.add("fresh");
    const after = rows().find((other) => Number(other.id.slice(1)) < id);
    list.insertBefore(row, after ?? null);
    return;
  }
  if (old.classList.contains("fresh")) row.classList.add("fresh");
  if (old.isEqualNode(row)) return;
  const hasFocus = old.contains(document.activeElement);
  old.replaceWith(row);
  if (hasFocus) row.querySelector("a")?.focus();
}

follow("", {
  requests(ids) {
    const kept = new Set(ids);
    for (const row of rows()) {
      if (!kept.has(Number(row.id.slice(1)))) row.remove();
    }
    showCount();
  },
  request({ id, html }) {
    showRequest(id, html);
    showCount();
  },
  dropped({ id }) {
    document.getElementById(`r${id}`)?.remove();
    showCount();
  },
  application({ failure, check }) {
    update(element("failure-panel"), failure);
    update(element("check-panel"), check);
  },
});

/** @param {number} step */
function move(step) {
  const links = rows().filter((row) => !row.hidden)
    .map((row) => row.querySelector("a"));
  const index = links.findIndex((link) => link === document.activeElement);
  const next = index === -1 ? 0 : index + step;
  links[Math.max(0, Math.min(links.length - 1, next))]?.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target instanceof HTMLInputElement) {
    if (event.key === "Escape" && event.target === search) search.blur();
    return;
  }
  if (event.key === "j" || event.key === "ArrowDown") move(1);
  else if (event.key === "k" || event.key === "ArrowUp") move(-1);
  else if (event.key === "/") search.focus();
  else return;
  event.preventDefault();
});

if (search.value !== "" || failures.checked) applyFilter();
