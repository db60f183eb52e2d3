/**
 * The pages that explain the rules of the validator.
 *
 * @module
 */

import {
  explainRule,
  RULE_GROUPS,
  type RuleExplanation,
} from "../explain_rule.ts";
import { type Html, markup } from "./html.ts";
import { layout, type PageFrame } from "./layout.ts";
import { highlight } from "./highlight.ts";

const PEP_3333 = "https://peps.python.org/pep-3333/";

/** The anchor of a section, as the page of the PEP makes it. */
function toSlug(section: string): string {
  return section.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(
    /^-|-$/g,
    "",
  );
}

/** Turns the names of sections of PEPs and RFCs into links. */
function showSources(text: string): Html {
  const pattern =
    /PEP 3333, “([^”]*)”|RFC ([0-9]+)(?:,? sections? ([0-9.]*[0-9]))?/g;
  const parts: Html[] = [];
  let done = 0;
  for (const match of text.matchAll(pattern)) {
    const [words, pep, rfc, section] = match;
    const url = pep === undefined
      ? `https://www.rfc-editor.org/rfc/rfc${rfc}${
        section === undefined ? "" : `#section-${section}`
      }`
      : `${PEP_3333}#${toSlug(pep)}`;
    parts.push(
      markup`${text.slice(done, match.index)}<a href="${url}">${words}</a>`,
    );
    done = match.index + words.length;
  }
  return markup`${parts}${text.slice(done)}`;
}

/** Shows text with code between backticks. */
function showProse(text: string): Html {
  const parts = text.split("`").map((part, index) =>
    index % 2 === 1 ? markup`<code>${part}</code>` : showSources(part)
  );
  return markup`${parts}`;
}

function showProgram(program: string, title: string, kind: string): Html {
  return markup`<figure class="program ${kind}"><figcaption>${title}</figcaption><pre tabindex="0" role="group" aria-label="${title}"><code>${
    highlight(program)
  }</code></pre></figure>`;
}

function ruleLink(base: string, id: string): Html {
  return markup`<a href="${base}/rules/${id}"><code>${id}</code></a>`;
}

/**
 * Makes the index of all rules.
 *
 * @param frame Data that all pages use.
 * @returns The page.
 */
export function ruleIndex(frame: PageFrame): Html {
  const groups = RULE_GROUPS.map(({ title, rules }) => {
    const rows = rules.map((id) => {
      const rule = explainRule(id);
      return rule &&
        markup`<li data-search="${id} ${rule.title.toLowerCase()} ${rule.severity} ${rule.blame}">${
          ruleLink(frame.base, id)
        }
<span class="title">${showProse(rule.title)}</span>
<span class="quiet">${rule.severity}</span></li>
`;
    });
    return markup`<section class="rules">
<h2>${title}</h2>
<ul>
${rows}</ul>
</section>
`;
  });
  return layout(frame, {
    title: "Rules",
    section: "rules",
    script: "rules.js",
    content: markup`<h1>Rules</h1>
<p class="lead">The rules that the validator checks. Each comes with a program that breaks it, one that follows it, and the requirement behind it.</p>
<form id="filter" role="search">
<label class="field"><span class="sr">Filter rules</span><input type="search" name="q" placeholder="Filter: header, environ, close …" autocomplete="off" spellcheck="false"></label>
<output id="count"></output>
</form>
${groups}`,
  });
}

function neighbors(id: string): [string | undefined, string | undefined] {
  const all = RULE_GROUPS.flatMap(({ rules }) => rules);
  const index = all.indexOf(id);
  return [all[index - 1], all[index + 1]];
}

/**
 * Makes the page of one rule.
 *
 * @param frame Data that all pages use.
 * @param rule The rule.
 * @returns The page.
 */
export function rulePage(frame: PageFrame, rule: RuleExplanation): Html {
  const { base } = frame;
  const { id, severity, blame, profile, title, why, hint, clauses } = rule;
  const [previous, next] = neighbors(id);
  const step = (to: string | undefined, rel: string, label: string) =>
    to === undefined
      ? markup`<span class="quiet">${label}</span>`
      : markup`<a rel="${rel}" href="${base}/rules/${to}">${label}</a>`;
  const clauseRows = clauses.map(({ anchor, text }) =>
    markup`<li><code class="quiet">${anchor}</code> ${showProse(text)}</li>`
  );
  return layout(frame, {
    title: id,
    section: "rules",
    content: markup`<nav class="crumbs" aria-label="Rules">
<a href="${base}/rules/">Rules</a> <span class="quiet">${id}</span>
<span class="steps">${step(previous, "prev", "Previous")} ${
      step(next, "next", "Next")
    }</span>
</nav>
<article class="explained">
<h1>${showProse(title)}</h1>
<ul class="facts" aria-label="About the rule">
<li><span class="chip ${severity}">${severity}</span></li>
<li><code>${id}</code></li>
<li>broken by the ${blame}</li>
<li>profile ${profile}</li>
</ul>
<p class="lead">${showProse(why)}</p>
<p class="hint"><strong>Fix:</strong> ${showProse(hint)}.</p>
<div class="programs">
${showProgram(rule.breaks, "Breaks the rule", "bad")}
${showProgram(rule.follows, "Follows the rule", "good")}
</div>
<h2>Requirement</h2>
<ul class="clauses">${clauseRows}</ul>
</article>`,
  });
}
