import { assert, assertStringIncludes } from "@std/assert";
import { setupTestingDefaults } from "../../mod.ts";
import { runScenario, runServer, type Scenario } from "./scenario.ts";

const SECRET = "s3cr3t-s3cr3t";

const SECRETS: Record<string, Scenario> = {
  "with a line end": {
    app: (_environ, startResponse) => {
      startResponse("200 OK", [["Set-Cookie", `id=${SECRET}\r\n`]]);
      return [];
    },
  },
  "with a tab": {
    app: (_environ, startResponse) => {
      startResponse("200 OK", [["Set-Cookie", `id=${SECRET}\ta`]]);
      return [];
    },
  },
  "above U+00FF": {
    app: (_environ, startResponse) => {
      startResponse("200 OK", [["Set-Cookie", `id=${SECRET}€`]]);
      return [];
    },
  },
  "in one string with its name": {
    app: (_environ, startResponse) => {
      startResponse("200 OK", [`Set-Cookie: id=${SECRET}`]);
      return [];
    },
  },
  "as all of the headers": {
    app: (_environ, startResponse) => {
      startResponse("200 OK", `Set-Cookie: id=${SECRET}`);
      return [];
    },
  },
  "in the name": {
    app: (_environ, startResponse) => {
      startResponse("200 OK", [[`Set-Cookie: id=${SECRET}`, ""]]);
      return [];
    },
  },
  "in an object": {
    app: (_environ, startResponse) => {
      startResponse("200 OK", { "Set-Cookie": `id=${SECRET}` });
      return [];
    },
  },
  "joined with another": {
    app: (_environ, startResponse) => {
      startResponse("200 OK", [["Set-Cookie", `id=${SECRET}, b=${SECRET}`]]);
      return [];
    },
  },
  "in HTTP_COOKIE": {
    environ: (environ) => {
      environ.HTTP_COOKIE = `id=${SECRET}€\0`;
    },
  },
  "in HTTP_AUTHORIZATION": {
    environ: (environ) => {
      environ.HTTP_AUTHORIZATION = [`Bearer ${SECRET}`];
    },
  },
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
    const environ = setupTestingDefaults({
      "wsgi.errors": {
        write: (line: string) => void (text += line),
        writelines: () => {},
        flush: () => {},
      },
    });
    await runServer(app, environ);
  }
  assertStringIncludes(text, "Cannot start the response");
  assert(!text.includes(SECRET), text);
});
