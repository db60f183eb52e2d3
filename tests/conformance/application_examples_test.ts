import { assertEquals } from "@std/assert";
import { checkApplication } from "../../conformance/check_application.ts";
import { app as hello } from "../../examples/hello.ts";
import { mount } from "../../middleware/mount.ts";
import { type Application, demoApp, validator } from "../../mod.ts";
import { appOf, EXAMPLES } from "../examples/list.ts";
import { staticFiles } from "../../static_files/static_files.ts";

const TESTDATA = new URL("../testdata/", import.meta.url);

/** Calls write(), as old frameworks do. */
const writing: Application = async (_environ, startResponse) => {
  const write = startResponse("200 OK", [["Content-Type", "text/plain"]]);
  await write(new TextEncoder().encode("one\n"));
  await write(new TextEncoder().encode("two\n"));
  return [];
};

/** Has no end. */
const endless: Application = (_environ, startResponse) => {
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  const line = new TextEncoder().encode("again\n");
  return {
    *[Symbol.iterator](): Generator<Uint8Array, void> {
      for (;;) yield line.slice();
    },
  };
};

/** Paths of examples that are checked, if not only "/". */
const PATHS: Record<string, readonly string[]> = {
  "events.ts": ["/", "/events"],
  "file_server.ts": ["/", "/README.md"],
};

interface Sound {
  name: string;
  app: Application;
  paths?: readonly string[] | undefined;
}

const SOUND: readonly Sound[] = [
  ...await Promise.all(EXAMPLES.map(async ({ file }) => ({
    name: `examples/${file}`,
    app: await appOf(file),
    paths: PATHS[file],
  }))),
  { name: "the demo application", app: demoApp, paths: ["/", "/a?b=c"] },
  { name: "static files", app: staticFiles(TESTDATA) },
  {
    name: "mounted static files",
    app: mount({ "/files": staticFiles(TESTDATA), "/": demoApp }),
    paths: ["/", "/files/"],
  },
  {
    name: "an application with its own validator",
    app: validator(hello),
  },
  { name: "an application that calls write()", app: writing },
  { name: "an application whose body never ends", app: endless },
];

Deno.test("checkApplication() finds nothing wrong with correct applications", async () => {
  const wrong = await Promise.all(SOUND.map(async ({ name, app, paths }) => {
    const options = { paths, timeout: 20_000 };
    const { cases, passed } = await checkApplication(app, options);
    return cases.filter(({ outcome }) => outcome === "failed")
      .map(({ id, message }) => `${name}: ${id}: ${message}`)
      .concat(passed > 80 ? [] : `${name}: only ${passed} cases passed`);
  }));
  assertEquals(wrong.flat(), []);
});
