// deno run $(deno task -q std) --allow-net --allow-read examples/python/serve.ts
//
// Serves an application of Flask, Django, Pyramid or another Python framework
// with the packages of Debian: `apt-get install python3-flask`. The first
// argument is its file, optionally with the name of the application if it is
// not `app`: `examples/python/django_app.py:app`. The second one is the port.
//
// It handles one request at a time, and reads its whole body first. bridge.ts
// describes the other limits.

import { makeServer, validator } from "../../mod.ts";
import { fromPython } from "./bridge.ts";
import { importFrom, loadDebianPython } from "./debian.ts";

const [app = "examples/python/flask_app.py", port = "8000"] = Deno.args;
const [, file = app, name = "app"] = app.match(/^(.+\.py):(\w+)$/) ?? [];
const python = await loadDebianPython();
const wsgi = fromPython(python, importFrom(python, file, name));
const options = { maxRequestBodySize: 10_000_000 };
const server = makeServer("127.0.0.1", Number(port), validator(wsgi), options);
// deno-lint-ignore no-console -- a program's output
console.log(server.url);
await server.serveForever();
