/** llhttp, the parser of Node.js, which Deno has built in for `node:http`. */

import { Buffer } from "node:buffer";

/** A request as llhttp has found it. */
export interface LlhttpRequest {
  method: string;
  target: string;
  version: string;
  /** Names and values in turn. */
  headers: string[];
  /** One code unit for each byte. */
  body: string;
  keepsAlive: boolean;
  isComplete: boolean;
}

/** What llhttp has found. */
export interface LlhttpResult {
  readonly requests: readonly LlhttpRequest[];
  /** The code with which the rest is refused: `"HPE_INVALID_METHOD"`. */
  readonly error: string | undefined;
}

interface HttpParser {
  [callback: number]: (...args: never[]) => unknown;
  initialize(type: number, resource: object): void;
  execute(bytes: Uint8Array): number | { code: string };
}

interface HttpParserClass {
  new (): HttpParser;
  readonly REQUEST: number;
  readonly kOnHeadersComplete: number;
  readonly kOnBody: number;
  readonly kOnMessageComplete: number;
}

interface HttpCommon {
  readonly HTTPParser: HttpParserClass;
  readonly methods: readonly string[];
}

// It is internal, and known to no type.
const MODULE: string = "node:_http_common";

async function load(): Promise<HttpCommon | undefined> {
  try {
    const { default: common } = await import(MODULE);
    return typeof common.HTTPParser === "function" ? common : undefined;
  } catch {
    return undefined;
  }
}

const common = await load();

/** Why tests with llhttp have to be ignored; `""` if it is there. */
export const WITHOUT_LLHTTP: string = common === undefined
  ? " (this runtime does not show its llhttp)"
  : "";

/** Parses bytes in pieces with llhttp. */
export function parseWithLlhttp(pieces: Iterable<Uint8Array>): LlhttpResult {
  if (common === undefined) throw new Error(`no llhttp${WITHOUT_LLHTTP}`);
  const { HTTPParser, methods } = common;
  const requests: LlhttpRequest[] = [];
  const parser = new HTTPParser();
  parser.initialize(HTTPParser.REQUEST, {});
  parser[HTTPParser.kOnHeadersComplete] = (
    major: number,
    minor: number,
    headers: string[],
    method: number,
    target: string,
    _code: unknown,
    _reason: unknown,
    _upgrade: boolean,
    keepsAlive: boolean,
  ): number => {
    requests.push({
      method: methods[method] ?? `${method}`,
      target,
      version: `${major}.${minor}`,
      headers,
      body: "",
      keepsAlive,
      isComplete: false,
    });
    return 0;
  };
  parser[HTTPParser.kOnBody] = (bytes: Uint8Array): void => {
    const last = requests.at(-1);
    if (last !== undefined) last.body += Buffer.from(bytes).toString("latin1");
  };
  parser[HTTPParser.kOnMessageComplete] = (): void => {
    const last = requests.at(-1);
    if (last !== undefined) last.isComplete = true;
  };
  for (const piece of pieces) {
    const result = parser.execute(Buffer.from(piece));
    if (typeof result !== "number") return { requests, error: result.code };
  }
  return { requests, error: undefined };
}
