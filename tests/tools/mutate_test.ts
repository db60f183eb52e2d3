import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { instrument } from "../../tools/mutation/instrument.ts";
import { filesOf, SUITES } from "../../tools/mutation/suites.ts";
import {
  entriesOf,
  type SurvivorList,
} from "../../tools/mutation/survivors.ts";
import { sample } from "../../tools/mutation/sample.ts";
import LIST from "../../tools/mutation/survivors.json" with { type: "json" };

const ROOT = new URL("../../", import.meta.url);

function changesOf(code: string): string[] {
  return instrument("a.ts", code).mutants.map(({ change }) => change);
}

Deno.test.each([
  ["x = a === b;", ["x = a === b; → nothing", "a === b → (a) !== (b)"]],
  ["const x = a < b;", ["a < b → (a) <= (b)"]],
  ["const x = a >= b;", ["a >= b → (a) > (b)"]],
  ["const x = a && b;", ["a && b → (a) || (b)"]],
  ["const x = a ?? b;", ["a ?? b → a"]],
  ["const x = !a;", ["!a → a"]],
  ["const x = 9;", ["9 → 10"]],
  ["const x = true;", ["true → false"]],
  ['const x = "word";', ['"word" → ""']],
  ['const x = "";', ['"" → "?"']],
  ["const x = a?.b.c;", ["a?.b.c → a.b.c"]],
  ["const x = f?.(a);", ["f?.(a) → f(a)"]],
  ["const x = /^a$/u;", ["/^a$/u → /a$/u", "/^a$/u → /^a/u"]],
  ["if (a) f();", ["a → true", "a → false", "f(); → nothing"]],
  ["while (a) f();", ["a → false", "f(); → nothing"]],
  ["function f() { return x; }", ["{ → { return;"]],
  ["const f = () => x;", ["x → undefined"]],
  ["throw x;", ["throw x; → nothing"]],
])("instrument() finds in %j its mutants", (code, changes) => {
  assertEquals(changesOf(code), [...changes]);
});

