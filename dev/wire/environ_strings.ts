/**
 * The variables of an environ that are strings, on their way to the worker.
 *
 * Consecutive requests have most variables in common, so only the differences
 * are sent.
 *
 * @module
 */

import type { Environ } from "../../wsgi/types.ts";

/** The variables of an environ that are strings. */
export interface EnvironStrings {
  /** The names. Environs with the same variables may share this array. */
  readonly names: readonly string[];
  /** The value of each name. */
  readonly values: readonly string[];
}

/**
 * The variables of one request: all of them, or pairs of index and value that
 * differ from the request before.
 */
export type EncodedEnviron = EnvironStrings | readonly (number | string)[];

/** Collects the strings of environs, and shares those that repeat. */
export class EnvironCollector {
  #last: EnvironStrings = { names: [], values: [] };

  /**
   * Collects the variables of an environ that are strings.
   *
   * @param environ The environ.
   */
  collect(environ: Environ): EnvironStrings {
    const last = this.#last;
    const names: string[] = [];
    const values: string[] = [];
    let isSame = true;
    for (const name in environ) {
      const value = environ[name];
      if (typeof value !== "string") continue;
      const index = values.length;
      isSame &&= last.names[index] === name;
      names.push(name);
      // Sharing equal strings saves memory.
      values.push(last.values[index] === value ? last.values[index]! : value);
    }
    isSame &&= names.length === last.names.length;
    return this.#last = { names: isSame ? last.names : names, values };
  }
}

/** Encodes environs for one worker. */
export class EnvironEncoder {
  #last: EnvironStrings | undefined;

  /**
   * Encodes the variables of a request.
   *
   * @param strings The variables, from an {@linkcode EnvironCollector}.
   */
  encode(strings: EnvironStrings): EncodedEnviron {
    const last = this.#last;
    this.#last = strings;
    if (last?.names !== strings.names) return strings;
    const differences: (number | string)[] = [];
    for (let i = 0; i < strings.values.length; i++) {
      const value = strings.values[i]!;
      if (value !== last.values[i]) differences.push(i, value);
    }
    return differences;
  }
}

/** Decodes the environs of an {@linkcode EnvironEncoder}, in their order. */
export class EnvironDecoder {
  #names: readonly string[] = [];
  #last: Readonly<Record<string, string>> = {};

  /**
   * Decodes the variables of a request.
   *
   * @param encoded The encoded variables.
   * @returns A fresh object.
   */
  decode(encoded: EncodedEnviron): Record<string, string> {
    const strings: Record<string, string> = {};
    if ("names" in encoded) {
      this.#names = encoded.names;
      encoded.names.forEach((name, i) => strings[name] = encoded.values[i]!);
    } else {
      Object.assign(strings, this.#last);
      for (let i = 0; i < encoded.length; i += 2) {
        strings[this.#names[Number(encoded[i])]!] = String(encoded[i + 1]);
      }
    }
    return this.#last = strings;
  }
}
