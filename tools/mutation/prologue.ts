/**
 * How a program that a test starts in a process of its own becomes a mutant,
 * and tells which places it has come to.
 *
 * @module
 */

/** The environment variable with the number of the mutant. */
export const MUTANT_VARIABLE = "MUTATION_MUTANT";

/** The environment variable with the file for the places, a line for each. */
export const RECORD_VARIABLE = "MUTATION_RECORD";

/**
 * The beginning of an instrumented file: what `__mutant` is where no tool has
 * set it. One line, so that lines keep their numbers. A program without the
 * permission to read the environment is no mutant.
 */
export const PROLOGUE: string = `
globalThis.__mutant ??= (() => {
  const seen = new Set();
  let file, mutant;
  try {
    file = Deno.env.get("${RECORD_VARIABLE}");
    mutant = Deno.env.get("${MUTANT_VARIABLE}");
  } catch {}
  return (id) => {
    if (file && !seen.has(id)) {
      seen.add(id);
      try { Deno.writeTextFileSync(file, id + "\\n", { append: true }); } catch {}
    }
    return String(id) === mutant;
  };
})();`.replaceAll("\n", " ");
