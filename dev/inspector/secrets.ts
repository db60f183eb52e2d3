/**
 * Finds credentials by their names. Pages hide them until they are clicked.
 *
 * @module
 */

import { isSecret } from "../../wsgi/redact.ts";
import type {
  Conversation,
  ConversationEvent,
  EnvironEntry,
} from "../conversation.ts";

/** A piece of text, and whether to hide it. */
export interface TextPart {
  readonly text: string;
  readonly isSecret: boolean;
}

/** Words that mark the name of a credential. */
const WORDS =
  "api[-_]?key|access[-_]?key|auth|bearer|client[-_]?secret|credential|csrf|jwt|" +
  "passphrase|passwd|password|private[-_]?key|pwd|secret|session|signature|sig|token|xsrf";

const NAME = new RegExp(
  `(?:^|[-_.\\[])(?:${WORDS})(?:id|s)?(?=$|[-_.\\]])|(?:apikey|passwd|password|secret|sessid|sessionid|token)$`,
  "i",
);

/** Names that contain such a word and hold no credential. */
const HARMLESS = /^(?:HTTP_)?(?:SEC[-_].*|AUTH_TYPE|AUTHORITY)$/i;

/**
 * Returns whether a header, a variable or a parameter may hold a credential.
 *
 * @param name The name, in any case of letters.
 * @returns Whether to hide its value.
 */
export function isSecretName(name: string): boolean {
  if (isSecret(name)) return true;
  const short = name.slice(0, 100);
  return NAME.test(short) && !HARMLESS.test(short);
}

/** `name=value` of a query or form, and `"name": "value"` of JSON. */
const PAIR =
  /([^\s?&;=#"'<>,{}]{1,100})=([^\s&;#"'<>]+)|"([^"\\]{1,100})"\s*:\s*"((?:[^"\\]|\\.)*)/g;

/** A password before the host of a URL. */
const USER_INFO = /:\/\/([^\s/?#@]+)@/g;

/**
 * Splits text at its credentials, in a query, a form, JSON or a URL.
 *
 * @param text The text, such as a request target or the beginning of a body.
 * @returns The parts in their order, which together are the text.
 */
export function splitSecrets(text: string): TextPart[] {
  const spans: [start: number, end: number][] = [];
  for (const match of text.matchAll(PAIR)) {
    const [whole, name = "", plain, key = "", quoted = ""] = match;
    const value = plain ?? quoted;
    if (value === "" || !isSecretName(safeDecode(name || key))) continue;
    const end = match.index + whole.length;
    spans.push([end - value.length, end]);
  }
  for (const match of text.matchAll(USER_INFO)) {
    const start = match.index + "://".length;
    spans.push([start, start + match[1]!.length]);
  }
  const parts: TextPart[] = [];
  let done = 0;
  for (const [start, end] of spans.toSorted(([a], [b]) => a - b)) {
    if (start < done) continue;
    parts.push({ text: text.slice(done, start), isSecret: false });
    parts.push({ text: text.slice(start, end), isSecret: true });
    done = end;
  }
  parts.push({ text: text.slice(done), isSecret: false });
  return parts.filter(({ text }) => text !== "");
}

function safeDecode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/**
 * Replaces the credentials in a text with dots.
 *
 * @param text The text.
 */
export function hideSecrets(text: string): string {
  return splitSecrets(text).map(({ text, isSecret }) => isSecret ? "•••" : text)
    .join("");
}

type Header = readonly [name: string, value: string];

function hideHeader([name, value]: Header): Header {
  return [name, isSecretName(name) ? "•••" : hideSecrets(value)];
}

function hideVariable(entry: EnvironEntry): EnvironEntry {
  const { name, value, isSecret } = entry;
  const isHidden = isSecret || isSecretName(name);
  return { ...entry, value: isHidden ? "•••" : hideSecrets(value) };
}

/** Splits the head of a message into lines, including their ends. */
export function headLines(head: string): string[] {
  return head.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function hideHeadLine(line: string): string {
  const [, name = "", value = "", end = ""] =
    /^([^:\s]+):\s*(.*?)(\r?\n?)$/.exec(line) ?? [];
  return name === ""
    ? hideSecrets(line)
    : `${hideHeader([name, value]).join(": ")}${end}`;
}

function hideInEvent(event: ConversationEvent): ConversationEvent {
  switch (event.type) {
    case "call":
      return { ...event, environ: event.environ.map(hideVariable) };
    case "read":
    case "chunk":
      return { ...event, preview: hideSecrets(event.preview) };
    case "start-response":
      return { ...event, headers: event.headers.map(hideHeader) };
    case "head":
      return {
        ...event,
        bytes: headLines(event.bytes).map(hideHeadLine).join(""),
      };
    default:
      return event;
  }
}

/**
 * Copies a conversation without its credentials, and without the request body,
 * which may contain others.
 *
 * @param conversation The conversation, which is not changed.
 * @returns The copy.
 */
export function withoutSecrets(conversation: Conversation): Conversation {
  const { request, events } = conversation;
  return {
    ...conversation,
    request: {
      ...request,
      target: hideSecrets(request.target),
      headers: request.headers.map(hideHeader),
      body: new Uint8Array(),
      isBodyComplete: request.isBodyComplete && request.body.length === 0,
    },
    events: events.map(hideInEvent),
  };
}
