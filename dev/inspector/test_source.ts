/**
 * A request as a test in TypeScript.
 *
 * @module
 */

import { decodeUtf8, fromBytes } from "../../wsgi/byte_string.ts";
import type {
  Conversation,
  DescribedFinding,
  RecordedRequest,
} from "../conversation.ts";
import { toText } from "./format.ts";
import { type ModuleExport, toImport } from "./module_export.ts";
import { hideSecrets } from "./secrets.ts";

/** Longer bodies are written in base64, in bytes. */
const MAX_NUMBERS = 24;

/**
 * Headers that are left out. The test client creates those of the body; the
 * others are about the connection of a browser.
 */
const LEFT_OUT = new Set([
  "connection",
  "content-length",
  "dnt",
  "priority",
  "transfer-encoding",
  "upgrade-insecure-requests",
]);

/** A target in absolute form. */
const ABSOLUTE = /^https?:\/\/([^/?#]*)([^#]*)/i;

function isNotHost([name]: readonly [string, string]): boolean {
  return name.toLowerCase() !== "host";
}

/** Writes a string of TypeScript. */
function toLiteral(text: string): string {
  return JSON.stringify(text).replace(
    /[\x7f-\xa0\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Writes text as comments, one for each line. */
function toComment(text: string): string[] {
  return text.split(/[\n\r\u2028\u2029]+/).map((line) =>
    `// ${line}`.trimEnd()
  );
}

function headerOf({ headers }: RecordedRequest, name: string): string {
  return headers.find(([other]) => other.toLowerCase() === name)?.[1] ?? "";
}

function isTextOf(bytes: Uint8Array): string | undefined {
  try {
    const options = { fatal: true, ignoreBOM: true };
    const text = new TextDecoder("utf-8", options).decode(bytes);
    // deno-lint-ignore no-control-regex -- these make text binary
    return /[\x00-\x08\x0e-\x1f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

function bytesCode(body: Uint8Array): string {
  if (body.length <= MAX_NUMBERS) return `Uint8Array.of(${body.join(", ")})`;
  const base64 = btoa(fromBytes(body));
  return `Uint8Array.from(atob(${
    toLiteral(base64)
  }), (char) => char.charCodeAt(0))`;
}

/** Writes the option `body`, unless the request had no body. */
function bodyLine(request: RecordedRequest): string[] {
  const { body } = request;
  const isChunked = headerOf(request, "transfer-encoding") !== "";
  if (body.length === 0 && !isChunked) return [];
  const text = isTextOf(body);
  // Without a Content-Type, the test client adds one for a string.
  const hasType = headerOf(request, "content-type") !== "";
  const bytes = text === undefined
    ? bytesCode(body)
    : `new TextEncoder().encode(${toLiteral(text)})`;
  if (isChunked) return [`body: ReadableStream.from([${bytes}]),`];
  return text !== undefined && hasType
    ? [`body: ${toLiteral(text)},`]
    : [`body: ${bytes},`];
}

function headerLines({ headers, target }: RecordedRequest): string[] {
  // RFC 9112 section 3.2.2: the authority of the target outranks the Host.
  const [, authority] = ABSOLUTE.exec(target) ?? [];
  const sent = authority === undefined
    ? headers
    : [["Host", authority] as const, ...headers.filter(isNotHost)];
  const rows = sent.filter(([name]) => !LEFT_OUT.has(name.toLowerCase()))
    .map(([name, value]) => `  [${toLiteral(name)}, ${toLiteral(value)}],`);
  return rows.length === 0 ? [] : ["headers: [", ...rows, "],"];
}

/** Returns the target in origin form; `undefined` for `*` and the like. */
function pathOf(target: string): string | undefined {
  if (target.startsWith("/")) return target;
  const [, , path] = ABSOLUTE.exec(target) ?? [];
  return path === undefined || path.startsWith("/") ? path : `/${path}`;
}

function findingsOf({ events }: Conversation): DescribedFinding[] {
  return events.flatMap((event) =>
    event.type === "finding" ? [event.finding] : []
  );
}

/** Writes comments with the findings and errors of the request. */
function reasonLines(conversation: Conversation): string[] {
  return conversation.events.flatMap((event) => {
    switch (event.type) {
      case "finding":
        return toComment(`${event.finding.severity}: ${event.finding.message}`);
      case "error":
        return toComment(`thrown: ${event.error.name}: ${event.error.message}`);
      default:
        return [];
    }
  });
}

/** Writes the expectations about the response. */
function expectations(conversation: Conversation): string[] {
  const isWarned = findingsOf(conversation).some(({ severity }) =>
    severity === "warning"
  );
  const starts = conversation.events.filter(({ type }) =>
    type === "start-response"
  );
  const last = starts.at(-1);
  const status = last?.type === "start-response"
    ? /^[1-9][0-9]{2}(?= |$)/.exec(last.status)?.[0]
    : undefined;
  return [
    ...status === undefined ? [] : [`equal(response.status, ${status});`],
    ...isWarned
      ? [
        "deepEqual(response.violations.map(({ message }) => message), []);",
      ]
      : [],
  ];
}

/** Returns whether the test client will throw, so that no response follows. */
function fails(conversation: Conversation): boolean {
  return conversation.events.some((event) =>
    event.type === "error" ||
    event.type === "finding" && event.finding.severity === "error"
  );
}

/**
 * Writes a test that sends a request to the application. If the request broke a
 * rule or the application threw, the test fails for the same reason until the
 * application is corrected. Otherwise it expects the same status.
 *
 * The test contains the credentials of the request.
 *
 * @param conversation The request with its events.
 * @param module The export of the application, with a specifier for the test.
 * @returns The source of the test; `undefined` if the target has no path, or only
 * a part of the body was kept.
 */
export function toTestSource(
  conversation: Conversation,
  module: ModuleExport,
): string | undefined {
  const { request } = conversation;
  const { method, protocol } = request;
  const target = pathOf(request.target);
  if (target === undefined || !request.isBodyComplete) return undefined;
  const { imports, application } = toImport(module);
  const isBroken = fails(conversation);
  // Without a cast, the compiler would reject JavaScript and broken programs.
  const isUntyped = isBroken || findingsOf(conversation).length > 0 ||
    /\.[cm]?jsx?$/.test(module.specifier);
  const app = isUntyped
    ? `${application} as unknown as Application`
    : application;
  const options = [
    ...headerLines(request),
    ...bodyLine(request),
    ...protocol === "HTTP/1.1"
      ? []
      : [`environ: { SERVER_PROTOCOL: ${toLiteral(protocol)} },`],
  ].map((line) => `    ${line}`);
  const expected = isBroken ? [] : expectations(conversation);
  const call = `client.request(${toLiteral(method)}, ${toLiteral(target)}${
    options.length === 0 ? "" : `, {\n${options.join("\n")}\n  }`
  });`;
  const used = ["deepEqual", "equal"].filter((name) =>
    expected.some((line) => line.startsWith(`${name}(`))
  );
  const name = `${method} ${hideSecrets(toText(decodeUtf8(target)))}`;
  return [
    ...used.length === 0
      ? []
      : [`import { ${used.join(", ")} } from "node:assert/strict";`],
    ...isUntyped ? ['import type { Application } from "@wsgi/ref";'] : [],
    'import { TestClient } from "@wsgi/ref/test-client";',
    ...imports,
    "",
    ...reasonLines(conversation),
    `Deno.test(${toLiteral(name)}, async () => {`,
    `  const client = new TestClient(${app});`,
    `  ${expected.length === 0 ? "" : "const response = "}await ${call}`,
    ...expected.map((line) => `  ${line}`),
    "});",
    "",
  ].join("\n");
}
