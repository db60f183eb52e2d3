import { assertEquals, assertThrows } from "@std/assert";
import { shiftPathInfo } from "../../wsgi/shift_path_info.ts";
import { askPython, testWithPython } from "./python.ts";

Deno.test.each<[string, string, string | undefined, string, string]>([
  ["", "/", "", "/", ""],
  ["", "/x", "x", "/x", ""],
  ["/", "", undefined, "/", ""],
  ["/a", "/x/y", "x", "/a/x", "/y"],
  ["/a/b", "/../y", "..", "/a", "/y"],
  ["", "/../y", "..", "", "/y"],
  ["/a/b", "///./..//y/.//", "..", "/a", "/y/"],
  ["/a/b", "/.///", "", "/a/b/", ""],
  ["/a/b", "/x//", "x", "/a/b/x", "/"],
  ["/a/b", "/.", undefined, "/a/b", ""],
  ["/", "/a", "a", "//a", ""],
  ["//", "/a", "a", "/a", ""],
  ["/a", "/b/..", "b", "/a/b", "/.."],
  ["", "/%2e", "%2e", "/%2e", ""],
])(
  "shiftPathInfo() at %j and %j returns %j",
  (script, path, segment, ...to) => {
    const environ = { SCRIPT_NAME: script, PATH_INFO: path };
    assertEquals(shiftPathInfo(environ), segment);
    assertEquals(environ, { SCRIPT_NAME: to[0], PATH_INFO: to[1] });
  },
);

Deno.test("shiftPathInfo() treats a missing variable as empty", () => {
  const [nothing, path]: object[] = [{}, { PATH_INFO: "/a/b" }];
  assertEquals([nothing!, path!].map(shiftPathInfo), [undefined, "a"]);
  const after = { SCRIPT_NAME: "/a", PATH_INFO: "/b" };
  assertEquals([nothing, path], [{}, after]);
});

Deno.test("shiftPathInfo() rejects a PATH_INFO that is no path, and changes nothing", () => {
  for (const PATH_INFO of ["abc", "*", 7, ["/a"]]) {
    const environ = { SCRIPT_NAME: "/s", PATH_INFO: PATH_INFO as string };
    const shift = () => shiftPathInfo(environ);
    const message = 'PATH_INFO must be a string that begins with "/", got ';
    assertThrows(shift, TypeError, `Cannot shift the path: ${message}`);
    assertEquals<unknown>(environ, { SCRIPT_NAME: "/s", PATH_INFO });
  }
});

/** All strings of up to `length` pieces. */
function* combinations(pieces: string[], length: number): Iterable<string> {
  if (length === 0) return yield "";
  for (const rest of combinations(pieces, length - 1)) {
    yield rest;
    if (rest.length === length - 1) { for (const p of pieces) yield rest + p; }
  }
}

testWithPython("shiftPathInfo() does what Python's does", async () => {
  const paths = [...combinations(["/", ".", "a"], 6)]
    .filter((path) => path === "" || path.startsWith("/"));
  const scripts = " / // /// /s /s/t /s/ s .. /..".split(" ");
  const cases = scripts.flatMap((script) =>
    paths.map((path) => [script, path])
  );
  const expected = await askPython(
    `
from wsgiref.util import shift_path_info
def run(case):
    environ = {"SCRIPT_NAME": case[0], "PATH_INFO": case[1]}
    segment = shift_path_info(environ)
    return [segment, environ["SCRIPT_NAME"], environ["PATH_INFO"]]
`,
    cases,
  );
  const actual = cases.map(([SCRIPT_NAME = "", PATH_INFO = ""]) => {
    const environ = { SCRIPT_NAME, PATH_INFO };
    const segment = shiftPathInfo(environ) ?? null;
    return [segment, environ.SCRIPT_NAME, environ.PATH_INFO];
  });
  assertEquals(cases.length > 3000, true);
  assertEquals(actual, expected);
});
