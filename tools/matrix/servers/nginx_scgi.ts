/**
 * nginx in front of `serveScgi()`.
 *
 * @module
 */

import { frontedPart, nginx } from "../backend_front.ts";
import { nginxDeviations as deviations } from "../nginx_deviations.ts";
import type { ServerPart } from "../part.ts";

/** nginx, `scgi_pass` to a port. */
export const nginxScgiTcp: ServerPart = frontedPart(nginx, "scgi", {
  way: "tcp",
  deviations,
});

/** nginx, `scgi_pass` to a Unix socket. */
export const nginxScgiUnix: ServerPart = frontedPart(nginx, "scgi", {
  way: "unix",
  deviations,
});
