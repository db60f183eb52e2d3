import { assertEquals } from "@std/assert";
import { checkApplication } from "../../conformance/check_application.ts";
import type { CaseReport } from "../../conformance/report.ts";
import { app as hello } from "../../examples/hello.ts";
import { mount } from "../../middleware/mount.ts";
import { type Application, demoApp, validator } from "../../mod.ts";
import { staticFiles } from "../../static_files/static_files.ts";
import { toBytes } from "../../wsgi/byte_string.ts";
import { appOf, EXAMPLES } from "../examples/list.ts";
import { answering, PLAIN } from "../gateway/recording_transport.ts";

const TESTDATA = new URL("../testdata/", import.meta.url);

/** Calls write(), as old frameworks do. */
const writing: Application = async (_environ, startResponse) => {
  const write = startResponse("200 OK", PLAIN);
  for (const line of ["one\n", "two\n"]) await write(toBytes(line));
  return [];
};

/** Has no end. */
const endless = answering(() => ({
  *[Symbol.iterator](): Generator<Uint8Array, void> {
    for (;;) yield toBytes("again\n");
  },
}));

/** Paths of examples that are checked, if not only "/". */
const PATHS: Record<string, readonly string[]> = {
  "events.ts": ["/", "/events"],
  "file_server.ts": ["/", "/README.md"],
};

const files = staticFiles(TESTDATA);
const mounted = mount({ "/files": files, "/": demoApp });

type Sound = [name: string, app: Application, paths?: readonly string[]];

const SOUND: readonly Sound[] = [
  ...await Promise.all(EXAMPLES.map(async ({ file }): Promise<Sound> => {
    return [`examples/${file}`, await appOf(file), PATHS[file] ?? ["/"]];
  })),
  ["the demo application", demoApp, ["/", "/a?b=c"]],
  ["static files", files],
  ["mounted static files", mounted, ["/", "/files/"]],
  ["an application with its own validator", validator(hello)],
  ["an application that calls write()", writing],
  ["an application whose body never ends", endless],
];

/** Whether a response shows that the application missed a variable. */
function isOdd({ exchanged }: CaseReport): boolean {
  return exchanged.some(({ direction, data }) =>
    direction === "received" && /undefined|\bNaN\b|TypeError/.test(data)
  );
}

Deno.test("checkApplication() finds nothing wrong with correct applications", async () => {
  const wrong = await Promise.all(SOUND.map(async ([name, app, paths]) => {
    const options = { paths, timeout: 20_000 };
    const { cases, passed } = await checkApplication(app, options);
    return cases.filter((one) => one.outcome === "failed" || isOdd(one))
      .map(({ id, message }) => `${name}: ${id}: ${message}`)
      .concat(passed > 80 ? [] : `${name}: only ${passed} cases passed`);
  }));
  assertEquals(wrong.flat(), []);
});
