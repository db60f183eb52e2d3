import { assert, assertEquals } from "@std/assert";
import { missingCgiServer } from "../../tools/matrix/cgi_server.ts";
import { SERVERS } from "../../tools/matrix/servers.ts";
import { npmProgram } from "../../tools/matrix/npm_program.ts";
import { missingTool, testsWith } from "../tool.ts";
import { nginx } from "../nginx.ts";
import { readRecipes, type Recipe } from "./recipes.ts";
import { Workplace } from "./workplace.ts";

/** The pages with recipes. */
const text = (await Promise.all(
  ["deploy", "deploy_runtimes", "deploy_web_servers"].map((name) =>
    Deno.readTextFile(new URL(`../../docs/${name}.md`, import.meta.url))
  ),
)).join("\n");

const recipes = readRecipes(text);

function recipe(title: string): Recipe {
  const found = recipes.find((one) => one.title === title);
  assert(found !== undefined, `No page has "${title}"`);
  return found;
}

const before = recipe("Before you begin");

/**
 * Removes parts that differ by day and by machine. lighttpd sends Accept-Ranges
 * if a program has ended before its head is sent.
 */
function plain(output: string): string {
  return output.replace(/^(date:).*$/im, "$1")
    .replace(/^(server: \w+).*$/im, "$1")
    .replace(/^accept-ranges: bytes\n/im, "")
    .trim();
}

/** Follows a recipe, and checks the page's claims about it. */
async function follow(place: Workplace, recipe: Recipe): Promise<void> {
  await place.write(recipe);
  for (const commands of recipe.terminals) place.open(commands);
  try {
    for (const talk of recipe.talks) {
      assertEquals(plain(await place.ask(talk)), plain(talk.output));
    }
  } finally {
    await place.closeTerminals();
  }
}

const noCurl = await missingTool("curl");
const noNginx = nginx === undefined ? " (nginx is not installed)" : "";
const noNode = await missingTool("node") || await missingTool("npm");

const reason = (text = "") => text && ` (${text})`;

async function missingNpm(name: string): Promise<string> {
  const path = await npmProgram(name);
  return path === undefined ? ` (${name} cannot be had from npm)` : "";
}

/** The recipes that need no other, each with the reason to ignore it. */
const ALONE: readonly (readonly [title: string, missing: string])[] = [
  ["While you develop", ""],
  ["makeServer", ""],
  ["deno serve", ""],
  ["deno serve --parallel", ""],
  ["workerd and Cloudflare", await missingNpm("workerd")],
  ["nginx as a proxy", noNginx],
  ["nginx and SCGI", noNginx],
  ["nginx and uwsgi", noNginx],
  ["nginx and a Unix socket", noNginx],
  ["Apache and CGI", reason(missingCgiServer("apache2"))],
  ["lighttpd and CGI", reason(missingCgiServer("lighttpd"))],
];

/** The recipes that begin in the folder with the npm package. */
const WITH_PACKAGE = ["node:http", "Bun.serve"] as const;

for (const [title, missing] of ALONE) {
  const testRecipe = testsWith(noCurl || missing);
  testRecipe(`the recipe "${title}" prints what its page shows`, async () => {
    await using place = await Workplace.create(["workerd"]);
    await place.write(before);
    await follow(place, recipe(title));
  });
}

const test = testsWith(noCurl || noNode || await missingNpm("bun"));

test("recipes with the npm package print what their page shows", async (t) => {
  await using place = await Workplace.create(["bun"]);
  await place.write(before);
  for (const commands of recipe("The npm package").terminals) {
    await place.run(commands);
  }
  for (const title of WITH_PACKAGE) {
    await t.step(title, () => follow(place, recipe(title)));
  }
});

Deno.test("every recipe is tested", () => {
  const followed = [...ALONE.map(([title]) => title), ...WITH_PACKAGE];
  const shown = recipes.filter(({ talks }) => talks.length > 0)
    .map(({ title }) => title);
  assertEquals(shown.toSorted(), followed.toSorted());
});

Deno.test("recipes name rows of docs/servers.md", () => {
  const links = text.matchAll(/\[([^\]]+)\]\(servers\.md#[^)]+\)/g);
  const named = Array.from(links, ([, name]) => name?.replace(/\s+/g, " "));
  assert(named.length > 0);
  const rows: unknown[] = SERVERS.map(({ name }) => name);
  assertEquals(named.filter((name) => !rows.includes(name)), []);
});

Deno.test("the programs of the recipes have correct types", async () => {
  await using place = await Workplace.create();
  await place.write(before);
  let count = 0;
  for (const { files } of recipes) {
    // The types of Bun are a separate package.
    const program = files.get("main.ts") ?? "Bun.";
    if (program.includes("Bun.")) continue;
    await Deno.writeTextFile(`${place.folder}/main_${++count}.ts`, program);
  }
  assert(count > 0);
  await place.run("deno check .");
});
