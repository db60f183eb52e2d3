/** The application of the exercises without a framework. */

import { endless, twoParts, waitForLeaving } from "./live.ts";

type Answer = Response | Promise<Response>;
type Handler = (request: Request, name: string) => Answer;

function send(type: string, body: BodyInit | null, status = 200): Response {
  return new Response(body, { status, headers: { "Content-Type": type } });
}

const text = send.bind(undefined, "text/plain; charset=utf-8");

/** By method and path, whose last part may be a name. */
const HANDLERS: Readonly<Record<string, Handler>> = {
  "GET /hello/:name": (_request, name) => text(`Hello ${name}!\n`),
  "POST /sum": async (request) => {
    const { a, b } = await request.json();
    return Response.json({ sum: a + b });
  },
  "POST /form": async (request) => {
    const form = await request.formData();
    return text(`Hello ${form.get("name")}!\n`);
  },
  "PUT /echo": ({ body }) => send("application/octet-stream", body),
  "GET /parts/:name": (_request, name) => text(twoParts(name, "*\n")),
  "GET /events/:name": (_request, name) => {
    const response = send("text/event-stream", twoParts(name, "data: *\n\n"));
    response.headers.set("Connection", "keep-alive");
    return response;
  },
  "GET /redirect": ({ url }) => Response.redirect(new URL("/hello/again", url)),
  "GET /cookies": (request) => {
    const response = text(`${request.headers.get("Cookie")}\n`);
    response.headers.append("Set-Cookie", "a=1; Path=/");
    response.headers.append("Set-Cookie", "b=2; Path=/");
    return response;
  },
  "GET /null": () => new Response(null),
  "DELETE /null": () => new Response(null, { status: 204 }),
  "GET /fail": () => {
    throw new Error("failed on purpose");
  },
  "GET /wait/:name": async ({ signal }, name) =>
    text(await waitForLeaving(name, signal)),
  "GET /endless/:name": (_request, name) => text(endless(name)),
};

const ROUTES = Object.entries(HANDLERS).map(([route, handler]) => {
  const [method, pathname = ""] = route.split(" ");
  return { method, pattern: new URLPattern({ pathname }), handler };
});

/** Creates the application. */
export function createApp(): (request: Request) => Answer {
  return (request) => {
    // HEAD is handled as GET, because the server leaves the body out.
    const asked = request.method === "HEAD" ? "GET" : request.method;
    for (const { method, pattern, handler } of ROUTES) {
      const match = method === asked ? pattern.exec(request.url) : null;
      if (match === null) continue;
      const { name = "" } = match.pathname.groups;
      return handler(request, decodeURIComponent(name));
    }
    return text("There is no such page.\n", 404);
  };
}
