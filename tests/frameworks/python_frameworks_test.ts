import { assertEquals, assertMatch } from "@std/assert";
import { django, flask, pyramid } from "../../tools/matrix/frameworks.ts";
import type { FrameworkPart } from "../../tools/matrix/part.ts";
import { takeExercises } from "./exercises.ts";
import { testsWith } from "../tool.ts";

/**
 * The validator of Python's standard library, which raises exceptions. It forbids
 * `read()` without a size, which Werkzeug 3 calls if the input has an end.
 */
const WSGIREF_VALIDATE = `
from wsgiref.validate import validator
def judge(app):
    judged = validator(app)
    def application(environ, start_response):
        del environ["wsgi.input_terminated"]
        return judged(environ, start_response)
    return application
judge`;

/**
 * Runs every exercise as a step, and returns the exceptions and warnings in the
 * log, each once.
 */
async function exercise(
  t: Deno.TestContext,
  part: FrameworkPart,
  middleware?: string,
): Promise<string[]> {
  const running = await part.start(middleware);
  await takeExercises(t, part, running);
  // A reason that no longer applies must be removed.
  assertEquals([...running.seen], Object.keys(part.known));
  const complaints = running.log.join("").match(
    /^\w*(?:Error|Exception): .*|\w+Warning: .*/gm,
  );
  return [...new Set(complaints)];
}

for (const part of [flask, django, pyramid]) {
  // The application turns exceptions in Pyramid into a page.
  const logged = part === pyramid
    ? []
    : ["ZeroDivisionError: division by zero"];
  const missing = await part.missing();
  const test = testsWith(missing === undefined ? "" : ` (${missing})`);

  test(`makeServer() runs an application of ${part.name}`, async (t) => {
    assertEquals(await exercise(t, part), logged);
  });

  test(`wsgiref.validate and our validator find nothing in an application of ${part.name}`, async (t) => {
    assertEquals(await exercise(t, part, WSGIREF_VALIDATE), logged);
  });

  test(`versions() returns the versions of ${part.name} and of Python`, async () => {
    const { [part.name]: own = "", Python = "" } = await part.versions();
    assertMatch(own, /^\d+(?:\.\d+)+$/);
    assertMatch(Python, /^3\.\d+\.\d+$/);
  });
}
