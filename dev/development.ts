/**
 * The functions of the program `server.ts` for development.
 *
 * @module
 */

import type { Arguments } from "../cli/arguments.ts";
import { listen } from "../cli/listen.ts";
import { isUrl, stat } from "../cli/load_module.ts";
import { parseApplicationName } from "../cli/load_application.ts";
import { openBrowser } from "../cli/open_browser.ts";
import { UsageError } from "../cli/parsed_arguments.ts";
import {
  describeServing,
  describeWaiting,
  type Development,
  onEndSignal,
  print,
} from "../cli/serve.ts";
import { toText } from "../conformance/reports/text.ts";
import { CheckFailed, runCheck } from "./check/run_check.ts";
import { devServer } from "./dev_server.ts";
import { explain } from "./terminal/explain.ts";
import { createPaint, wantsColor } from "./terminal/paint.ts";
import { showFailureLines } from "./terminal/show_error.ts";

/** Throws if the application is a file that does not exist. */
async function checkExists(app: string | undefined): Promise<void> {
  if (app === undefined) return;
  const { path } = parseApplicationName(app);
  if (!isUrl(path)) await stat(path, "server.ts");
}

/** Returns whether a worker can be loaded, which needs to read files. */
async function mayRead(): Promise<boolean> {
  const { protocol } = new URL(import.meta.url);
  if (protocol !== "file:") return true;
  const path = new URL("./worker/", import.meta.url);
  const { state } = await Deno.permissions.query({ name: "read", path });
  return state === "granted";
}

async function serve(given: Arguments): Promise<boolean> {
  const { app, check, allowHosts, checks } = given;
  await checkExists(app);
  if (!await mayRead()) return false;
  const server = listen(given, (options) =>
    devServer({
      ...options,
      module: app ?? "",
      log: given.log,
      allowHosts,
      check: check === "on-save",
      profile: checks?.profile,
      rules: checks?.rules,
    }));
  onEndSignal((signal) => {
    const waiting = describeWaiting(signal, server.running);
    if (waiting !== undefined) print(waiting);
    void server.shutdown();
  });
  print(describeServing(given, server.url));
  print(
    server.inspectorUrl === undefined
      ? `Inspector: off, because other machines can reach ${given.hostname} (--allow-host NAME turns it on)`
      : `Inspector: ${server.inspectorUrl}`,
  );
  if (given.open) openBrowser(server.url);
  await server.finished;
  return true;
}

async function check({ app }: Arguments): Promise<number> {
  await checkExists(app);
  try {
    const report = await runCheck(app ?? "");
    print(toText(report).trimEnd());
    return report.failed === 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof CheckFailed)) throw error;
    const name = app ?? "the demo application";
    const { hint = "Correct the module and check again", ...failure } =
      error.failure;
    const lines = showFailureLines(failure, createPaint(wantsColor()));
    throw new UsageError([`Cannot check ${name}:`, ...lines].join("\n"), hint);
  }
}

/** The functions of the development server. */
export const development: Development = { serve, check, explain };
