/**
 * {@linkcode InspectorPages}: the responses to GET requests.
 *
 * @module
 */

import { findClosest } from "../../cli/closest.ts";
import { parseApplicationName } from "../../cli/load_application.ts";
import { toModuleUrl } from "../../cli/load_module.ts";
import type { Environ } from "../../wsgi/types.ts";
import type { Conversation } from "../conversation.ts";
import { explainRule, RULE_GROUPS } from "../explain_rule.ts";
import type { InspectorOptions } from "../inspector_options.ts";
import { conversationJson, listJson, rulesJson, stateJson } from "./api.ts";
import { assetOf } from "./assets.ts";
import { toCurl } from "./curl.ts";
import { type Html, markup } from "./html.ts";
import type { PageFrame } from "./layout.ts";
import { listPage, parseFilter } from "./list_page.ts";
import { LiveEvents } from "./live_events.ts";
import { findExport } from "./module_export.ts";
import { notFoundPage, requestPage } from "./request_page.ts";
import {
  type InspectorResponse,
  json,
  page,
  redirect,
  text,
} from "./responses.ts";
import type { Route } from "./routes.ts";
import { ruleIndex, rulePage } from "./rule_page.ts";
import { SourceViewer } from "./source_view.ts";
import { showCheck, showFailure, showState } from "./state_view.ts";
import { toTestSource } from "./test_source.ts";

const NOT_FOUND = "404 Not Found";

function missingRule(id: string): string {
  const all = RULE_GROUPS.flatMap(({ rules }) => rules);
  const meant = findClosest(id, all);
  return `There is no rule ${id}.${
    meant === undefined ? "" : ` Did you mean ${meant}?`
  }`;
}

/** Creates the answer to one request. */
export class InspectorPages {
  readonly #options: InspectorOptions;
  readonly #base: string;
  readonly #token: string;
  readonly #nonce: string = crypto.randomUUID();

  /**
   * @param options The options of the inspector.
   * @param base The path under which the pages are.
   * @param token The token that forms send.
   */
  constructor(options: InspectorOptions, base: string, token: string) {
    this.#options = options;
    this.#base = base;
    this.#token = token;
  }

  /**
   * Creates the response for a path.
   *
   * @param route The path.
   * @param environ The request.
   * @returns The response.
   */
  async show(route: Route, environ: Environ): Promise<InspectorResponse> {
    const { log } = this.#options;
    switch (route.name) {
      case "list":
        return this.#page(await this.#list(environ.QUERY_STRING ?? ""));
      case "rules":
        return this.#page(ruleIndex(this.#frame()));
      case "rule": {
        const rule = explainRule(route.rule);
        return rule === undefined
          ? this.#missing(missingRule(route.rule))
          : this.#page(rulePage(this.#frame(), rule));
      }
      case "request": {
        const shown = await this.#request(route.id);
        return shown === undefined
          ? this.#missing(
            `Request ${route.id} is not available: only the most recent ones are kept.`,
          )
          : this.#page(shown);
      }
      case "redirect":
        return redirect(this.#base + route.path, "302 Found");
      case "asset": {
        const asset = assetOf(route.file);
        return asset === undefined
          ? text("This file does not exist.", NOT_FOUND)
          : { status: "200 OK", ...asset };
      }
      case "api-requests":
        return json(listJson(log));
      case "api-state":
        return json(stateJson(log));
      case "api-rules":
        return json(rulesJson());
      case "api-rule": {
        const rule = explainRule(route.rule);
        return rule === undefined
          ? text("This rule does not exist.", NOT_FOUND)
          : json(rule);
      }
      case "api-events":
        return this.#events(environ.QUERY_STRING ?? "");
      case "api-request":
      case "api-curl":
      case "api-test": {
        const conversation = log.get(route.id);
        return conversation === undefined
          ? text(
            "This request is not available: only the most recent ones are kept.",
            NOT_FOUND,
          )
          : await this.#data(route.name, conversation, environ);
      }
      default:
        return this.#missing("There is no page at this path.");
    }
  }

  #frame(): PageFrame {
    const { module, log } = this.#options;
    return {
      base: this.#base,
      nonce: this.#nonce,
      module,
      token: this.#token,
      state: showState(log.state),
    };
  }

  #page(content: Html): InspectorResponse {
    return page(content, this.#nonce);
  }

  #missing(message: string): InspectorResponse {
    return page(notFoundPage(this.#frame(), message), this.#nonce, NOT_FOUND);
  }

  #sources(): SourceViewer {
    return new SourceViewer((file) => this.#options.source(file));
  }

  #check(): Html {
    const form =
      markup`<form method="post" action="${this.#base}/check"><input type="hidden" name="token" value="${this.#token}"><button>Check now</button></form>`;
    return showCheck(this.#options.log.check, form);
  }

  async #list(query: string): Promise<Html> {
    const { log } = this.#options;
    return listPage(this.#frame(), log.list(), parseFilter(query), {
      failure: await showFailure(log.state, this.#sources()),
      check: this.#check(),
    });
  }

  async #request(id: number): Promise<Html | undefined> {
    const { log } = this.#options;
    const all = log.list();
    const index = all.findIndex((summary) => summary.id === id);
    const [summary, conversation] = [all[index], log.get(id)];
    if (summary === undefined || conversation === undefined) return undefined;
    return await requestPage(this.#frame(), conversation, {
      summary,
      sources: this.#sources(),
      canBeTest: await this.#testOf(conversation) !== undefined,
      neighbors: { previous: all[index - 1]?.id, next: all[index + 1]?.id },
    });
  }

  async #testOf(conversation: Conversation): Promise<string | undefined> {
    const { module } = this.#options;
    const { path: file } = parseApplicationName(module);
    // A folder has no module to import.
    if (!/\.[cm]?[jt]sx?$/.test(file)) return undefined;
    return toTestSource(
      conversation,
      findExport(module, await this.#moduleSource(file)),
    );
  }

  /** Reads the module. A relative path starts at the working folder. */
  async #moduleSource(file: string): Promise<string | undefined> {
    try {
      return await this.#options.source(toModuleUrl(file));
    } catch {
      // Without the source, the default export is assumed.
      return undefined;
    }
  }

  async #data(
    name: "api-request" | "api-curl" | "api-test",
    conversation: Conversation,
    environ: Environ,
  ): Promise<InspectorResponse> {
    if (name === "api-request") {
      const query = new URLSearchParams(environ.QUERY_STRING ?? "");
      return json(
        conversationJson(conversation, query.get("credentials") === "1"),
      );
    }
    if (name === "api-curl") {
      const origin = `${environ["wsgi.url_scheme"]}://${environ.HTTP_HOST}`;
      return text(toCurl(conversation.request, origin));
    }
    const source = await this.#testOf(conversation);
    return source === undefined
      ? text("This request cannot be copied as a test.", NOT_FOUND)
      : text(source.trimEnd());
  }

  #events(query: string): InspectorResponse {
    const { log } = this.#options;
    const id = new URLSearchParams(query).get("request");
    const content = new LiveEvents(
      log,
      {
        state: () => showState(log.state),
        failure: () => showFailure(log.state, this.#sources()),
        check: () => this.#check(),
      },
      this.#base,
      id === null ? undefined : Number(id),
    );
    return { status: "200 OK", type: "text/event-stream", content };
  }
}
