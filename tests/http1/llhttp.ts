/** llhttp, the parser of Node.js, which Deno has built in for `node:http`. */

import { Buffer } from "node:buffer";

/** A request that llhttp has parsed. */
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

/** The requests that llhttp has parsed. */
export interface LlhttpResult {
  readonly requests: readonly LlhttpRequest[];
  /** The code of the error in the rest: `"HPE_INVALID_METHOD"`. */
  readonly error: string | undefined;
}

interface HttpParser {
  [callback: number]: (...args: never[]) => unknown;
  initialize(type: number, resource: object): void;
  execute(bytes: Uint8Array): number | { code: string };
}

interface HttpCommon {
  readonly methods: readonly string[];
  readonly HTTPParser: (new () => HttpParser) & {
    readonly REQUEST: number;
    readonly kOnHeadersComplete: number;
    readonly kOnBody: number;
    readonly kOnMessageComplete: number;
  };
}

// An internal module, which has no types.
const MODULE: string = "node:_http_common";

const common: HttpCommon | undefined = await import(MODULE).then(
  ({ default: common }) =>
    typeof common.HTTPParser === "function" ? common : undefined,
  () => undefined,
);

/** The reason why tests with llhttp must be ignored; `""` if it is available. */
export const WITHOUT_LLHTTP: string = common === undefined
  ? " (this runtime hides its llhttp)"
  : "";

/** Parses bytes in pieces with llhttp. */
export function parseWithLlhttp(pieces: Iterable<Uint8Array>): LlhttpResult {
  if (common === undefined) throw new Error(`no llhttp${WITHOUT_LLHTTP}`);
  const { HTTPParser, methods } = common;
  const requests: LlhttpRequest[] = [];
  const parser = new HTTPParser();
  parser.initialize(HTTPParser.REQUEST, {});
  parser[HTTPParser.kOnHeadersComplete] = (...args: unknown[]): number => {
    const [major, minor, headers, code, target, , , , keepsAlive] = args as [
      ...[number, number, string[], number, string],
      ...[unknown, unknown, unknown, boolean],
    ];
    const method = methods[code] ?? `${code}`;
    const version = `${major}.${minor}`;
    const state = { body: "", keepsAlive, isComplete: false };
    requests.push({ method, target, version, headers, ...state });
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
