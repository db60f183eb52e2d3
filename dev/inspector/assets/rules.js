// The index of rules, filtered.

import { element } from "./live.js";

const form = /** @type {HTMLFormElement} */ (element("filter"));
const search = /** @type {HTMLInputElement} */ (form.elements.namedItem("q"));
const sections = [...document.querySelectorAll("section.rules")];

function filter() {
  const words = search.value.toLowerCase().split(/\s+/);
  let shown = 0;
  for (const section of sections) {
    let isEmpty = true;
    for (const row of section.querySelectorAll("li")) {
      const text = row.dataset.search ?? "";
      row.hidden = !words.every((word) => text.includes(word));
      if (row.hidden) continue;
      isEmpty = false;
      shown++;
    }
    section.toggleAttribute("hidden", isEmpty);
  }
  element("count").textContent = `${shown} rules`;
}

form.addEventListener("input", filter);
form.addEventListener("submit", (event) => event.preventDefault());
filter();