Deno.test.each([
  ["a message", 'f(x, "is no word") === null as never;'],
  ["a table", 'const TABLE = { name: "a", count: 3 };'],
  ["a type", 'type A = "a" | 3; const x: 3 = y as 3;'],
  ["an import", 'import a from "./a.ts"; const b = import("./b.ts");'],
  ["a key", 'const x = { "a": y, 3: z };'],
  ["a template tag", "const x = tag`a`;"],
])("instrument() changes no text of %s", (_what, code) => {
  const texts = changesOf(code).filter((change) => /^["'`]/.test(change));
  assertEquals(texts, []);
});

Deno.test("instrument() keeps the program until a mutant is asked for", () => {
  const { text, mutants } = instrument(
    "a.ts",
    "/** A comment. */\nif (a?.b === 1 && !c) f(g(2)); else h();\nx = 3;\n",
  );
  const run = (id: number): unknown => {
    const scope = { __mutant: (asked: number) => asked === id };
    const code = `${text}; return [x, calls.join()];`;
    const call = new Function(
      "globalThis",
      `let x; const calls = [],
      a = { b: 1 }, c = false, f = () => calls.push("f"),
      h = () => calls.push("h"), g = () => {}; ${code}`,
    );
    return call(scope);
  };
  assertEquals(run(-1), [3, "f"]);
  const idOf = (change: string): number =>
    mutants.find((mutant) => mutant.change === change)?.id ?? NaN;
  assertEquals(run(idOf("!c → c")), [3, "h"]);
  assertEquals(run(idOf("f(g(2)); → nothing")), [3, ""]);
  assertEquals(run(idOf("x = 3; → nothing")), [undefined, "f"]);
  assertEquals(mutants.find(({ change }) => change === "3 → 4")?.line, 3);
});

Deno.test("sample() chooses the same by the same seed", () => {
  const all = Array.from({ length: 100 }, (_, index) => index);
  const chosen = sample(all, 10, 7);
  assertEquals(chosen.length, 10);
  assertEquals(chosen, chosen.toSorted((a, b) => a - b));
  assertEquals(sample(all, 10, 7), chosen);
  assert(sample(all, 10, 8).join() !== chosen.join());
  assertEquals(sample(all, 1000, 7), all);
});

const TOY = {
  "max.ts": `export function max(a: number, b: number): number {
  if (a > b) return a;
  return b;
}

export const unused = (a: number): boolean => a === 1;
`,
  "loop.ts": `export function loop(n: number): number {
  let left = n;
  while (left > 0) {
    left--;
  }
  return left;
}
`,
  "max_test.ts": `import { loop } from "./loop.ts";
import { max } from "./max.ts";
Deno.test("max() is the greater one", () => {
  if (max(1, 2) !== 2 || max(2, 1) !== 2) throw new Error("wrong");
});
Deno.test("loop() ends at 0", async () => {
  await Promise.resolve();
  if (loop(4) !== 0) throw new Error("wrong");
});
Deno.test("this one fails anyhow", () => {
  throw new Error("always");
});
`,
};

async function mutateToy(
  survivors: SurvivorList,
  ...files: readonly string[]
): Promise<{ code: number; stdout: string }> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, code] of Object.entries(TOY)) {
      await Deno.writeTextFile(`${folder}/${name}`, code);
    }
    const list = `${folder}/survivors.json`;
    await Deno.writeTextFile(list, JSON.stringify(survivors));
    const { code, stdout } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "-q",
        "tools/mutate.ts",
        `--root=${folder}`,
        `--survivors=${list}`,
        "--tests=max_test.ts",
        ...files,
      ],
      cwd: ROOT,
      stdin: "null",
      env: { NO_COLOR: "1" },
    }).output();
    return { code, stdout: new TextDecoder().decode(stdout) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("mutate.ts tells what no test finds, and fails", async () => {
  const { code, stdout } = await mutateToy({}, "max.ts", "loop.ts");
  assertStringIncludes(stdout, "left out: this one fails anyhow");
  assertStringIncludes(stdout, "max.ts:2 (survived)\n    if (a > b) return a;");
  assertStringIncludes(stdout, "    a > b → (a) >= (b)\n");
  assertStringIncludes(
    stdout,
    "max.ts:6 (not reached)\n    export const unused",
  );
  // A loop without an end counts as found.
  assert(!stdout.includes("loop.ts:"), stdout);
  assertEquals(code, 1);
});

Deno.test("mutate.ts passes if every survivor is explained", async () => {
  const unused = "export const unused = (a: number): boolean => a === 1;";
  const { code, stdout } = await mutateToy({
    "max.ts": {
      "if (a > b) return a;": { "a > b → (a) >= (b)": "the same if equal" },
      [unused]: {
        "a === 1 → (a) !== (1)": "unused",
        "a === 1 → undefined": "unused",
        "1 → 2": "unused",
      },
    },
  }, "max.ts");
  assert(!stdout.includes("(survived)"), stdout);
  assertEquals(code, 0, stdout);
});

Deno.test("survivors.json names mutants that there are", async () => {
  const files = await Promise.all(
    SUITES.flatMap((suite) => suite.files).map((path) =>
      filesOf(ROOT.pathname, path)
    ),
  );
  const known = new Set<string>();
  for (const file of files.flat()) {
    const code = await Deno.readTextFile(new URL(file, ROOT));
    for (const { text, change } of instrument(file, code).mutants) {
      known.add(JSON.stringify([file, text, change]));
    }
  }
  const gone = entriesOf(LIST as SurvivorList).filter((
    { file, line, change },
  ) => !known.has(JSON.stringify([file, line, change])));
  assertEquals(gone, []);
});

Deno.test("survivors.json gives a reason for each", () => {
  const empty = entriesOf(LIST as SurvivorList).filter(({ reason }) =>
    reason.trim() === ""
  );
  assertEquals(empty, []);
});
