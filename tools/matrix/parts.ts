/**
 * The rows of the matrix.
 *
 * @module
 */

import { h3 } from "./frameworks/h3.ts";
import { hono } from "./frameworks/hono.ts";
import { plainFetch } from "./frameworks/plain_fetch.ts";
import { django, flask, pyramid } from "./frameworks/python.ts";
import type { FrameworkPart, ServerPart } from "./part.ts";
import { apacheCgi } from "./servers/apache_cgi.ts";
import { bunFetch } from "./servers/bun_fetch.ts";
import { denoServeFetch } from "./servers/deno_serve_fetch.ts";
import { denoServeMakeServer } from "./servers/deno_serve_make_server.ts";
import { denoServeParallel } from "./servers/deno_serve_parallel.ts";
import { denoServeProgram } from "./servers/deno_serve_program.ts";
import { lighttpdCgi } from "./servers/lighttpd_cgi.ts";
import { nginxProxy } from "./servers/nginx_proxy.ts";
import { nginxScgiTcp, nginxScgiUnix } from "./servers/nginx_scgi.ts";
import { nginxUwsgiTcp, nginxUwsgiUnix } from "./servers/nginx_uwsgi.ts";
import { nodeBun } from "./servers/node_bun.ts";
import { nodeDeno } from "./servers/node_deno.ts";
import { nodeNode, nodeOwn } from "./servers/node_node.ts";
import { workerd } from "./servers/workerd.ts";

/** The servers that run our applications. */
export const SERVERS: readonly ServerPart[] = [
  denoServeMakeServer,
  denoServeFetch,
  denoServeProgram,
  denoServeParallel,
  nodeDeno,
  nodeNode,
  nodeOwn,
  nodeBun,
  bunFetch,
  workerd,
  apacheCgi,
  lighttpdCgi,
  nginxScgiTcp,
  nginxScgiUnix,
  nginxUwsgiTcp,
  nginxUwsgiUnix,
  nginxProxy,
];

/** The frameworks that run on our server. */
export const FRAMEWORKS: readonly FrameworkPart[] = [
  hono,
  h3,
  plainFetch,
  flask,
  django,
  pyramid,
];
