// deno run $(deno task -q std) --allow-net --allow-read examples/python/serve.ts
//
// Serves an application of Flask, Django, Pyramid or another framework of Python
// with the packages of Debian: `apt-get install python3-flask`. The first argument
// is its file, with the name that it has there if that is not `app`, such as
// `examples/python/django_app.py:app`; the second is the port.
//
// It answers one request at a time, and each only when all of its body has come:
// bridge.ts says what else there is to know.

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
