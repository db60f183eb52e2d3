/**
 * The style sheet of the report for a browser.
 *
 * @module
 */

/** Light and dark, for screens from 320 pixels. */
export const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif;
  --line: light-dark(#ccc, #444); --quiet: light-dark(#555, #aaa);
  --bad: light-dark(#b00020, #ff8a80); }
* { box-sizing: border-box; }
body { max-width: 60rem; margin: 1.5rem auto; padding: 0 1rem;
  overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
p { margin: .4rem 0; }
a { color: light-dark(#0b57d0, #8ab4f8); }
table { border-collapse: collapse; margin: 1rem 0; font-size: .95rem; }
th, td { text-align: left; padding: .2rem 1.2rem .2rem 0; white-space: nowrap; }
tbody th { font-weight: normal; }
td.count { text-align: right; font-variant-numeric: tabular-nums; }
td.bad { color: var(--bad); font-weight: 600; }
details { border-top: 1px solid var(--line); }
summary { cursor: pointer; padding: .35rem 0; display: grid; gap: 0 .75rem;
  grid-template-columns: 5.5rem 1fr; align-items: baseline; }
summary::marker { content: ""; }
summary::-webkit-details-marker { display: none; }
summary .title { grid-column: 2; }
summary:hover { background: light-dark(#f3f3f3, #262626); }
code, pre { font: .85rem/1.5 ui-monospace, monospace; }
pre { margin: .3rem 0; padding: .5rem .8rem; white-space: pre-wrap;
  border-left: 3px solid var(--line); }
pre.message { border-color: var(--bad); }
pre.sent { border-color: light-dark(#26b, #7af); }
pre.received { border-color: light-dark(#183, #6c7); }
.requirement { color: var(--quiet); font-size: .95rem; }
.requirement > code:first-child { color: CanvasText; font-weight: 600;
  display: block; }
details > div { margin: 0 0 1rem; padding-left: 1rem; }
.outcome { font-weight: 600; }
.passed .outcome { color: light-dark(#161, #6c7); }
.failed .outcome, .problem { color: var(--bad); }
.deviation .outcome { color: light-dark(#850, #db5); }
.skipped .outcome, small { color: var(--quiet); }
.summary { font-size: 1.1rem; font-weight: 600; }
.switch { position: sticky; top: 0; background: Canvas; padding: .4rem 0; }
.switch label { cursor: pointer; }
body:has(#failures:checked) details:not(.failed),
body:has(#failures:checked) section:not(:has(.failed)),
body:has(#failures:checked) tbody tr:not(.failed) { display: none; }
@media (max-width: 30rem) {
  table { font-size: .8rem; }
  th, td { padding-right: .5rem; }
  summary { grid-template-columns: 1fr; }
  summary .title { grid-column: 1; }
  details > div { padding-left: 0; }
}
`;
