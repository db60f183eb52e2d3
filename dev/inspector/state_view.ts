/**
 * The state of the application, and the outcome of its last check.
 *
 * @module
 */

import type {
  ApplicationState,
  CheckOutcome,
  Failure,
} from "../application_state.ts";
import { count, formatClock } from "./format.ts";
import { type Html, markup } from "./html.ts";
import { showHint, showLines, type SourceViewer } from "./source_view.ts";

const DURING: Readonly<Record<Failure["during"], string>> = {
  loading: "The application could not be loaded",
  running: "The application stopped",
  blocked: "The application blocks its thread",
};

/** Shows the state as a word, for the header of a page. */
export function showState(state: ApplicationState): Html {
  const word = typeof state === "string" ? state : "failed";
  return markup`<span class="state ${word}">${word}</span>`;
}

/**
 * Shows the reason why the application does not answer.
 *
 * @param state Its state.
 * @param sources Reads the lines of the stack.
 * @returns A panel; `undefined` unless the application has failed.
 */
export async function showFailure(
  state: ApplicationState,
  sources: SourceViewer,
): Promise<Html | undefined> {
  if (typeof state === "string") return undefined;
  const { error, excerpt, during, hint } = state.failed;
  // The failure may already have the excerpt of its first frame.
  const shown = excerpt === undefined
    ? await sources.error(error)
    : markup`<p class="message"><strong>${error.name}</strong>: ${error.message}</p>
${showLines(excerpt.lines, excerpt.line)}`;
  return markup`<section class="panel error" aria-labelledby="failure">
<h2 id="failure">${DURING[during]}</h2>
${shown}
${hint !== undefined && showHint(hint)}
<p class="quiet">Save a corrected file to load the application again.</p>
</section>`;
}

/**
 * Shows the outcome of the last check.
 *
 * @param outcome The outcome, if there was a check.
 * @param form The form that runs a check.
 * @returns A panel.
 */
export function showCheck(
  outcome: CheckOutcome | undefined,
  form: Html,
): Html {
  if (outcome === undefined) {
    return markup`<section class="panel" aria-labelledby="check">
<div class="panel-head"><h2 id="check">Check</h2> <span class="quiet">not yet run</span> ${form}</div>
</section>`;
  }
  const { passed, failed, skipped, failures, endedAt } = outcome;
  const { newlyFailing, newlyPassing } = outcome;
  const kind = failed > 0 ? "error" : "good";
  const verdict = failed > 0 ? `${count(failed, "case")} failed` : "passed";
  const others = skipped > 0 ? `, ${skipped} left out` : "";
  const cases = failures.map(({ id, title, message }) =>
    markup`<li><p><span class="chip error">failed</span> <code>${id}</code> ${
      newlyFailing.includes(id) && markup`<span class="chip warning">new</span>`
    } ${title}</p><p class="message">${message}</p></li>\n`
  );
  return markup`<section class="panel ${kind}" aria-labelledby="check">
<div class="panel-head"><h2 id="check">Check</h2>
<span class="chip ${kind}">${verdict}</span>
<span class="quiet">${count(passed, "case")} passed${others}, at ${
    formatClock(endedAt)
  }</span>
${form}</div>
${
    newlyPassing.length > 0 &&
    markup`<p class="quiet">Passing again: ${newlyPassing.join(", ")}</p>`
  }
${
    cases.length > 0 &&
    markup`<details class="more" data-key="check"${
      newlyFailing.length > 0 && markup` open`
    }><summary>Cases that failed</summary><ul class="cases">${cases}</ul></details>`
  }
</section>`;
}
