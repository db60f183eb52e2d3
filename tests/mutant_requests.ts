/** Requests that nobody should send: a good one is made, then spoiled. */

import {
  BAD_CHUNKS,
  GARBAGE,
  HEADERS,
  METHODS,
  ODD_HEADERS,
  ODD_METHODS,
  ODD_TARGETS,
  TARGETS,
  VERSIONS,
} from "./odd_request_parts.ts";
import { Random } from "./random.ts";

/** A request whose parts can be spoiled one by one. */
interface Parts {
  method: string;
  target: string;
  version: string;
  headers: string[];
  body: string;
}

function goodBody(random: Random): [headers: string[], body: string] {
  const body = random.bytes(random.below(random.chance(0.05) ? 70_000 : 40));
  if (random.chance(0.5)) return [[`Content-Length: ${body.length}`], body];
  let chunked = "";
  for (let start = 0; start < body.length;) {
    const chunk = body.slice(start, start + 1 + random.below(body.length));
    chunked += `${chunk.length.toString(16)}\r\n${chunk}\r\n`;
    start += chunk.length;
  }
  return [["Transfer-Encoding: chunked"], `${chunked}0\r\n\r\n`];
}

function goodParts(random: Random): Parts {
  const method = random.pick(METHODS);
  const hasBody = !["GET", "HEAD", "OPTIONS"].includes(method);
  const [framing, body] = hasBody ? goodBody(random) : [[], ""];
  const headers = ["Host: h", ...framing];
  while (random.chance(0.4)) headers.push(random.pick(HEADERS));
  return {
    method,
    target: random.pick(TARGETS),
    version: "HTTP/1.1",
    headers,
    body,
  };
}

/** Spoils one part, in place. */
function spoilPart(parts: Parts, random: Random): void {
  switch (random.below(8)) {
    case 0:
      parts.method = random.pick(ODD_METHODS);
      break;
    case 1:
      parts.target = random.pick(ODD_TARGETS);
      break;
    case 2:
      parts.version = random.pick(VERSIONS);
      break;
    case 3:
      parts.headers.splice(random.below(parts.headers.length), 1);
      break;
    case 4:
      parts.headers.push(random.pick(parts.headers.concat(HEADERS)));
      break;
    case 5:
      parts.body = random.pick(BAD_CHUNKS);
      if (random.chance(0.8)) {
        parts.headers = ["Host: h", "Transfer-Encoding: chunked"];
      }
      break;
    default:
      parts.headers.splice(
        random.below(parts.headers.length + 1),
        0,
        random.pick(ODD_HEADERS),
      );
  }
}

/** Spoils some bytes, wherever they are. */
function spoilBytes(raw: string, random: Random): string {
  const at = random.below(raw.length);
  const length = 1 + random.below(random.chance(0.5) ? 4 : raw.length);
  const before = raw.slice(0, at);
  const after = raw.slice(at + length);
  switch (random.below(6)) {
    case 0: // flips a bit
      return before +
        String.fromCharCode(raw.charCodeAt(at) ^ (1 << random.below(8))) +
        raw.slice(at + 1);
    case 1: // cuts off
      return before;
    case 2: // takes out
      return before + after;
    case 3: // repeats
      return before + raw.slice(at, at + length) + raw.slice(at);
    case 4: // overwrites
      return before + random.bytes(Math.min(length, 64)) + after;
    default: // other line ends
      return raw.replaceAll("\r\n", random.pick(["\n", "\r", "\r\r\n"]));
  }
}

function write({ method, target, version, headers, body }: Parts): string {
  const lines = [`${method} ${target} ${version}`, ...headers];
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}

function oneRequest(random: Random): string {
  const parts = goodParts(random);
  const spoiled = random.below(3);
  for (let i = 0; i < spoiled; i++) spoilPart(parts, random);
  let raw = write(parts);
  if (random.chance(0.4)) raw = spoilBytes(raw, random);
  return raw;
}

/**
 * Makes what a client sends over one connection: a ByteString with one request,
 * or several, seldom all of them good. The same seed gives the same bytes.
 */
export function mutantRequest(seed: number): string {
  const random = new Random(seed);
  let raw = oneRequest(random);
  while (random.chance(0.2)) {
    raw += random.chance(0.3) ? random.pick(GARBAGE) : oneRequest(random);
  }
  return random.chance(0.05) ? random.pick(GARBAGE) + raw : raw;
}
