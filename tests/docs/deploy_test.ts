import { assert, assertEquals } from "@std/assert";
import { missingCgiServer } from "../../tools/matrix/cgi_server.ts";
import { SERVERS } from "../../tools/matrix/servers.ts";
import { npmProgram } from "../../tools/matrix/npm_program.ts";
import { missingTool } from "../tool.ts";
import { nginx } from "../nginx.ts";
import { readRecipes, type Recipe } from "./recipes.ts";
import { Workplace } from "./workplace.ts";

const PAGE = new URL("../../docs/deploy.md", import.meta.url);

const recipes = readRecipes(await Deno.readTextFile(PAGE));

function recipe(title: string): Recipe {
  const found = recipes.find((one) => one.title === title);
  if (found === undefined) throw new Error(`The page has no "${title}"`);
  return found;
}

const before = recipe("Before you begin");

/**
 * Leaves out what is different every day and on every machine. lighttpd says
 * Accept-Ranges where a program has ended before its head is sent.
 */
function plain(output: string): string {
  return output
    .replace(/^(date:).*$/im, "$1")
    .replace(/^(server: \w+).*$/im, "$1")
    .replace(/^accept-ranges: bytes\n/im, "")
    .trim();
}

/** Follows a recipe, and looks at what the page says of it. */
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

async function missingNpm(name: string): Promise<string> {
  const path = await npmProgram(name);
  return path === undefined ? ` (${name} cannot be had from npm)` : "";
}

function missingCgi(name: "apache2" | "lighttpd"): string {
  const reason = missingCgiServer(name);
  return reason === undefined ? "" : ` (${reason})`;
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
  ["Apache and CGI", missingCgi("apache2")],
  ["lighttpd and CGI", missingCgi("lighttpd")],
];

/** The recipes that begin in the folder with the npm package. */
const WITH_PACKAGE = ["node:http", "Bun.serve"] as const;

for (const [title, missing] of ALONE) {
  Deno.test({
    name: `docs/deploy.md tells what "${title}" shows${noCurl || missing}`,
    ignore: (noCurl || missing) !== "",
    async fn(): Promise<void> {
      await using place = await Workplace.create(["workerd"]);
      await place.write(before);
      await follow(place, recipe(title));
    },
  });
}

const noPackage = noCurl || noNode || await missingNpm("bun");

Deno.test({
  name: `docs/deploy.md tells what the npm package shows${noPackage}`,
  ignore: noPackage !== "",
  async fn(t): Promise<void> {
    await using place = await Workplace.create(["bun"]);
    await place.write(before);
    for (const commands of recipe("The npm package").terminals) {
      await place.run(commands);
    }
    for (const title of WITH_PACKAGE) {
      await t.step(title, () => follow(place, recipe(title)));
    }
  },
});

Deno.test("docs/deploy.md has no recipe that is not followed", () => {
  const followed = [...ALONE.map(([title]) => title), ...WITH_PACKAGE];
  const shown = recipes.filter(({ talks }) => talks.length > 0)
    .map(({ title }) => title);
  assertEquals(shown.toSorted(), followed.toSorted());
});

Deno.test("docs/deploy.md names rows of docs/servers.md", async () => {
  const page = await Deno.readTextFile(PAGE);
  const links = page.matchAll(/\[([^\]]+)\]\(servers\.md#[^)]+\)/g);
  const named = Array.from(links, ([, name]) => name?.replace(/\s+/g, " "));
  assert(named.length > 0);
  const rows: unknown[] = SERVERS.map(({ name }) => name);
  assertEquals(named.filter((name) => !rows.includes(name)), []);
});

Deno.test("docs/deploy.md has no program with a wrong type", async () => {
  await using place = await Workplace.create();
  await place.write(before);
  let count = 0;
  for (const { files } of recipes) {
    // The types of Bun are a package of its own.
    const text = files.get("main.ts") ?? "Bun.";
    if (text.includes("Bun.")) continue;
    await Deno.writeTextFile(`${place.folder}/main_${++count}.ts`, text);
  }
  assert(count > 0);
  await place.run("deno check .");
});
