/**
 * {@linkcode EnvironTemplate}: environs of requests that repeat most of the last
 * one.
 *
 * @module
 */

import type { Environ, InputStream } from "../../wsgi/types.ts";
import { planFor } from "./header_variables.ts";
import type { RequestTarget } from "./request_target.ts";

/** What differs between the requests of one connection, besides headers. */
export interface VaryingFacts {
  /** The method. */
  readonly method: string;
  /** The target, taken apart. */
  readonly target: RequestTarget;
  /** The version of HTTP: `"HTTP/1.1"`. */
  readonly protocol: string;
  /** `HTTP_HOST`; `undefined` for none. */
  readonly host: string | undefined;
  /** The request body. */
  readonly input: InputStream;
  /** Returns the signal of the request. */
  readonly signal: () => AbortSignal;
}

/** An environ that was made, and what of. */
interface Model {
  readonly environ: Environ;
  readonly headers: readonly string[];
  readonly keys: readonly (string | undefined)[];
}

/**
 * Makes environs for the requests of one connection, whose headers mostly have
 * the same names: copying an object is several times cheaper than adding a dozen
 * keys to one.
 */
export class EnvironTemplate {
  #headers: readonly string[] | undefined;
  #host: string | undefined;
  #model: Model | undefined;

  /**
   * Copies the last environ and sets what differs.
   *
   * @param facts What the gateway knows of the request.
   * @param headers Its headers, names and values in turn.
   * @returns A fresh environ; `undefined` if the last one does not fit.
   */
  copy(facts: VaryingFacts, headers: readonly string[]): Environ | undefined {
    const model = this.#model;
    if (model === undefined || facts.host !== this.#host) return undefined;
    const { headers: known } = model;
    if (!haveSameNames(headers, known)) return undefined;
    const { target } = facts;
    const environ: Environ = { ...model.environ };
    environ.REQUEST_METHOD = facts.method;
    environ.PATH_INFO = target.path;
    environ.QUERY_STRING = target.query;
    environ.SERVER_PROTOCOL = facts.protocol;
    environ.REQUEST_URI = target.uri;
    environ["wsgi.input"] = facts.input;
    environ["wsgiref.signal"] = facts.signal;
    if (headers === known) return environ;
    for (let i = 1; i < headers.length; i += 2) {
      if (headers[i] === known[i]) continue;
      const key = model.keys[i >> 1] as `HTTP_${string}` | undefined;
      if (key !== undefined) environ[key] = headers[i] as string;
    }
    return environ;
  }

  /**
   * Remembers an environ, once two requests have had the same header names.
   *
   * @param facts What it was made of.
   * @param headers Its headers, names and values in turn.
   * @param environ The environ; it is copied.
   */
  remember(
    facts: VaryingFacts,
    headers: readonly string[],
    environ: Environ,
  ): void {
    const before = this.#headers;
    this.#headers = headers;
    this.#host = facts.host;
    this.#model = undefined;
    if (before === undefined || !haveSameNames(headers, before)) return;
    const { keys, isPlain } = planFor(headers);
    if (isPlain) this.#model = { environ: { ...environ }, headers, keys };
  }
}

function haveSameNames(
  headers: readonly string[],
  known: readonly string[],
): boolean {
  if (headers === known) return true;
  if (headers.length !== known.length) return false;
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i] !== known[i]) return false;
  }
  return true;
}
