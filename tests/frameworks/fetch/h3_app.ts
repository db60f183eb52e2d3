/** The application of the exercises, made with h3. */

import {
  createEventStream,
  getCookie,
  getRouterParam,
  H3,
  type H3Event,
  noContent,
  readBody,
  redirect,
  setCookie,
} from "npm:h3@^2";
import { aborted, type Happenings } from "./happenings.ts";

const TEXT = "text/plain; charset=utf-8";

function param(event: H3Event, name: string): string {
  return getRouterParam(event, name, { decode: true }) ?? "";
}

function text(event: H3Event, body: string): string {
  event.res.headers.set("Content-Type", TEXT);
  return body;
}

/** Creates the application. */
export function createApp(happenings: Happenings): H3 {
  // Otherwise it also writes errors of handlers to the console.
  const app = new H3({ silent: true });
  app.get(
    "/hello/:name",
    (event) => text(event, `Hello ${param(event, "name")}!\n`),
  );
  app.post("/sum", async (event) => {
    const { a, b } = (await readBody<{ a: number; b: number }>(event))!;
    return { sum: a + b };
  });
  app.post("/form", async (event) => {
    const form = await event.req.formData();
    return text(event, `Hello ${form.get("name")}!\n`);
  });
  app.put("/echo", (event) => {
    event.res.headers.set("Content-Type", "application/octet-stream");
    return event.req.body;
  });
  app.get("/parts/:id", (event) => {
    const id = param(event, "id");
    event.res.headers.set("Content-Type", TEXT);
    const encoder = new TextEncoder();
    async function* parts(): AsyncGenerator<Uint8Array> {
      yield encoder.encode("first\n");
      await happenings.when(`${id}-open`);
      yield encoder.encode("second\n");
    }
    return ReadableStream.from(parts());
  });
  app.get("/events/:id", (event) => {
    const stream = createEventStream(event);
    const send = async (): Promise<void> => {
      await stream.push("first");
      await happenings.when(`${param(event, "id")}-open`);
      await stream.push("second");
      await stream.close();
    };
    send();
    return stream.send();
  });
  app.get("/redirect", () => redirect("/hello/again"));
  app.get("/cookies", (event) => {
    setCookie(event, "a", "1");
    setCookie(event, "b", "2");
    const [c, d] = [getCookie(event, "c"), getCookie(event, "d")];
    return text(event, `c=${c}; d=${d}\n`);
  });
  app.get("/null", () => new Response(null));
  app.delete("/null", () => noContent());
  app.get("/fail", () => {
    throw new Error("failed on purpose");
  });
  app.get("/wait/:id", async (event) => {
    const id = param(event, "id");
    happenings.happen(`${id}-began`);
    await aborted(event.req.signal);
    happenings.happen(`${id}-left`);
    return text(event, "too late\n");
  });
  app.get("/endless/:id", (event) => {
    event.res.headers.set("Content-Type", TEXT);
    const chunk = new TextEncoder().encode("again\n");
    return new ReadableStream({
      pull: (controller) => controller.enqueue(chunk),
      cancel: () => happenings.happen(`${param(event, "id")}-left`),
    });
  });
  app.get("/happened/:what", async (event) => {
    await happenings.when(param(event, "what"));
    return text(event, "yes\n");
  });
  app.post("/happen/:what", (event) => {
    happenings.happen(param(event, "what"));
    return text(event, "yes\n");
  });
  return app;
}
