/** The application of the exercises without a framework. */

import { aborted, type Happenings } from "./happenings.ts";

type Groups = Record<string, string | undefined>;
type Handler = (
  request: Request,
  groups: Groups,
) => Response | Promise<Response>;

const encoder = new TextEncoder();
const TEXT = { "Content-Type": "text/plain; charset=utf-8" };
const BYTES = { "Content-Type": "application/octet-stream" };
const EVENTS = {
  "Content-Type": "text/event-stream",
  Connection: "keep-alive",
};

function text(body: string): Response {
  return new Response(body, { headers: TEXT });
}

/** Creates the application. */
export function createApp(
  happenings: Happenings,
): (request: Request) => Response | Promise<Response> {
  async function* twoParts(
    id: string,
    form: string,
  ): AsyncGenerator<Uint8Array> {
    yield encoder.encode(form.replace("*", "first"));
    await happenings.when(`${id}-open`);
    yield encoder.encode(form.replace("*", "second"));
  }

  const routes: readonly [method: string, path: string, handler: Handler][] = [
    ["GET", "/hello/:name", (_request, { name = "" }) => {
      return text(`Hello ${decodeURIComponent(name)}!\n`);
    }],
    ["POST", "/sum", async (request) => {
      const { a, b } = await request.json();
      return Response.json({ sum: a + b });
    }],
    ["POST", "/form", async (request) => {
      const form = await request.formData();
      return text(`Hello ${form.get("name")}!\n`);
    }],
    ["PUT", "/echo", ({ body }) => new Response(body, { headers: BYTES })],
    ["GET", "/parts/:id", (_request, { id = "" }) => {
      const body = ReadableStream.from(twoParts(id, "*\n"));
      return new Response(body, { headers: TEXT });
    }],
    ["GET", "/events/:id", (_request, { id = "" }) => {
      const body = ReadableStream.from(twoParts(id, "data: *\n\n"));
      return new Response(body, { headers: EVENTS });
    }],
    ["GET", "/redirect", ({ url }) => {
      return Response.redirect(new URL("/hello/again", url));
    }],
    ["GET", "/cookies", (request) => {
      const response = text(`${request.headers.get("Cookie")}\n`);
      response.headers.append("Set-Cookie", "a=1; Path=/");
      response.headers.append("Set-Cookie", "b=2; Path=/");
      return response;
    }],
    ["GET", "/null", () => new Response(null)],
    ["DELETE", "/null", () => new Response(null, { status: 204 })],
    ["GET", "/fail", () => {
      throw new Error("failed on purpose");
    }],
    ["GET", "/wait/:id", async ({ signal }, { id = "" }) => {
      happenings.happen(`${id}-began`);
      await aborted(signal);
      happenings.happen(`${id}-left`);
      return text("too late\n");
    }],
    ["GET", "/endless/:id", (_request, { id = "" }) => {
      const body = new ReadableStream({
        pull: (controller) => controller.enqueue(encoder.encode("again\n")),
        cancel: () => happenings.happen(`${id}-left`),
      });
      return new Response(body, { headers: TEXT });
    }],
    ["GET", "/happened/:what", async (_request, { what = "" }) => {
      await happenings.when(what);
      return text("yes\n");
    }],
    ["POST", "/happen/:what", (_request, { what = "" }) => {
      happenings.happen(what);
      return text("yes\n");
    }],
  ];
  const patterns = routes.map(([method, pathname, handler]) =>
    [method, new URLPattern({ pathname }), handler] as const
  );

  return (request) => {
    // HEAD is handled as GET, because the server leaves the body out.
    const asked = request.method === "HEAD" ? "GET" : request.method;
    for (const [method, pattern, handler] of patterns) {
      const match = method === asked ? pattern.exec(request.url) : null;
      if (match !== null) return handler(request, match.pathname.groups);
    }
    const init = { status: 404, headers: TEXT };
    return new Response("There is no such page.\n", init);
  };
}
