/**
 * nginx in front of `serveUwsgi()`.
 *
 * @module
 */

import { frontedPart, nginx } from "../backend_front.ts";
import { nginxDeviations as deviations } from "../nginx_deviations.ts";
import type { ServerPart } from "../part.ts";

/** nginx, `uwsgi_pass` to a port. */
export const nginxUwsgiTcp: ServerPart = frontedPart(nginx, "uwsgi", {
  way: "tcp",
  deviations,
});

/** nginx, `uwsgi_pass` to a Unix socket. */
export const nginxUwsgiUnix: ServerPart = frontedPart(nginx, "uwsgi", {
  way: "unix",
  deviations,
});
