/**
 * A copy of a project, with all mutants in it.
 *
 * @module
 */

import { instrument } from "./instrument.ts";
import type { Mutant } from "./mutant.ts";
import { PROLOGUE } from "./prologue.ts";

/** A folder that is removed at the end of its scope. */
export interface ProjectCopy extends AsyncDisposable {
  /** The folder. */
  readonly root: string;
  /** The mutants, by file and place. */
  readonly mutants: readonly Mutant[];
}

const LEFT_OUT = new Set(["node_modules", "coverage"]);

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const entry of Deno.readDir(from)) {
    if (entry.name.startsWith(".") || LEFT_OUT.has(entry.name)) continue;
    const [source, target] = [`${from}/${entry.name}`, `${to}/${entry.name}`];
    if (entry.isDirectory) await copyFolder(source, target);
    else if (entry.isFile) await Deno.copyFile(source, target);
  }
}

/**
 * Copies a project into a temporary folder and puts mutants into its files.
 *
 * @param root The folder of the project.
 * @param files The files that get mutants, relative to it.
 * @returns The copy.
 */
export async function copyProject(
  root: string,
  files: readonly string[],
): Promise<ProjectCopy> {
  const target = await Deno.makeTempDir({ prefix: "mutation_" });
  await copyFolder(root, target);
  const mutants: Mutant[] = [];
  for (const file of files) {
    const path = `${target}/${file}`;
    const code = await Deno.readTextFile(path);
    const instrumented = instrument(file, code, mutants.length);
    mutants.push(...instrumented.mutants);
    await Deno.writeTextFile(path, PROLOGUE + instrumented.text);
  }
  return {
    root: target,
    mutants,
    [Symbol.asyncDispose]: () => Deno.remove(target, { recursive: true }),
  };
}
