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
import { endless, happenings, twoParts, waitForLeaving } from "./live.ts";

const TEXT = "text/plain; charset=utf-8";

function param(event: H3Event, name: string): string {
  return getRouterParam(event, name, { decode: true }) ?? "";
}

function text(event: H3Event, body: string): string {
  event.res.headers.set("Content-Type", TEXT);
  return body;
}

/** Creates the application. */
export function createApp(): H3 {
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
    event.res.headers.set("Content-Type", TEXT);
    return twoParts(param(event, "id"), "*\n");
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
    const { signal } = event.req;
    return text(event, await waitForLeaving(param(event, "id"), signal));
  });
  app.get("/endless/:id", (event) => {
    event.res.headers.set("Content-Type", TEXT);
    return endless(param(event, "id"));
  });
  return app;
}
