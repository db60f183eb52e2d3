#!/bin/sh
# A web server starts this script for each request. The program is main.ts, next
# to this file:
#
#   import { runCgi } from "@wsgi/ref/cgi";
#   import { app } from "./app.ts";
#   await runCgi(app);
#   Deno.exit(); // a pending timer would keep the client waiting
#
# A line `#!/usr/bin/env -S deno run --allow-env` at the top of main.ts is enough
# if the server passes on PATH and HOME. lighttpd passes on neither, and Apache
# does not pass on HOME.

cd "${0%/*}" || exit 1
# Deno needs a cache folder that the user of the web server can write to.
# Otherwise, it compiles the application for every request (170 ms instead of 15):
#   install -d -o www-data deno_dir
export DENO_DIR="$PWD/deno_dir"
export NO_COLOR=1 # stderr is written to a log
# Header values that are not UTF-8 need --allow-all.
exec deno run --quiet --allow-env main.ts
