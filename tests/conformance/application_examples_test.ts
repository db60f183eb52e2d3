import { assert, assertEquals } from "@std/assert";
import { checkApplication } from "../../conformance/check_application.ts";
import type { Report } from "../../conformance/report.ts";
import { app as bareServer } from "../../examples/bare_server.ts";
import { app as basicAuth } from "../../examples/basic_auth.ts";
import { app as conditionalGet } from "../../examples/conditional_get.ts";
import { app as download } from "../../examples/download.ts";
import { app as echo } from "../../examples/echo.ts";
import { app as errorCatcher } from "../../examples/error_catcher.ts";
import { app as events } from "../../examples/events.ts";
import { app as fileServer } from "../../examples/file_server.ts";
import { app as framework } from "../../examples/framework.ts";
import { app as gzipped } from "../../examples/gzip.ts";
import { app as hello } from "../../examples/hello.ts";
import { app as helloAsync } from "../../examples/hello_async.ts";
import { app as helloAsyncGenerator } from "../../examples/hello_async_generator.ts";
import { app as helloClass } from "../../examples/hello_class.ts";
import { app as helloGenerator } from "../../examples/hello_generator.ts";
import { app as middleware } from "../../examples/middleware.ts";
import { app as mounted } from "../../examples/mounted.ts";
import { app as ownHeaders } from "../../examples/own_headers.ts";
import { app as siteApp } from "../../examples/site.ts";
import { app as streaming } from "../../examples/streaming.ts";
import { app as upload } from "../../examples/upload.ts";
import { mount } from "../../middleware/mount.ts";
import { type Application, demoApp, validator } from "../../mod.ts";
import { staticFiles } from "../../static_files/static_files.ts";

const TESTDATA = new URL("../testdata/", import.meta.url);

/** What went wrong, in a form that a failing test shows. */
function failures(report: Report): Record<string, string | undefined> {
  return Object.fromEntries(
    report.cases.filter(({ outcome }) => outcome === "failed")
      .map(({ id, message }) => [id, message]),
  );
}

/** Calls back, as old frameworks do. */
const writing: Application = async (_environ, startResponse) => {
  const write = startResponse("200 OK", [["Content-Type", "text/plain"]]);
  await write(new TextEncoder().encode("one\n"));
  await write(new TextEncoder().encode("two\n"));
  return [];
};

/** Counts for ever. */
const endless: Application = (_environ, startResponse) => {
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  const line = new TextEncoder().encode("again\n");
  return {
    *[Symbol.iterator](): Generator<Uint8Array, void> {
      for (;;) yield line.slice();
    },
  };
};

const applications: Record<string, readonly [Application, ...string[]]> = {
  "examples/bare_server.ts": [bareServer],
  "examples/basic_auth.ts": [basicAuth],
  "examples/conditional_get.ts": [conditionalGet],
  "examples/download.ts": [download],
  "examples/echo.ts": [echo],
  "examples/error_catcher.ts": [errorCatcher],
  "examples/events.ts": [events, "/", "/events"],
  "examples/file_server.ts": [fileServer, "/", "/README.md"],
  "examples/framework.ts": [framework],
  "examples/gzip.ts": [gzipped],
  "examples/hello.ts": [hello],
  "examples/hello_async.ts": [helloAsync],
  "examples/hello_async_generator.ts": [helloAsyncGenerator],
  "examples/hello_class.ts": [helloClass],
  "examples/hello_generator.ts": [helloGenerator],
  "examples/middleware.ts": [middleware],
  "examples/mounted.ts": [mounted],
  "examples/own_headers.ts": [ownHeaders],
  "examples/site.ts": [siteApp],
  "examples/streaming.ts": [streaming],
  "examples/upload.ts": [upload],
  "the demo application": [demoApp, "/", "/a?b=c"],
  "static files": [staticFiles(TESTDATA), "/"],
  "mounted static files": [
    mount({ "/files": staticFiles(TESTDATA), "/": demoApp }),
    "/",
    "/files/",
  ],
  "an application under a validator of its own": [validator(hello)],
  "an application that calls write()": [writing],
  "an application whose body never ends": [endless],
};

for (const [name, [app, ...paths]] of Object.entries(applications)) {
  Deno.test(`checkApplication() finds nothing wrong with ${name}`, async () => {
    const report = await checkApplication(
      app,
      paths.length > 0 ? { paths } : {},
    );
    assertEquals(failures(report), {});
    assert(report.passed > 80, `only ${report.passed} cases passed`);
  });
}
