// The output that docs/examples.md and docs/examples_programs.md show.

import { assert, assertMatch, assertStringIncludes } from "@std/assert";
import { commandOf, ExampleProgram, readGallery } from "./program.ts";
import { missingTool, runTool } from "../tool.ts";

const ADDRESS = "http://127.0.0.1:8000/";

interface Shown {
  file: string;
  /** What is typed, and what comes then. */
  asks: { command: string; output: string }[];
}

/** The examples of the page that are servers and answer without a pause. */
async function shown(): Promise<Shown[]> {
  const sections = (await readGallery()).split(/^### /m).slice(1);
  return sections.map((section) => {
    const [file = ""] = section.split("\n");
    const blocks = section.matchAll(/^```console\n\$ (.*)\n([^]*?)^```$/gm);
    const asks = [...blocks].map(([, command = "", output = ""]) => ({
      command,
      output,
    })).filter(({ output }) => !output.includes("…\n"));
    return { file, asks };
  }).filter(({ file, asks }) => /^[a-z_]+\.ts$/.test(file) && asks.length > 0);
}

/** What is another one each time has no place in a comparison. */
function withoutTimes(text: string): string {
  return text.replaceAll("\r", "")
    .replace(/^([Dd]ate|Last-Modified): .*$/gm, "$1: …")
    .replace(/^(ETag: "[0-9a-f]+-).*$/gm, "$1…")
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "…")
    .trim();
}

/** A pattern of what is shown, in which an ellipsis stands for a time. */
function patternOf(text: string): RegExp {
  const parts = withoutTimes(text).split("…").map((part) =>
    RegExp.escape(part)
  );
  return new RegExp(`^${parts.join("[^]*")}$`);
}

const missing = await missingTool("curl");
const examples = await shown();

Deno.test("docs/examples.md shows the answers of twenty servers", () => {
  assert(examples.length >= 20, `there are ${examples.length}`);
});

Deno.test.each(examples)(
  `docs/examples.md shows what $file answers${missing}`,
  { ignore: missing !== "" },
  async ({ file, asks }) => {
    await using program = await ExampleProgram.start(await commandOf(file));
    for (const { command, output } of asks) {
      const typed = command.replace(ADDRESS, program.url);
      const { stdout, stderr } = await runTool("sh", ["-c", typed]);
      const failure = /^curl: .*\n/m.exec(output)?.[0] ?? "";
      const got = withoutTimes(stdout).replaceAll(program.url, ADDRESS);
      assertMatch(got, patternOf(output.replace(failure, "")));
      assertStringIncludes(stderr, failure);
    }
  },
);
