/**
 * Writes a request as a curl command for a POSIX shell.
 *
 * @module
 */

import { fromBytes } from "../../wsgi/byte_string.ts";
import type { RecordedRequest } from "../conversation.ts";
import { isPrintable, printfFormat, quoteForShell } from "./shell.ts";

/** Longer bodies are piped, because systems limit the length of an argument. */
const MAX_ARGUMENT = 32_768;

/** Headers that curl sends by default. */
const OWN_HEADERS = ["Host", "User-Agent", "Accept"];

/** Targets that curl does not change when they are part of the URL. */
const PLAIN_TARGET = /^\/[A-Za-z0-9\-._~!$&'()*+,;=:@/?%]*$/;

type Header = RecordedRequest["headers"][number];

function headerArgument([name, value]: Header): string {
  // For curl, "Name:" removes the header and "Name;" sends it without a value.
  return `-H ${quoteForShell(value === "" ? `${name};` : `${name}: ${value}`)}`;
}

/** Returns the options for method and body, and a command that pipes the body. */
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
  // With a request body, curl waits for the body of the response to HEAD.
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

/** Returns options that remove the headers which curl would add. */
function unwantedHeaders(
  { headers, body }: RecordedRequest,
  sendsBody: boolean,
): string[] {
  const names = new Set(headers.map(([name]) => name.toLowerCase()));
  const added = [
    ...OWN_HEADERS,
    ...sendsBody ? ["Content-Type"] : [],
    // curl sends it with long bodies.
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
 * curl computes `Content-Length`. `Host` is left out if the URL has the same host.
 * The command contains the credentials of the request.
 *
 * @param request The request.
 * @param origin The origin of the server, such as `"http://localhost:8000"`.
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
