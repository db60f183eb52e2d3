/** An inspector that serves samples. */

import { AccessGuard } from "../../../dev/access_guard.ts";
import type { InspectorOptions } from "../../../dev/inspector_options.ts";
import type { ConversationLog } from "../../../dev/conversation_log.ts";
import { inspector } from "../../../dev/inspector/inspector.ts";
import { mount } from "../../../middleware/mount.ts";
import type { Application } from "../../../wsgi/types.ts";
import { CheckedServer } from "../../checked_server.ts";
import { MODULE, SOURCE } from "./samples.ts";

/** The header that a form must send. */
export const TOKEN = "token-of-the-test";

/** Creates an inspector with options for tests. */
export function inspect(
  log: ConversationLog,
  options: Partial<InspectorOptions> = {},
): Application {
  return mount({
    "/__wsgi__": inspector({
      log,
      guard: new AccessGuard({ hostname: "localhost" }),
      module: MODULE,
      token: TOKEN,
      source: (file) =>
        Promise.resolve(file.endsWith(MODULE) ? SOURCE : undefined),
      replay: () => Promise.reject(new Error("nothing is replayed here")),
      check: () => Promise.resolve(),
      ...options,
    }),
  });
}

/** Serves an inspector behind a validator with all rules. */
export function serveInspector(
  log: ConversationLog,
  options: Partial<InspectorOptions> = {},
): CheckedServer {
  return new CheckedServer(inspect(log, options));
}
