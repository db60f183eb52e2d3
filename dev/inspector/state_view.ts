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
import { count, cut, formatClock } from "./format.ts";
import { type Html, markup } from "./html.ts";
import type { SourceViewer } from "./source_view.ts";

const DURING: Readonly<Record<Failure["during"], string>> = {
  loading: "The application could not be loaded",
  running: "The application stopped",
  blocked: "The application blocks its thread",
};

/** Shows the state in a word, for the header of a page. */
export function showState(state: ApplicationState): Html {
  const word = typeof state === "string" ? state : "failed";
  return markup`<span class="state ${word}">${word}</span>`;
}

function showLines({ excerpt }: Failure): Html | undefined {
  if (excerpt === undefined) return undefined;
  const rows = excerpt.lines.map(([number, text]) =>
    markup`<span class="${
      number === excerpt.line ? "line at" : "line"
    }"><span class="number">${number}</span>${cut(text, 240)}\n</span>`
  );
  return markup`<pre class="source" tabindex="0" role="group" aria-label="Source, line ${excerpt.line}"><code>${rows}</code></pre>`;
}

/**
 * Shows why the application does not answer.
 *
 * @param state Its state.
 * @param sources Reads the lines of the stack.
 * @returns A panel; nothing unless the application failed.
 */
export async function showFailure(
  state: ApplicationState,
  sources: SourceViewer,
): Promise<Html | undefined> {
  if (typeof state === "string") return undefined;
  const { failed } = state;
  const lines = showLines(failed);
  const { error } = failed;
  // The excerpt of the failure stands for that of the first frame.
  const shown = lines === undefined
    ? await sources.error(error)
    : markup`<p class="message"><strong>${error.name}</strong>: ${error.message}</p>${lines}`;
  return markup`<section class="panel error" aria-labelledby="failure"><h2 id="failure">${
    DURING[
      failed.during
    ]
  }</h2>${shown}${
    failed.hint !== undefined &&
    markup`<p class="hint"><strong>Hint:</strong> ${failed.hint}</p>`
  }<p class="quiet">Save a corrected file: the application is loaded again.</p></section>`;
}

/**
 * Shows the outcome of the last check.
 *
 * @param outcome The outcome, if there was a check.
 * @param form The form that runs it again, if the server can.
 * @returns A panel; nothing without a check.
 */
export function showCheck(
  outcome: CheckOutcome | undefined,
  form: Html | undefined,
): Html | undefined {
  if (outcome === undefined && form === undefined) return undefined;
  if (outcome === undefined) {
    return markup`<section class="panel" aria-labelledby="check"><div class="panel-head"><h2 id="check">Check</h2><span class="quiet">not yet run</span>${form}</div></section>`;
  }
  const { passed, failed, skipped, failures, endedAt } = outcome;
  const fresh = new Set(outcome.newlyFailing);
  const cases = failures.map(({ id, title, message }) =>
    markup`<li><p><span class="chip error">failed</span> <code>${id}</code> ${
      fresh
        .has(id) && markup`<span class="chip warning">new</span>`
    } ${title}</p><p class="message">${message}</p></li>`
  );
  return markup`<section class="panel ${
    failed > 0 ? "error" : "good"
  }" aria-labelledby="check"><div class="panel-head"><h2 id="check">Check</h2><span class="chip ${
    failed >
        0
      ? "error"
      : "good"
  }">${
    failed > 0 ? `${count(failed, "case")} failed` : "passed"
  }</span><span class="quiet">${count(passed, "case")} passed${
    skipped > 0 && `, ${skipped} left out`
  }, at ${formatClock(endedAt)}</span>${form}</div>${
    outcome.newlyPassing.length > 0 &&
    markup`<p class="quiet">Passing again: ${
      outcome.newlyPassing.join(", ")
    }</p>`
  }${
    cases.length > 0 &&
    markup`<details class="more" data-key="check"${
      fresh.size > 0 && markup` open`
    }><summary>Cases that failed</summary><ul class="cases">${cases}</ul></details>`
  }</section>`;
}
