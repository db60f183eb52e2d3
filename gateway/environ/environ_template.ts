/**
 * {@linkcode EnvironTemplate}: environs of requests that repeat most of the last
 * one.
 *
 * @module
 */

import type { Environ, InputStream } from "../../wsgi/types.ts";
import { type HeaderPlan, planFor } from "./header_variables.ts";
import type { RequestFacts } from "./request_facts.ts";

/** The greatest number of headers for which a handler keeps a template. */
const MAX_HEADERS = 64;

/** What must be the same for an environ to be a copy of another. */
type FixedFacts = Pick<
  RequestFacts,
  | "host"
  | "isUnixSocket"
  | "remoteAddress"
  | "remotePort"
  | "scheme"
  | "script"
  | "serverName"
  | "serverPort"
>;

/** An environ that was made, and what of. */
interface Model extends FixedFacts {
  readonly environ: Environ;
  readonly headers: readonly string[];
  readonly shape: object | undefined;
  readonly plan: HeaderPlan;
}

/**
 * Makes environs for requests whose headers mostly have the same names, such as
 * those of one connection: copying an object is several times cheaper than
 * adding a dozen keys to one.
 */
export class EnvironTemplate {
  #plan: HeaderPlan | undefined;
  #model: Model | undefined;

  /**
   * Copies the last environ and sets what differs.
   *
   * @param facts What the gateway knows of the request.
   * @returns A fresh environ; `undefined` if the last one does not fit.
   */
  copy(facts: RequestFacts): Environ | undefined {
    const model = this.#model;
    if (model === undefined || !fits(facts, model)) return undefined;
    const { headers, target, remoteAddress, remotePort } = facts;
    const { headers: known } = model;
    const hasShape = facts.shape !== undefined && facts.shape === model.shape;
    if (!hasShape && planFor(headers) !== model.plan) return undefined;
    const environ: Environ = { ...model.environ };
    environ.REQUEST_METHOD = facts.method;
    environ.PATH_INFO = target.path;
    environ.QUERY_STRING = target.query;
    environ.SERVER_PROTOCOL = facts.protocol;
    environ.REQUEST_URI = target.uri;
    environ["wsgi.input"] = facts.input;
    environ["wsgiref.signal"] = facts.signal;
    if (remoteAddress !== undefined) environ.REMOTE_ADDR = remoteAddress;
    if (remotePort !== undefined) environ.REMOTE_PORT = String(remotePort);
    if (headers === known) return environ;
    for (let i = 1; i < headers.length; i += 2) {
      if (headers[i] === known[i]) continue;
      const key = model.plan.keys[i >> 1] as `HTTP_${string}` | undefined;
      if (key !== undefined) environ[key] = headers[i] as string;
    }
    return environ;
  }

  /**
   * Remembers an environ, once two requests have had the same header names.
   *
   * @param facts What it was made of.
   * @param environ The environ; it is copied.
   */
  remember(facts: RequestFacts, environ: Environ): void {
    const { headers, shape } = facts;
    const before = this.#plan;
    const plan = this.#plan = planFor(headers);
    this.#model = undefined;
    if (plan !== before || !plan.isPlain) return;
    const { host, isUnixSocket, remoteAddress, remotePort } = facts;
    const { scheme, script, serverName, serverPort } = facts;
    this.#model = {
      ...{ host, isUnixSocket, remoteAddress, remotePort },
      ...{ scheme, script, serverName, serverPort },
      environ: { ...environ, ...NOTHING_KEPT },
      headers,
      shape,
      plan,
    };
  }
}

/** Stand for the body and the signal of the request that is remembered. */
const NOTHING_KEPT = {
  "wsgi.input": undefined as unknown as InputStream,
  "wsgiref.signal": undefined as unknown as () => AbortSignal,
};

/** Whether a variable is there for both or for neither. */
function hasSame(one: unknown, other: unknown): boolean {
  return (one === undefined) === (other === undefined);
}

/** Whether everything that copy() does not set is the same. */
function fits(facts: FixedFacts, known: FixedFacts): boolean {
  return facts.host === known.host &&
    hasSame(facts.remoteAddress, known.remoteAddress) &&
    hasSame(facts.remotePort, known.remotePort) &&
    facts.serverName === known.serverName &&
    facts.serverPort === known.serverPort &&
    facts.scheme === known.scheme &&
    facts.script === known.script &&
    facts.isUnixSocket === known.isUnixSocket;
}

/**
 * The templates of a handler whose requests come from many clients: one for each
 * number of headers.
 */
export class EnvironTemplates {
  readonly #templates = new Map<number, EnvironTemplate>();

  /**
   * Returns the template for a request.
   *
   * @param count The number of its headers.
   * @returns The template; `undefined` for an unusual number.
   */
  for(count: number): EnvironTemplate | undefined {
    if (count > MAX_HEADERS) return undefined;
    let template = this.#templates.get(count);
    if (template === undefined) {
      this.#templates.set(count, template = new EnvironTemplate());
    }
    return template;
  }
}
