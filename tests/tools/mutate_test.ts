import { assertEquals } from "@std/assert";
import { instrument } from "../../tools/instrument.ts";
import { mutate, type MutateOptions } from "../../tools/mutate.ts";

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
`,
  "broken_test.ts": `Deno.test("this one always fails", () => {
  throw new Error("always");
});
`,
};

async function mutateToy(options: MutateOptions = {}): Promise<string[]> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, code] of Object.entries(TOY)) {
      await Deno.writeTextFile(`${folder}/${name}`, code);
    }
    const lines: string[] = [];
    await mutate(folder, {
      suites: [[/^(max|loop)\.ts$/, /_test\.ts$/]],
      ...options,
    }, (line) => void lines.push(line));
    return lines;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("mutate() prints what no test notices", async () => {
  const lines = await mutateToy();
  assertEquals(lines.toSorted(), [
    "12 of 12 mutants",
    "4 of 12 survived",
    "left out, it fails without a mutant: broken_test.ts",
    "max.ts:2 (1 test files) a > b → (a) >= (b)",
    "max.ts:6 (0 test files) 1 → 2",
    "max.ts:6 (0 test files) a === 1 → (a) !== (1)",
    "max.ts:6 (0 test files) a === 1 → undefined",
  ]);
});

Deno.test("mutate() tries some mutants of some files", async () => {
  const options = { paths: ["max.ts"], sample: 3, seed: 7 };
  const lines = await mutateToy(options);
  assertEquals(lines[0], "3 of 7 mutants");
  assertEquals((await mutateToy(options)).sort(), lines.toSorted());
});
