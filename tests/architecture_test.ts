import { assert, assertEquals, assertMatch } from "@std/assert";
import config from "../deno.json" with { type: "json" };
import { SERVER_SOFTWARE } from "../gateway/environ/base_environ.ts";
import { findCircle, readImports, showImport } from "./import_graph.ts";
import { Program } from "./program.ts";

const ROOT = new URL("../", import.meta.url);

/**
 * The rooms of the package, from the lowest to the highest. A file may import
 * from its own room and from those above it in this table; where `only` is
 * given, from its own room and those alone. A path belongs to the longest
 * entry that it starts with.
 */
const ROOMS: readonly { path: string; only?: readonly string[] }[] = [
  { path: "wsgi/", only: [] },
  { path: "http1/", only: ["wsgi/"] },
  { path: "gateway/" },
  { path: "gateway/fetch/" },
  { path: "gateway/node/" },
  { path: "gateway/cgi/" },
  { path: "gateway/backend/" },
  { path: "gateway/from_fetch/" },
  { path: "validator/", only: ["wsgi/"] },
  { path: "validator.ts", only: ["validator/", "wsgi/"] },
  { path: "server/" },
  { path: "middleware/" },
  { path: "static_files/" },
  { path: "test_client/" },
  { path: "cli/" },
  { path: "conformance/" },
  { path: "dev/" },
  { path: "server.ts" },
  { path: "mod.ts" },
];

/** Folders with programs that are not part of the package. */
const OUTSIDE = ["bench", "docs", "examples", "tests", "tools"];

interface Dependency {
  isDynamic?: boolean;
  code?: { specifier?: string };
  type?: { specifier?: string };
  specifier: string;
}

interface Module {
  specifier: string;
  error?: string;
  dependencies?: Dependency[];
}

async function deno(...args: string[]): Promise<string> {
  await using program = new Program(...args);
  const { code, stdout, stderr } = await program.outcome();
  assertEquals(code, 0, stderr);
  return stdout;
}

/** Returns the TypeScript files of a folder and its subfolders. */
async function filesIn(folder: string): Promise<string[]> {
  const files: string[] = [];
  for await (const entry of Deno.readDir(new URL(folder, ROOT))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) files.push(...await filesIn(path));
    else if (entry.name.endsWith(".ts")) files.push(path);
  }
  return files.toSorted();
}

/** The modules that have to run without any registry and in any runtime. */
const CORE = [
  ...["mod.ts", "server.ts", "validator.ts"],
  ...["conformance/mod.ts", "conformance/probe.ts"],
  ...(await Promise.all(
    ["wsgi", "http1", "gateway", "server", "validator"].map(filesIn),
  )).flat(),
];

/** Returns the modules that a file needs, as `deno info` lists them. */
async function graphOf(file: string): Promise<Module[]> {
  return JSON.parse(await deno("info", "--json", file)).modules;
}

Deno.test("the core imports nothing from outside the repository", async () => {
  const path = await Deno.makeTempFile({ suffix: ".ts" });
  const lines = CORE.map((file) => `import "${new URL(file, ROOT)}";\n`);
  await Deno.writeTextFile(path, lines.join(""));
  const modules = await graphOf(path).finally(() => Deno.remove(path));
  const foreign = modules.flatMap(({ specifier, error, dependencies = [] }) => {
    const from = specifier.replace(ROOT.href, "");
    const targets = dependencies.map(({ code, type, specifier }) =>
      code?.specifier ?? type?.specifier ?? specifier
    ).filter((target) =>
      !target.startsWith(ROOT.href) &&
      // Gateways may use built-in modules of their runtime.
      !(from.startsWith("gateway/") && target.startsWith("node:"))
    );
    const broken = error !== undefined && from !== specifier ? [error] : [];
    return [...broken, ...targets].map((target) => `${from}: ${target}`);
  });
  assertEquals(foreign, []);
});

Deno.test("the core does not touch Deno while it is imported", async () => {
  const program = `
    const modules = Deno.args;
    Object.defineProperty(globalThis, "Deno", {
      get() {
        const [, , where] = new Error().stack.split("\\n");
        throw new Error("Deno was touched" + where);
      },
    });
    const reasons = new Set();
    for (const module of modules) {
      await import(module).catch(({ message }) => reasons.add(message));
    }
    console.log(JSON.stringify([...reasons]));
  `;
  const modules = CORE.map((file) => new URL(file, ROOT).href);
  assertEquals(JSON.parse(await deno("eval", program, ...modules)), []);
});

/** The room of a file: its place in the table. */
function roomOf(file: string): number {
  let room = -1;
  for (const [index, { path }] of ROOMS.entries()) {
    const isLonger = path.length > (ROOMS[room]?.path.length ?? 0);
    if (file.startsWith(path) && isLonger) room = index;
  }
  return room;
}

