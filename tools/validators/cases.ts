/**
 * The shared sets: broken and sound programs, the same for every validator.
 *
 * `cases.jsonl` has a line for each case of our own set, and `suites.jsonl` one
 * for each program of the test suites of other validators, restated. What a case
 * leaves out is correct. The parts of a case that are code are in `programs.ts`
 * and `programs.py`.
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
  /** The name of the case; those of sound programs begin with `sound-`. */
  readonly id: string;
  /** What the program does, in a few words. */
  readonly title: string;
  /** The rule of this validator that the program breaks. */
  readonly rule?: string;
  /** The test suite from which a program is, and what that suite calls it. */
  readonly from?: string;
  readonly verdict?: "right" | "wrong";
  /** Why this validator does not agree with that suite. */
  readonly note?: string;
  /** The response, where it is not the usual one. */
  readonly status?: unknown;
  readonly headers?: unknown;
  readonly body?: readonly [];
  /** All arguments of startResponse. */
  readonly start?: readonly unknown[];
  /** What the application returns; null for nothing. */
  readonly returns?: unknown;
  /** What the application gives to write(). */
  readonly write?: unknown;
  /** What methods of wsgi.input return. */
  readonly gives?: Readonly<Record<string, unknown>>;
  /** Something the application calls first: variable, method, arguments. */
  readonly call?: readonly [string, string, ...unknown[]];
  /** What the application does, and what its generator does, step by step. */
  readonly steps?: readonly Step[];
  readonly generator?: readonly Step[];
  /** What the server does, step by step. */
  readonly server?: readonly string[];
  /** Variables that the server sets, and variables that it leaves out. */
  readonly environ?: Readonly<Record<string, unknown>>;
  readonly drop?: readonly string[];
}

type Step = "start" | "fail" | "write" | "chunk" | "empty";

/** One program, broken or sound. */
export interface Case extends Scenario {
  readonly id: string;
  readonly title: string;
  /** The rule that is broken; in a sound program, a rule that warns anyway. */
  readonly rule: string | undefined;
  readonly isSound: boolean;
  /** The test suite from which the program is; none for our own set. */
  readonly from: string | undefined;
  /** Why this validator does not agree with that suite, where it does not. */
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

/** Plays a server that may be wrong. */
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
