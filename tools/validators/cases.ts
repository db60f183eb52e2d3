/**
 * The shared sets: broken and correct programs, the same for every validator.
 *
 * `cases.jsonl` has a line for each case of our own set, and `suites.jsonl` one
 * for each translated program of the test suites of other validators. Omitted
 * parts of a case have correct defaults. The parts of a case that are code are
 * in `programs.ts` and `programs.py`.
 *
 * @module
 */

import {
  helloApp,
  type Loose,
  type Scenario,
} from "../../tests/validator/scenario.ts";
import { inputWith, lazyBody, PROGRAMS } from "./programs.ts";

/** A line of `cases.jsonl` or `suites.jsonl`. */
interface Line {
  /** The name of the case; names of correct programs begin with `sound-`. */
  readonly id: string;
  /** A short description of the program. */
  readonly title: string;
  /** The rule of this validator that the program breaks. */
  readonly rule?: string;
  /** The test suite that has the program, and its verdict. */
  readonly from?: string;
  readonly verdict?: "right" | "wrong";
  /** Why this validator disagrees with that suite. */
  readonly note?: string;
  /** The response, if it is not the default. */
  readonly status?: unknown;
  readonly headers?: unknown;
  readonly body?: readonly [];
  /** All arguments of startResponse. */
  readonly start?: readonly unknown[];
  /** The value that the application returns; null for nothing. */
  readonly returns?: unknown;
  /** The argument that the application passes to write(). */
  readonly write?: unknown;
  /** The results of methods of wsgi.input. */
  readonly gives?: Readonly<Record<string, unknown>>;
  /** A call that the application makes first: variable, method, arguments. */
  readonly call?: readonly [string, string, ...unknown[]];
  /** The steps of the application or its generator. */
  readonly steps?: readonly Step[];
  readonly generator?: readonly Step[];
  /** The steps of the server. */
  readonly server?: readonly string[];
  /** Variables that the server sets, and variables that it omits. */
  readonly environ?: Readonly<Record<string, unknown>>;
  readonly drop?: readonly string[];
}

type Step = "start" | "fail" | "write" | "chunk" | "empty";

/** One program, broken or correct. */
export interface Case extends Scenario {
  readonly id: string;
  readonly title: string;
  /** The broken rule; for a correct program, a rule that warns anyway. */
  readonly rule: string | undefined;
  readonly isSound: boolean;
  /** The test suite that has the program; `undefined` for our own set. */
  readonly from: string | undefined;
  /** Why this validator disagrees with that suite, if it does. */
  readonly note: string | undefined;
}

const TEXT = ["Content-Type", "text/plain"];
const HELLO = new TextEncoder().encode("Hello world!\n");

function* play(
  steps: readonly Step[],
  startResponse: Loose,
): Generator<Uint8Array, void> {
  let write: Loose;
  for (const step of steps) {
    if (step === "start") write = startResponse("200 OK", [TEXT]);
    else if (step === "write") write(HELLO);
    else if (step === "chunk") yield HELLO;
    else if (step === "empty") yield new Uint8Array();
    else startResponse("500 Error", [TEXT], new Error("it failed"));
  }
}

/** Returns a server, which may be wrong. */
function serveBy(steps: readonly string[]): NonNullable<Scenario["server"]> {
  return (app, environ) => {
    const write = (): Promise<void> => Promise.resolve();
    const start = steps[0] === "call void" ? () => {} : () => write;
    const extra = steps[0] === "call three" ? [undefined] : [];
    const body = app(environ, start, ...extra);
    let iterator: Loose;
    for (const step of steps.slice(1)) {
      if (step === "iterate") iterator = body[Symbol.iterator]();
      else if (step === "next") iterator.next();
      else if (step === "close") body.close();
      else for (const _chunk of body);
    }
  };
}

function toApp(line: Line): NonNullable<Scenario["app"]> {
  const { status = "200 OK", headers = [TEXT], call, server } = line;
  const body = line.body ?? (server ? lazyBody(HELLO) : [HELLO]);
  const { start = [status, headers], returns = undefined } = line;
  const result = "returns" in line ? returns ?? undefined : body;
  const { steps, generator } = line;
  if (generator !== undefined) {
    return (_environ: Loose, startResponse: Loose): Loose =>
      play(generator, startResponse);
  }
  if (steps !== undefined) {
    return (_environ: Loose, startResponse: Loose): Loose => {
      for (const _chunk of play(steps, startResponse));
      return body;
    };
  }
  if (line.write !== undefined) {
    return (_environ: Loose, startResponse: Loose): Loose => {
      startResponse(...start)(line.write);
      return [];
    };
  }
  if (call === undefined) {
    return (_environ: Loose, startResponse: Loose): Loose => {
      startResponse(...start);
      return result;
    };
  }
  const [variable, method, ...args] = call;
  return async (environ: Loose, startResponse: Loose): Promise<Loose> => {
    await environ[variable][method](...args);
    return helloApp(environ, startResponse);
  };
}

function toEnviron({ environ = {}, drop = [], gives }: Line): Loose {
  return (target: Loose): void => {
    Object.assign(target, environ);
    if (gives !== undefined) {
      const members = Object.entries(gives).map(([name, value]) =>
        [name, () => Promise.resolve(value)] as const
      );
      target["wsgi.input"] = inputWith(Object.fromEntries(members));
    }
    for (const name of drop) delete target[name];
  };
}

function toCase(line: Line): Case {
  const { id, title, rule, from, note } = line;
  return {
    id,
    title,
    rule,
    isSound: id.startsWith("sound-") || line.verdict === "right",
    from,
    note,
    app: toApp(line),
    ...line.server ? { server: serveBy(line.server) } : {},
    environ: toEnviron(line),
    ...line.call?.[0] === "wsgi.input" ? { input: "one\ntwo\n" } : {},
    ...PROGRAMS[id],
  };
}

function readCases(name: string): Case[] {
  const text = Deno.readTextFileSync(new URL(name, import.meta.url));
  return text.trimEnd().split("\n").map((line) => toCase(JSON.parse(line)));
}

/** All cases of our own set. */
export const CASES: readonly Case[] = readCases("cases.jsonl");

/** The programs of the test suites of other validators. */
export const SUITES: readonly Case[] = readCases("suites.jsonl");
