/**
 * From the name of a request header to its key in environ.
 *
 * @module
 */

const TOKEN = /^[!#$%&'*+\-.^`|~0-9A-Za-z]+$/;

/**
 * Headers that never reach the environ: `Proxy` would become the variable that
 * HTTP clients take their proxy from (httpoxy, CVE-2016-5385), and the body is
 * decoded already.
 */
const DROPPED: ReadonlySet<string> = new Set(["proxy", "transfer-encoding"]);

/** Names are few and come again; a client must not be able to fill the memory. */
const MAX_REMEMBERED = 256;
const MAX_LENGTH = 64;
const remembered = new Map<string, string | undefined>();
const rememberedNames = new Map<string, string | undefined>();

function makeKey(name: string): string | undefined {
  // A name with an underscore, which TOKEN here leaves out, would be taken for
  // one with a hyphen: "X_Forwarded_For" must not pass as "X-Forwarded-For".
  if (!TOKEN.test(name)) return undefined;
  const lower = name.toLowerCase();
  if (DROPPED.has(lower)) return undefined;
  const key = lower.toUpperCase().replaceAll("-", "_");
  return key === "CONTENT_TYPE" || key === "CONTENT_LENGTH"
    ? key
    : `HTTP_${key}`;
}

/**
 * Gives the environ key for a request header.
 *
 * PEP 3333, "environ Variables"; RFC 3875 section 4.1.18.
 *
 * @param name The name of the header, in any case.
 * @returns `CONTENT_TYPE`, `CONTENT_LENGTH` or `HTTP_` and the name, or
 * `undefined` for a header that is left out.
 */
export function headerKey(name: string): string | undefined {
  let key = remembered.get(name);
  if (key !== undefined || remembered.has(name)) return key;
  key = makeKey(name);
  if (name.length <= MAX_LENGTH && remembered.size < MAX_REMEMBERED) {
    remembered.set(name, key);
  }
  return key;
}

function makeName(key: string): string | undefined {
  const rest = key.startsWith("HTTP_") ? key.slice(5) : key;
  const name = rest.toLowerCase().replaceAll("_", "-");
  return makeKey(name) === key ? name : undefined;
}

/**
 * Gives the request header for an environ key: `headerKey` the other way round.
 *
 * @param key Any key of an environ.
 * @returns The name in lower case, or `undefined` for a key that does not come
 * from a header.
 */
export function headerName(key: string): string | undefined {
  let name = rememberedNames.get(key);
  if (name !== undefined || rememberedNames.has(key)) return name;
  name = makeName(key);
  if (key.length <= MAX_LENGTH && rememberedNames.size < MAX_REMEMBERED) {
    rememberedNames.set(key, name);
  }
  return name;
}
