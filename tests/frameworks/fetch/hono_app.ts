/** The application of the exercises, made with Hono. */

import { Hono } from "npm:hono@^4";
import { getCookie, setCookie } from "npm:hono@^4/cookie";
import { getConnInfo } from "npm:hono@^4/deno";
import { stream, streamSSE, streamText } from "npm:hono@^4/streaming";
import { happenings, waitForLeaving } from "./live.ts";

/** Creates the application. */
export function createApp(): Hono {
  const app = new Hono();
  app.get("/hello/:name", (c) => c.text(`Hello ${c.req.param("name")}!\n`));
  app.post("/sum", async (c) => {
    const { a, b } = await c.req.json<{ a: number; b: number }>();
    return c.json({ sum: a + b });
  });
  app.post("/form", async (c) => {
    const { name } = await c.req.parseBody();
    return c.text(`Hello ${name}!\n`);
  });
  app.put("/echo", (c) => {
    const headers = { "Content-Type": "application/octet-stream" };
    return new Response(c.req.raw.body, { headers });
  });
  app.get("/parts/:id", (c) =>
    streamText(c, async (stream) => {
      await stream.write("first\n");
      await happenings.when(`${c.req.param("id")}-open`);
      await stream.write("second\n");
    }));
  app.get("/events/:id", (c) =>
    streamSSE(c, async (stream) => {
      await stream.writeSSE({ data: "first" });
      await happenings.when(`${c.req.param("id")}-open`);
      await stream.writeSSE({ data: "second" });
    }));
  app.get("/redirect", (c) => c.redirect("/hello/again"));
  app.get("/cookies", (c) => {
    setCookie(c, "a", "1");
    setCookie(c, "b", "2");
    const cookies = Object.entries(getCookie(c));
    return c.text(`${cookies.map((cookie) => cookie.join("=")).join("; ")}\n`);
  });
  app.get("/null", (c) => c.body(null));
  app.delete("/null", (c) => c.body(null, 204));
  app.get("/fail", () => {
    throw new Error("failed on purpose");
  });
  // Its own handler would also write to the console.
  app.onError((_error, c) => c.text("Internal Server Error", 500));
  app.get("/wait/:id", async (c) => {
    return c.text(await waitForLeaving(c.req.param("id"), c.req.raw.signal));
  });
  app.get("/endless/:id", (c) => {
    c.header("Content-Type", "text/plain");
    return stream(c, async (stream) => {
      stream.onAbort(() => happenings.happen(`${c.req.param("id")}-left`));
      while (!stream.aborted) await stream.write("again\n");
    });
  });
  app.get("/client", (c) => {
    const { address, transport } = getConnInfo(c).remote;
    return c.text(`${address} ${transport}\n`);
  });
  return app;
}
