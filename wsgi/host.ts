/**
 * The syntax of a host with an optional port.
 *
 * @module
 */

const NAME_OR_IPV4 = /^(?:[A-Za-z0-9\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2})*$/;
const PORT = /^[0-9]*$/;
const IPV4 =
  /^(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\.(?!$)|$)){4}$/;
const GROUP = /^[0-9A-Fa-f]{1,4}$/;

/** The last valid one: most requests of a server name the same host. */
let lastHost = "";

/**
 * Tests whether a value is a host with an optional port, as in a Host header.
 * An empty value is one: RFC 9110 section 7.2 has it for targets without an
 * authority.
 *
 * RFC 9110 section 7.2; RFC 3986 sections 3.2.2 and 3.2.3.
 *
 * @param value The value to test.
 * @returns Whether it is `uri-host [":" port]`, with a port of at most 65535
 * and an IP literal that is an IPv6 address.
 */
export function isHost(value: string): boolean {
  if (value === lastHost) return true;
  const colon = value.lastIndexOf(":");
  const hasPort = colon > value.lastIndexOf("]");
  const port = hasPort ? value.slice(colon + 1) : "";
  if (!PORT.test(port) || Number(port) > 65_535) return false;
  const host = hasPort ? value.slice(0, colon) : value;
  const isValid = host.startsWith("[")
    ? host.endsWith("]") && isIpv6(host.slice(1, -1))
    : NAME_OR_IPV4.test(host);
  if (isValid) lastHost = value;
  return isValid;
}

/**
 * Tests whether a text is an IPv6 address, without brackets and zone.
 *
 * RFC 3986 section 3.2.2, `IPv6address`.
 *
 * @param text The text to test.
 * @returns Whether it is one.
 */
export function isIpv6(text: string): boolean {
  const halves = text.split("::");
  if (halves.length > 2) return false;
  let count = 0;
  for (const [index, half] of halves.entries()) {
    if (half === "") {
      // Only "::" may leave a side empty.
      if (halves.length === 1) return false;
      continue;
    }
    const groups = half.split(":");
    const isLast = index === halves.length - 1;
    if (isLast && IPV4.test(groups.at(-1) ?? "")) {
      groups.pop();
      count += 2;
    }
    if (!groups.every((group) => GROUP.test(group))) return false;
    count += groups.length;
  }
  return halves.length === 2 ? count <= 7 : count === 8;
}