async function filesOfRooms(): Promise<string[]> {
  const tops = new Set(ROOMS.map(({ path }) => path.split("/")[0] ?? ""));
  const files = await Promise.all(
    [...tops].map(async (top) =>
      top.endsWith(".ts") ? [top] : await filesIn(top)
    ),
  );
  return files.flat();
}

Deno.test("every folder of the repository is in the table of rooms", async () => {
  const known = new Set([...OUTSIDE, ...ROOMS.map(({ path }) => path)]);
  const unknown: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(ROOT)) {
    const path = isDirectory ? `${name}/` : name;
    if (known.has(name) || known.has(path)) continue;
    if (isDirectory ? (await filesIn(name)).length > 0 : /\.ts$/.test(name)) {
      unknown.push(path);
    }
  }
  assertEquals(unknown, []);
});

Deno.test("imports run downwards", async () => {
  const wrong: string[] = [];
  for (const step of await readImports(await filesOfRooms())) {
    const [from, to] = [roomOf(step.from), roomOf(step.to)];
    if (from === to) continue;
    const { only } = ROOMS[from]!;
    const target = ROOMS[to]?.path ?? "";
    if (to === -1 || to > from || only?.includes(target) === false) {
      wrong.push(showImport(step));
    }
  }
  assertEquals(wrong, []);
});

Deno.test("no imports are circular", async () => {
  const imports = await readImports(await filesOfRooms());
  assertEquals(findCircle(imports)?.map(showImport), undefined);
});

/** The modules that a module needs before it runs. Those of `import()` stay out. */
async function loadedBy(file: string): Promise<string[]> {
  const graph = await graphOf(file);
  const modules = new Map(graph.map((module) => [module.specifier, module]));
  const loaded = new Set([new URL(file, ROOT).href]);
  for (const specifier of loaded) {
    for (const dependency of modules.get(specifier)?.dependencies ?? []) {
      const target = dependency.code?.specifier;
      if (target !== undefined && !dependency.isDynamic) loaded.add(target);
    }
  }
  return [...loaded].map((specifier) => specifier.replace(ROOT.href, ""));
}

Deno.test("server.ts loads only the server", async () => {
  const loaded = await loadedBy("server.ts");
  const others = loaded.filter((file) =>
    !/^(?:wsgi|http1|gateway|server)\//.test(file)
  );
  assertEquals(others, ["server.ts"]);
  assert(loaded.includes("server/make_server.ts"), loaded.join("\n"));
});

Deno.test("mod.ts exports what authors and users of applications need", async () => {
  const names = (await readImports(["mod.ts"])).flatMap((step) =>
    step.names.replace(/[{}]|\btype\b/g, "").split(",").map((name) =>
      name.trim()
    )
  ).filter((name) => name !== "");
  const expected = `
    Application ClientDisconnected ConformanceError Environ ErrorStream
    FetchHandler FetchHandlerOptions FileLike FileWrapper HeaderList
    HeaderParameters HeaderTuple InputStream Middleware OpenFile
    PathVariables RequestBodyError RequestTimeout RequestUriOptions
    ResponseBody ServeOptions ServerOptions ServerStopped StartResponse
    ValidatedApplication ValidatorOptions Violation WrapFile Write WsgiServer
    applicationUri decodeUtf8 demoApp encodeUtf8 formatDateTime fromResponse guessScheme
    isHopByHop makeServer requestUri serve setupTestingDefaults shiftPathInfo
    toFetchHandler toRequest validator`;
  assertEquals(names.toSorted(), expected.trim().split(/\s+/));
});

Deno.test("every entry of exports exists, and is named after its file", async () => {
  const targets: string[] = Object.values(config.exports);
  for (const [name, target] of Object.entries(config.exports)) {
    assert((await Deno.stat(new URL(target, ROOT))).isFile, target);
    const path = target.replace(/^\.\/|\.ts$/g, "").replace(/(?:^|\/)mod$/, "")
      .split("/");
    // If the mod.ts of a folder is an entry, it precedes its other entries.
    const isInside = path.length === 2 &&
      targets.includes(`./${path[0]}/mod.ts`);
    const stem = (isInside ? path.join("/") : path.at(-1)) ?? "";
    assertEquals(name, stem === "" ? "." : `./${stem.replaceAll("_", "-")}`);
    assertMatch(name, /^\.(?:\/[a-z0-9]+(?:-[a-z0-9]+)*){0,2}$/);
  }
});

Deno.test("SERVER_SOFTWARE and SPEC.md have the version of deno.json", async () => {
  assertEquals(SERVER_SOFTWARE, `wsgiref/${config.version}`);
  const spec = await Deno.readTextFile(new URL("SPEC.md", ROOT));
  assert(spec.includes(`\nVersion ${config.version}. `));
});

Deno.test("every test runs with the sanitizers on", async () => {
  assertEquals(config.test, { sanitizeOps: true, sanitizeResources: true });
  for (const file of await filesIn("tests")) {
    const source = await Deno.readTextFile(new URL(file, ROOT));
    assert(!/sanitize(?:Ops|Resources|Exit)\s*:\s*false/.test(source), file);
  }
});
