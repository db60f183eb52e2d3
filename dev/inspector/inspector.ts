/**
 * The inspector: pages that show the conversation of server and application.
 *
 * @module
 */

import { describe, escapeControls } from "../../wsgi/describe.ts";
import type {
  Application,
  Environ,
  InputStream,
  ResponseBody,
} from "../../wsgi/types.ts";
import type { InspectorOptions } from "../inspector_options.ts";
import { InspectorPages } from "./pages.ts";
import { type InspectorResponse, redirect, send, text } from "./responses.ts";
import { type Route, routeOf } from "./routes.ts";

/** The maximum length of a form. Those of the inspector are much shorter. */
const MAX_FORM = 4096;

/** The path of the inspector, unless the server mounts it elsewhere. */
const BASE = "/__wsgi__";

/** Splits the path of a request into the base of the inspector and the rest. */
function splitPath(environ: Environ): readonly [base: string, path: string] {
  const { SCRIPT_NAME = "", PATH_INFO = "" } = environ;
  const isMounted = !PATH_INFO.startsWith(`${BASE}/`) && PATH_INFO !== BASE;
  return isMounted
    ? [SCRIPT_NAME, PATH_INFO]
    : [SCRIPT_NAME + BASE, PATH_INFO.slice(BASE.length)];
}

/** Reads the token of a form; `""` if it is too long to be one. */
async function readToken(input: InputStream): Promise<string> {
  let form = "";
  while (form.length <= MAX_FORM) {
    const bytes = await input.read(MAX_FORM + 1);
    if (bytes.byteLength === 0) {
      return new URLSearchParams(form).get("token") ?? "";
    }
    form += new TextDecoder().decode(bytes);
  }
  return "";
}

/**
 * Compares a secret in a time that depends on its length alone.
 *
 * @param given The value in the request.
 * @param secret The secret.
 */
function equalsSecret(given: string, secret: string): boolean {
  let difference = given.length ^ secret.length;
  for (let i = 0; i < secret.length; i++) {
    difference |= given.charCodeAt(i) ^ secret.charCodeAt(i);
  }
  return difference === 0;
}

/** Checks requests and answers them. */
class Inspector {
  readonly #options: InspectorOptions;
  readonly #token: string;

  constructor(options: InspectorOptions) {
    this.#options = options;
    this.#token = options.token ?? crypto.randomUUID();
  }

  /** Answers a request, or refuses it. */
  async respond(environ: Environ): Promise<InspectorResponse> {
    const [base, path] = splitPath(environ);
    const route = routeOf(path);
    const refusal = this.#options.guard.refusal(environ, route.exposure);
    if (refusal !== undefined) return text(refusal, "403 Forbidden");
    const method = environ.REQUEST_METHOD;
    if (route.exposure === "action") {
      return method === "POST"
        ? await this.#act(route, environ, base)
        : text("This path accepts POST only.", "405 Method Not Allowed", [
          ["Allow", "POST"],
        ]);
    }
    if (method !== "GET" && method !== "HEAD") {
      return text(
        "This path accepts GET and HEAD only.",
        "405 Method Not Allowed",
        [
          ["Allow", "GET, HEAD"],
        ],
      );
    }
    const pages = new InspectorPages(this.#options, base, this.#token);
    return await pages.show(route, environ);
  }

  async #act(
    route: Route,
    environ: Environ,
    base: string,
  ): Promise<InspectorResponse> {
    const token = await readToken(environ["wsgi.input"]);
    if (!equalsSecret(token, this.#token)) {
      return text(
        "The token is wrong. Reload the page and try again.",
        "403 Forbidden",
      );
    }
    const { log, replay } = this.#options;
    if (route.name === "check") {
      await this.#options.check();
      return redirect(`${base}/`, "303 See Other");
    }
    const conversation = route.name === "replay"
      ? log.get(route.id)
      : undefined;
    if (conversation === undefined) {
      return text(
        "This request is no longer available: only the most recent ones are kept.",
        "404 Not Found",
      );
    }
    if (!conversation.request.isBodyComplete) {
      return text(
        "Cannot send the request again: the application did not read its whole body, or the body is too long to keep.",
        "409 Conflict",
      );
    }
    try {
      const id = await replay.call(this.#options, conversation.request);
      return redirect(`${base}/requests/${id}`, "303 See Other");
    } catch (error) {
      const reason = error instanceof Error ? error.message : describe(error);
      return text(escapeControls(reason), "502 Bad Gateway");
    }
  }
}

/**
 * Makes the inspector of a development server.
 *
 * Its guard refuses requests of other origins and for unknown hosts, and it sends
 * no CORS header. Its pages load nothing from other sites.
 *
 * @param options The log, and the actions of the server.
 * @returns The application, for the path `/__wsgi__`.
 */
export function inspector(options: InspectorOptions): Application {
  const answers = new Inspector(options);
  return async (environ, startResponse): Promise<ResponseBody> =>
    send(await answers.respond(environ), environ, startResponse);
}
