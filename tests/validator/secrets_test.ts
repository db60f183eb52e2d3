import { assert, assertStringIncludes } from "@std/assert";
import { StderrStream } from "../../wsgi/error_stream.ts";
import { withHeader, withHeaders, withVariables } from "./programs.ts";
import {
  createEnviron,
  runScenario,
  runServer,
  type Scenario,
} from "./scenario.ts";

const SECRET = "s3cr3t-s3cr3t";

const SECRETS: Record<string, Scenario> = {
  "with a line end": withHeader("Set-Cookie", `id=${SECRET}\r\n`),
  "with a tab": withHeader("Set-Cookie", `id=${SECRET}\ta`),
  "above U+00FF": withHeader("Set-Cookie", `id=${SECRET}€`),
  "in one string with its name": withHeaders([`Set-Cookie: id=${SECRET}`]),
  "as the whole header list": withHeaders(`Set-Cookie: id=${SECRET}`),
  "in the name": withHeader(`Set-Cookie: id=${SECRET}`, ""),
  "in an object": withHeaders({ "Set-Cookie": `id=${SECRET}` }),
  "joined with another": withHeader("Set-Cookie", `a=${SECRET}, b=${SECRET}`),
  "in HTTP_COOKIE": withVariables({ HTTP_COOKIE: `id=${SECRET}€\0` }),
  "in an array": withVariables({ HTTP_AUTHORIZATION: [`Bearer ${SECRET}`] }),
  "above U+00FF in a variable": withVariables({
    HTTP_AUTHORIZATION: `Bearer ${SECRET}€`,
  }),
  "with NUL": withVariables({ HTTP_AUTHORIZATION: `Bearer ${SECRET}\0` }),
  "after a question mark": withVariables({ QUERY_STRING: `?t=${SECRET}` }),
  "before a fragment": withVariables({ QUERY_STRING: `token=${SECRET}#` }),
  "in a URL": withVariables({ REQUEST_URI: `http://localhost/?t=${SECRET}` }),
};

for (const [name, scenario] of Object.entries(SECRETS)) {
  Deno.test(`validator() shows no secret ${name}`, async () => {
    const found = await runScenario(scenario, { profile: "paranoid" });
    assert(found.length > 0);
    for (const { message, hint } of found) {
      assert(!message.includes(SECRET), message);
      assert(!hint?.includes(SECRET), hint);
    }
  });
}

Deno.test("runApplication() shows no secret either", async () => {
  let text = "";
  for (const { app } of Object.values(SECRETS)) {
    if (app === undefined) continue;
    const errors = new StderrStream((line) => void (text += line));
    await runServer(app, { ...createEnviron(), "wsgi.errors": errors });
  }
  assertStringIncludes(text, "Cannot start the response");
  assert(!text.includes(SECRET), text);
});
