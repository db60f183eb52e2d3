/**
 * {@linkcode EnvironTemplate}: creates environs for requests that resemble the
 * previous one.
 *
 * @module
 */

import type { Environ, InputStream } from "../../wsgi/types.ts";
import { type HeaderPlan, planFor } from "./header_variables.ts";
import type { RequestFacts } from "./request_facts.ts";

/** The largest number of headers for which a handler keeps a template. */
const MAX_HEADERS = 64;

/** The facts that must be equal for an environ to be copied. */
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

/** An environ and the facts from which it was created. */
interface Model extends FixedFacts {
  readonly environ: Environ;
  readonly headers: readonly string[];
  readonly shape: object | undefined;
  readonly plan: HeaderPlan;
  /** The head of the environ, once it has arrived twice. */
  readonly head?: object | undefined;
}

/** The facts that differ between requests with the same head. */
type OwnFacts = Pick<
  RequestFacts,
  "input" | "remoteAddress" | "remotePort" | "signal"
>;

/**
 * Creates environs for requests whose headers mostly have the same names, such
 * as the requests of one connection. Copying an object is several times cheaper
 * than adding a dozen keys.
 */
export class EnvironTemplate {
  #plan: HeaderPlan | undefined;
  #model: Model | undefined;
  /** The head of the last request. */
  #head: object | undefined;

  /**
   * Creates a template.
   *
   * @param like A template whose last environ this one remembers, too.
   */
  constructor(like?: EnvironTemplate) {
    if (like === undefined) return;
    this.#plan = like.#plan;
    this.#model = like.#model;
    this.#head = like.#head;
  }

  /**
   * Copies the last environ for a request with the same head.
   *
   * @param head The head, which is compared by identity.
   * @param facts The facts that are not in the head. All others must be those of
   * the earlier request.
   * @returns A fresh environ, or `undefined` if the head is another one.
   */
  repeat(head: object, facts: OwnFacts): Environ | undefined {
    const model = this.#model;
    if (model === undefined || model.head !== head) return undefined;
    const environ: Environ = { ...model.environ };
    setOwn(environ, facts);
    return environ;
  }

  /**
   * Copies the last environ and sets the variables that differ.
   *
   * @param facts The facts about the request.
   * @returns A fresh environ, or `undefined` if the last one does not match.
   */
  copy(facts: RequestFacts): Environ | undefined {
    const model = this.#model;
    if (model === undefined || !fits(facts, model)) return undefined;
    const { headers, target } = facts;
    const { headers: known } = model;
    const hasShape = facts.shape !== undefined && facts.shape === model.shape;
    if (!hasShape && planFor(headers) !== model.plan) return undefined;
    const environ: Environ = { ...model.environ };
    environ.REQUEST_METHOD = facts.method;
    environ.PATH_INFO = target.path;
    environ.QUERY_STRING = target.query;
    environ.SERVER_PROTOCOL = facts.protocol;
    environ.REQUEST_URI = target.uri;
    setOwn(environ, facts);
    for (let i = 1; headers !== known && i < headers.length; i += 2) {
      if (headers[i] === known[i]) continue;
      const key = model.plan.keys[i >> 1] as `HTTP_${string}` | undefined;
      if (key !== undefined) environ[key] = headers[i] as string;
    }
    const { head, shape } = facts;
    if (head !== undefined && head === this.#head) {
      const kept = { ...environ, ...NOTHING_KEPT };
      this.#model = { ...model, environ: kept, headers, shape, head };
    }
    this.#head = head;
    return environ;
  }

  /**
   * Stores an environ, once two requests have had the same header names.
   *
   * @param facts The facts from which it was created.
   * @param environ The environ, which is copied.
   */
  remember(facts: RequestFacts, environ: Environ): void {
    const { headers, shape } = facts;
    const before = this.#plan;
    const plan = this.#plan = planFor(headers);
    this.#model = undefined;
    this.#head = facts.head;
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

/**
 * Placeholders, so that a template does not keep the body and signal of a
 * request.
 */
const NOTHING_KEPT = {
  "wsgi.input": undefined as unknown as InputStream,
  "wsgiref.signal": undefined as unknown as () => AbortSignal,
};

function setOwn(environ: Environ, facts: OwnFacts): void {
  const { remoteAddress, remotePort } = facts;
  environ["wsgi.input"] = facts.input;
  environ["wsgiref.signal"] = facts.signal;
  if (remoteAddress !== undefined) environ.REMOTE_ADDR = remoteAddress;
  if (remotePort !== undefined) environ.REMOTE_PORT = remotePort;
}

/** Returns whether both values are defined or neither is. */
function hasSame(one: unknown, other: unknown): boolean {
  return (one === undefined) === (other === undefined);
}

/** Returns whether all facts that copy() does not set are equal. */
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
 * The templates of a handler whose requests come from many clients: one for
 * each number of headers, because clients mostly differ in it.
 */
export class EnvironTemplates {
  readonly #templates = new Map<number, EnvironTemplate>();

  /**
   * Returns the template for a request.
   *
   * @param count The number of its headers.
   * @returns The template, or `undefined` for an unusually large number.
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
