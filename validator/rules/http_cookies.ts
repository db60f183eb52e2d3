/**
 * Rules about Set-Cookie.
 *
 * @module
 */

import { quote } from "../../wsgi/describe.ts";
import { TOKEN_PATTERN } from "../../wsgi/http_syntax.ts";
import type { HeadView } from "../views/call_views.ts";
import { KNOWN } from "../views/known_headers.ts";
import type { Field, ResponseView } from "../views/response_view.ts";
import type { Finding, Rule } from "./rule.ts";
import { QUOTED_PATTERN } from "./value_syntax.ts";

/** A comma and a space, then the beginning of another cookie. The comma in a
 * date of Expires is followed by a day and a space, never by `=`; one without a
 * space after it may be a part of a value.
 */
const NEXT_COOKIE = new RegExp(`, +(${TOKEN_PATTERN})=`);
/** In an attribute, a comma needs no space after it. */
const AFTER_ATTRIBUTE = new RegExp(`;[^;]*,(${TOKEN_PATTERN})=`);

/** A quoted value, in which a comma separates nothing. */
const QUOTED = new RegExp(QUOTED_PATTERN, "g");

function joined({ value }: Field): Finding {
  const text = value.replace(QUOTED, '""');
  const next = (NEXT_COOKIE.exec(text) ?? AFTER_ATTRIBUTE.exec(text))?.[1];
  if (next === undefined) return undefined;
  // The values of cookies are secrets.
  return `${quote(value.slice(0, value.indexOf("=")))} and ${
    quote(next)
  } in one`;
}

/** A cookie without its value, which is a secret. */
interface Cookie {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** The number of bytes of the name and the value. */
  readonly size: number;
}

function parse(value: string): Cookie | undefined {
  const [pair = "", ...rest] = value.split(";");
  const equals = pair.indexOf("=");
  const name = pair.slice(0, equals).trim();
  if (equals === -1 || name === "") return undefined;
  const attributes = rest.map((one) => {
    const [key = "", ...values] = one.split("=");
    return [key.trim().toLowerCase(), values.join("=").trim()] as const;
  });
  return { name, attributes: new Map(attributes), size: pair.length - 1 };
}

/** The names of attributes. */
const ATTRIBUTES =
  /^(?:domain|expires|httponly|max-age|partitioned|path|samesite|secure)$/i;

/** The valid values of attributes. */
const VALUES: ReadonlyArray<readonly [string, RegExp, string]> = [
  ["domain", /^[^:/,\s]*$/, "Write the host alone, or leave Domain out"],
  ["path", /^(?:\/.*)?$/, 'Begin the path with "/"'],
  ["samesite", /^(?:strict|lax|none)?$/i, "Write Strict, Lax or None"],
  ["secure", /^(?!false|0)/i, "Leave Secure out: it needs no value"],
  ["httponly", /^(?!false|0)/i, "Leave HttpOnly out: it needs no value"],
];

function refused({ value }: Field): Finding {
  const cookie = parse(value);
  if (cookie === undefined) {
    return { got: "one without a name", hint: "Write name=value" };
  }
  const { name, attributes, size } = cookie;
  const isSecure = attributes.has("secure");
  const shown = quote(name);
  if (ATTRIBUTES.test(name)) {
    return {
      got: `${shown} as the name`,
      hint: "Begin with the cookie: name=value; Path=/",
    };
  }
  if (size > 4096) {
    return {
      got: `${shown} with ${size} bytes`,
      hint:
        "Clients ignore a cookie of more than 4096 bytes: store the data, and send its key",
    };
  }
  if (/^none$/i.test(attributes.get("samesite") ?? "") && !isSecure) {
    return { got: `${shown} with SameSite=None`, hint: "Add Secure" };
  }
  if (/^__(?:secure|host)-/i.test(name) && !isSecure) {
    return { got: `${shown} without Secure`, hint: "Add Secure" };
  }
  if (
    /^__host-/i.test(name) &&
    (attributes.has("domain") || attributes.get("path") !== "/")
  ) {
    return {
      got: `${shown} with other attributes`,
      hint: "A name that begins with __Host- needs Path=/, and no Domain",
    };
  }
  for (const [attribute, isValid, hint] of VALUES) {
    const value = attributes.get(attribute);
    if (value !== undefined && !isValid.test(value)) {
      return { got: `${attribute}=${value.slice(0, 60)}`, hint };
    }
  }
  if (attributes.has("partitioned") && !isSecure) {
    return { got: `${shown} with Partitioned`, hint: "Add Secure" };
  }
  const age = attributes.get("max-age");
  if (age !== undefined && !/^-?[0-9]+$/.test(age)) {
    return { got: `Max-Age=${age}`, hint: "Write Max-Age in seconds" };
  }
  const date = attributes.get("expires");
  return date !== undefined && Number.isNaN(Date.parse(date))
    ? {
      got: `Expires=${date}`,
      hint: "Write Expires=${date.toUTCString()}, or Max-Age in seconds",
    }
    : undefined;
}

/** Returns the key by which clients identify a cookie. */
function keyOf(value: string): string {
  const cookie = parse(value);
  if (cookie === undefined) return "";
  const { name, attributes } = cookie;
  return [name, attributes.get("domain"), attributes.get("path")].join(";");
}

function repeated(response: ResponseView): Finding {
  if ((response.repeated & KNOWN.setCookie) === 0) return undefined;
  const seen = new Set<string>();
  for (const { bit, value } of response.fields) {
    if (bit !== KNOWN.setCookie) continue;
    const key = keyOf(value);
    if (key !== "" && seen.has(key)) {
      return `${quote(key.slice(0, key.indexOf(";")))} twice`;
    }
    seen.add(key);
  }
  return undefined;
}

function findCookie(
  response: ResponseView,
  check: (field: Field) => Finding,
): Finding {
  if ((response.known & KNOWN.setCookie) === 0) return undefined;
  for (const field of response.fields) {
    const finding = field.bit === KNOWN.setCookie ? check(field) : undefined;
    if (finding !== undefined) return finding;
  }
  return undefined;
}

/** Rules about cookies. */
export const HTTP_COOKIE_RULES: readonly Rule<HeadView>[] = [
  {
    id: "http/set-cookie-joined",
    severity: "warning",
    blame: "application",
    profile: "http",
    spec: "http-set-cookie",
    title: "Each cookie should have its own Set-Cookie header",
    why: "Clients do not split it at commas, so all but the first are lost.",
    hint:
      'Write one pair for each cookie: [["Set-Cookie", "a=1"], ["Set-Cookie", "b=2"]]; headers.getSetCookie() returns them one by one',
    check: ({ response }) => findCookie(response, joined),
  },
  {
    id: "http/set-cookie-refused",
    severity: "warning",
    blame: "application",
    profile: "http",
    spec: "http-set-cookie-syntax",
    title: "The Set-Cookie header should be one that clients accept",
    why: "Browsers silently drop other cookies, or some of their attributes.",
    hint: "Write name=value; Path=/; HttpOnly; Secure; SameSite=Lax",
    check: ({ response }) => findCookie(response, refused),
  },
  {
    id: "http/set-cookie-twice",
    severity: "warning",
    blame: "application",
    profile: "http",
    spec: "http-set-cookie-once",
    title: "A response should set each cookie once",
    why: "It is undefined which of two values a client keeps.",
    hint: "Set it in one place, or replace the earlier header",
    check: ({ response }) => repeated(response),
  },
];
