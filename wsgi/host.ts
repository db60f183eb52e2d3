/**
 * The syntax of a host with an optional port.
 *
 * @module
 */

import { parseIpv6 } from "./ip_address.ts";

const NAME_OR_IPV4 = /^(?:[A-Za-z0-9\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2})+$/;
/**
 * Matches names that every URL can have: no Punycode, and no number as the last
 * label.
 */
const PLAIN_NAME = /^(?!.*xn--)(?:[a-z0-9-]*\.)*[a-z][a-z0-9-]*\.?$/i;
const PORT = /^[0-9]*$/;

/** The last valid value: most requests to a server name the same host. */
let lastHost = "";

/**
 * Tests whether a value is a host with an optional port, as in a Host header.
 * An empty value is valid: RFC 9110 section 7.2 requires it for targets without
 * an authority.
 *
 * Names that the grammar allows but that are not valid in a URL are rejected:
 * an address such as `999.999.999.999`, escapes of characters that are not
 * allowed in names, malformed Punycode. An application could not build the URL
 * of these requests.
 *
 * RFC 9110 sections 4.2.1 and 7.2; RFC 3986 sections 3.2.2 and 3.2.3; WHATWG
 * URL section 3.5.
 *
 * @param value The value to test.
 * @returns Whether it is `uri-host [":" port]`, with a port of at most 65535
 * and an IP literal that is an IPv6 address, or empty.
 */
export function isHost(value: string): boolean {
  if (value === lastHost || value === "") return true;
  const colon = value.lastIndexOf(":");
  const hasPort = colon > value.lastIndexOf("]");
  const port = hasPort ? value.slice(colon + 1) : "";
  if (!PORT.test(port) || Number(port) > 65_535) return false;
  const host = hasPort ? value.slice(0, colon) : value;
  const isValid = host.startsWith("[")
    ? host.endsWith("]") && parseIpv6(host.slice(1, -1)) !== undefined
    : PLAIN_NAME.test(host) ||
      NAME_OR_IPV4.test(host) && URL.canParse(`http://${host}/`);
  if (isValid) lastHost = value;
  return isValid;
}
