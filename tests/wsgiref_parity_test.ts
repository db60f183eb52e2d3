import { assert, assertEquals } from "@std/assert";
import { askPython, testWithPython } from "./wsgi/python.ts";

const page = await Deno.readTextFile(
  new URL("../docs/wsgiref.md", import.meta.url),
);

testWithPython(
  "docs/wsgiref.md names everything that Python's wsgiref has",
  async () => {
    const [names] = await askPython(
      `
import importlib, inspect
def run(modules):
    names = set()
    for name in modules:
        module = importlib.import_module("wsgiref." + name)
        for key, value in vars(module).items():
            own = getattr(value, "__module__", module.__name__) == module.__name__
            # What is neither a class nor a function counts if it is listed.
            listed = key in getattr(module, "__all__", [])
            code = inspect.isclass(value) or inspect.isfunction(value)
            if key.startswith("_") or not (listed or (code and own)):
                continue
            names.add(key)
            if inspect.isclass(value) and own and name != "types" and not key.endswith("Wrapper"):
                names.update(k for k in vars(value) if not k.startswith("_"))
    return sorted(names)
`,
      [["util", "headers", "handlers", "simple_server", "validate", "types"]],
    ) as [string[]];
    assert(names.length > 80, `${names.length} names`);
    const named = new Set(page.match(/\w+/g));
    assertEquals(names.filter((name) => !named.has(name)), []);
  },
);

Deno.test("docs/wsgiref.md names only exported symbols as successors", async () => {
  const modules = await Promise.all([
    import("../mod.ts"),
    import("../gateway/mod.ts"),
    import("../gateway/cgi/cgi.ts"),
  ]);
  const exported = new Set(modules.flatMap((module) => Object.keys(module)));
  const functions = `
    FileWrapper HeaderList applicationUri demoApp formatDateTime
    guessScheme isHopByHop makeServer readEnviron requestUri
    runApplication runCgi setupTestingDefaults shiftPathInfo
    toFetchHandler validator`;
  for (const name of functions.trim().split(/\s+/)) {
    assert(exported.has(name), `${name} is not exported`);
    assert(page.includes(`\`${name}`), `${name} is not on the page`);
  }
});
