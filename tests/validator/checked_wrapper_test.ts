import { assertEquals, assertStrictEquals } from "@std/assert";
import { FileWrapper } from "../../mod.ts";
import { runApplication } from "../../gateway/mod.ts";
import {
  idsOf,
  startResponse,
  TEXT,
  validate,
  wrapping,
} from "./body_cases.ts";
import { createEnviron, type Loose } from "./scenario.ts";

const bytes = new TextEncoder().encode("Hello");

Deno.test("validator() keeps a file wrapper the same object", async () => {
  let closed = 0;
  let left = 2;
  const file = {
    read: () => left-- > 0 ? bytes : null,
    close: () => void closed++,
  };
  let wrapper: unknown;
  const { app, found } = validate((environ, startResponse) => {
    startResponse("200 OK", [...TEXT, ["Content-Length", "10"]]);
    return wrapper = environ["wsgi.file_wrapper"](file);
  });
  const environ = createEnviron();
  environ["wsgi.file_wrapper"] = (file) => new FileWrapper(file);
  const body = app(environ, startResponse) as Loose;
  assertEquals(body === wrapper, true);
  assertEquals((body as unknown) instanceof FileWrapper, true);
  const chunks = await Array.fromAsync(body);
  assertStrictEquals(chunks[0], bytes);
  assertEquals(chunks.length, 2);
  await body.close();
  assertEquals(closed, 1);
  app.assertFinished();
  assertEquals(found, []);
});

Deno.test("validator() checks the chunks of a file wrapper that is iterated over", async () => {
  const blocks = [bytes];
  const { app, body, found } = wrapping(
    (file) => new FileWrapper(file),
    { read: () => blocks.shift() },
    { throws: false, headers: [...TEXT, ["Content-Length", "10"]] },
  );
  for await (const _chunk of body);
  await body.close();
  assertEquals(idsOf(found), ["body/content-length"]);
  app.assertFinished();
});

Deno.test("validator() counts a file wrapper that cannot be watched as finished", () => {
  const wrapper = Object.freeze([bytes]);
  const { app, body } = wrapping(() => wrapper);
  assertStrictEquals(body, wrapper);
  app.assertFinished();
});

Deno.test("validator() is transparent to what runApplication() sends of a file wrapper", async () => {
  const blocks = [bytes, bytes];
  let closed = 0;
  const { app, found } = validate((environ, startResponse) => {
    startResponse("200 OK", TEXT);
    const file = {
      read: () => blocks.shift(),
      close: () => void closed++,
    };
    return environ["wsgi.file_wrapper"](file);
  });
  const environ = createEnviron();
  environ["wsgi.file_wrapper"] = (file) => new FileWrapper(file);
  const sent: unknown[] = [];
  await runApplication(app, environ, {
    sendHead: () => {},
    write: (chunk) => void sent.push(chunk),
    end: () => void sent.push("end"),
    abort: (reason) => void sent.push(reason),
  });
  assertEquals(sent, [bytes, bytes, "end"]);
  assertEquals(closed, 1);
  assertEquals(found, []);
  app.assertFinished();
});
