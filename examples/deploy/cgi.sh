#!/bin/sh
# What a web server starts for each request. The program is main.ts, beside this
# file:
#
#   import { runCgi } from "@wsgi/ref/cgi";
#   import { app } from "./app.ts";
#   await runCgi(app);
#   Deno.exit(); // a timer that is still pending would keep the client waiting
#
# A line `#!/usr/bin/env -S deno run --allow-env` at the top of main.ts would do
# where the server passes a PATH and a home folder on. lighttpd passes neither,
# Apache no home.

cd "${0%/*}" || exit 1
# Without a folder for its cache that the user of the web server may write to,
# Deno compiles the application again for every request (170 ms, not 15):
#   install -d -o www-data deno_dir
export DENO_DIR="$PWD/deno_dir"
export NO_COLOR=1 # what is written to stderr goes into a log
# Header values that are not UTF-8 are seen with --allow-all only.
exec deno run --quiet --allow-env main.ts
