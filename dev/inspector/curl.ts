/**
 * A request as a command of curl, for a POSIX shell.
 *
 * @module
 */

import { fromBytes } from "../../wsgi/byte_string.ts";
import type { RecordedRequest } from "../conversation.ts";
import { isPrintable, printfFormat, quoteForShell } from "./shell.ts";

/** An argument may have 128 KiB under Linux; not all systems allow as much. */
const MAX_ARGUMENT = 32_768;

/** Headers that curl sends by itself, and leaves out if told to. */
const OWN_HEADERS = ["Host", "User-Agent", "Accept"];

/** What a URL may have in it, for curl to send it as it is. */
const PLAIN_TARGET = /^\/[A-Za-z0-9\-._~!$&'()*+,;=:@/?%]*$/;

type Header = RecordedRequest["headers"][number];

function headerArgument([name, value]: Header): string {
  // curl takes "Name:" as an order to leave the header out.
  return `-H ${quoteForShell(value === "" ? `${name};` : `${name}: ${value}`)}`;
}

/** Divides the options for the method and for the body. */
function bodyOptions(
  { method, headers, body }: RecordedRequest,
): { options: string[]; input?: string } {
  const names = new Set(headers.map(([name]) => name.toLowerCase()));
  const isHead = method === "HEAD";
  const hasBody = body.length > 0 || names.has("content-length") ||
    names.has("transfer-encoding");
  if (!hasBody) {
    const other = isHead ? "--head" : `-X ${quoteForShell(method)}`;
    return { options: method === "GET" ? [] : [other] };
  }
  const options = method === "POST" ? [] : [`-X ${quoteForShell(method)}`];
  // curl has no HEAD with a body, and would wait for one of the response.
  if (isHead) options.push("--max-time 5");
  const bytes = fromBytes(body);
  if (bytes.length <= MAX_ARGUMENT && isPrintable(bytes)) {
    return { options: [...options, `--data-raw ${quoteForShell(bytes)}`] };
  }
  return {
    options: [...options, "--data-binary @-"],
    input: `printf ${printfFormat(bytes)}`,
  };
}

/** Headers that curl would add, and the request did not have. */
function unwantedHeaders(
  { headers, body }: RecordedRequest,
  sendsBody: boolean,
): string[] {
  const names = new Set(headers.map(([name]) => name.toLowerCase()));
  const added = [
    ...OWN_HEADERS,
    ...sendsBody ? ["Content-Type"] : [],
    // curl asks first where a body is long.
    ...body.length > 1024 ? ["Expect"] : [],
  ];
  return added
    .filter((name) => !names.has(name.toLowerCase()))
    .map((name) => `-H ${quoteForShell(`${name}:`)}`);
}

/**
 * Writes the command that sends a request again: the same target, headers in the
 * same order, version and body.
 *
 * `Content-Length` is left to curl. `Host` is left out where the URL says it.
 * Credentials are in it.
 *
 * @param request The request.
 * @param origin Where to send it, such as `"http://localhost:8000"`.
 * @returns The command, in lines that end in a backslash. Any POSIX shell runs
 * it.
 *
 * @example Usage
 * ```ts ignore
 * toCurl(request, "http://localhost:8000");
 * // curl http://localhost:8000/form \
 * //   --data-raw 'name=Ada'
 * ```
 */
export function toCurl(request: RecordedRequest, origin: string): string {
  const { target, protocol, headers } = request;
  const isPlain = PLAIN_TARGET.test(target);
  const { options, input } = bodyOptions(request);
  const sendsBody = options.some((option) => option.startsWith("--data"));
  const hosts = headers.filter(([name]) => name.toLowerCase() === "host");
  const isUrlHost = hosts.length === 1 &&
    origin.endsWith(`//${hosts[0]![1]}`);
  const sent = headers.filter(([name]) => {
    const key = name.toLowerCase();
    return key !== "content-length" && !(key === "host" && isUrlHost);
  });
  const words = [
    quoteForShell(isPlain ? `${origin}${target}` : `${origin}/`),
    ...protocol === "HTTP/1.0" ? ["--http1.0"] : [],
    // Dots, brackets and braces in the URL stay as they are.
    ...isPlain && /\/\.|[*]/.test(target) ? ["--path-as-is"] : [],
    ...isPlain ? [] : [`--request-target ${quoteForShell(target)}`],
    ...unwantedHeaders(request, sendsBody),
    ...sent.map(headerArgument),
    ...options,
  ];
  const command = ["curl", ...words].join(" \\\n  ").replace(" \\\n  ", " ");
  return input === undefined ? command : `${input} |\n${command}`;
}
