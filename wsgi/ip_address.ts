/**
 * IP addresses and networks.
 *
 * @module
 */

/** The bytes of an address: 4 or 16. */
export type AddressBytes = readonly number[];

/** A range of addresses that have the same leading bits. */
export interface Network {
  /** The address. */
  readonly bytes: AddressBytes;
  /** The number of leading bits that must be equal. */
  readonly bits: number;
}

function parseIpv4(text: string): number[] | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  const bytes: number[] = [];
  for (const part of parts) {
    // No leading zeros, because some programs parse them as octal.
    if (!/^(?:0|[1-9][0-9]{0,2})$/.test(part) || Number(part) > 255) {
      return undefined;
    }
    bytes.push(Number(part));
  }
  return bytes;
}

/**
 * Parses groups of 16 bits. The last part of an address may be an IPv4 address.
 */
function parseGroups(text: string, isEnd: boolean): number[] | undefined {
  if (text === "") return [];
  const bytes: number[] = [];
  const groups = text.split(":");
  for (const [index, group] of groups.entries()) {
    if (isEnd && index === groups.length - 1 && group.includes(".")) {
      const ipv4 = parseIpv4(group);
      if (ipv4 === undefined) return undefined;
      bytes.push(...ipv4);
    } else if (/^[0-9A-Fa-f]{1,4}$/.test(group)) {
      const value = parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
    } else {
      return undefined;
    }
  }
  return bytes;
}

/**
 * Parses an IPv6 address.
 *
 * RFC 3986 section 3.2.2, `IPv6address`; RFC 4291 section 2.2.
 *
 * @param text The address, without brackets, port or zone.
 * @returns Its 16 bytes; `undefined` if it is not an IPv6 address.
 */
export function parseIpv6(text: string): number[] | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0] ?? "", halves.length === 1);
  const tail = parseGroups(halves[1] ?? "", true);
  if (head === undefined || tail === undefined) return undefined;
  const missing = 16 - head.length - tail.length;
  // "::" stands for at least one group.
  if (halves.length === 2 ? missing < 2 : missing !== 0) return undefined;
  return [...head, ...Array<number>(missing).fill(0), ...tail];
}

/**
 * Parses an IPv4 or IPv6 address.
 *
 * RFC 3986 section 3.2.2; RFC 4291 section 2.2.
 *
 * @param text The address, without brackets, port or zone.
 * @returns Its 4 or 16 bytes. An IPv4-mapped IPv6 address has 4. `undefined` if
 * the text is not an address.
 */
export function parseAddress(text: string): AddressBytes | undefined {
  if (!text.includes(":")) return parseIpv4(text);
  const bytes = parseIpv6(text);
  if (bytes === undefined) return undefined;
  const isMapped = bytes.slice(0, 10).every((byte) => byte === 0) &&
    bytes[10] === 0xff && bytes[11] === 0xff;
  return isMapped ? bytes.slice(12) : bytes;
}

/** The IPv4 address 0.0.0.0 in all formats that `inet_aton()` accepts. */
const ANY_IPV4 = /^(?:0x)?0+(?:\.(?:0x)?0+){0,3}$/i;

/** The IPv6 address `::` in any spelling, also as an IPv4-mapped address. */
const ANY_IPV6 =
  /^(?=.*:)[0:]+(?:0(?:\.0+){3}|ffff:(?:0+(?:\.0+){3}|0+:0+))?$/i;

/**
 * Returns whether an address stands for all interfaces, in any spelling.
 *
 * @param bare The address, without brackets.
 */
export function isAnyAddress(bare: string): boolean {
  return ANY_IPV4.test(bare) || ANY_IPV6.test(bare.replace(/%.*$/, ""));
}

/**
 * Returns whether a text is an IP address. It may name an interface, as systems
 * do for link-local addresses: `fe80::1%eth0`.
 *
 * RFC 4007 section 11.
 *
 * @param text The address, without brackets or port.
 */
export function isAddress(text: string): boolean {
  return parseAddress(text.replace(/%[^%]+$/, "")) !== undefined;
}

/**
 * Converts a hostname to the host of a URL. IPv6 addresses get brackets.
 * Addresses that mean "all interfaces", in any spelling, become `localhost`,
 * because clients cannot connect to them.
 *
 * @param hostname A host name or an IP address.
 * @returns The host for a URL and for `SERVER_NAME`.
 */
export function toUrlHost(hostname: string): string {
  const bare = withoutBrackets(hostname);
  if (isAnyAddress(bare)) return "localhost";
  return bare.includes(":") ? `[${bare}]` : hostname;
}

/**
 * Removes the brackets of an IPv6 address, which Deno does not accept.
 *
 * @param hostname A host name or an IP address.
 * @returns The hostname without brackets.
 */
export function withoutBrackets(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, "$1");
}

/**
 * Parses a network: an address, optionally with a slash and a number of bits.
 *
 * @param text The network: `"127.0.0.1"`, `"10.0.0.0/8"`, `"fd00::/8"`.
 * @returns The network; `undefined` if the text is not a network.
 */
export function parseNetwork(text: string): Network | undefined {
  const slash = text.indexOf("/");
  const bytes = parseAddress(slash === -1 ? text : text.slice(0, slash));
  if (bytes === undefined) return undefined;
  const all = bytes.length * 8;
  if (slash === -1) return { bytes, bits: all };
  const suffix = text.slice(slash + 1);
  const bits = Number(suffix);
  return /^[0-9]{1,3}$/.test(suffix) && bits <= all
    ? { bytes, bits }
    : undefined;
}

/**
 * Returns whether an address belongs to a network.
 *
 * @param address The bytes of the address.
 * @param network The network, as parsed.
 * @returns Whether the leading bits are equal. An IPv4 address never belongs to
 * an IPv6 network.
 */
export function isInNetwork(address: AddressBytes, network: Network): boolean {
  if (address.length !== network.bytes.length) return false;
  let bits = network.bits;
  for (let i = 0; bits > 0; i++, bits -= 8) {
    const mask = bits >= 8 ? 0xff : 0xff << (8 - bits) & 0xff;
    const ours = network.bytes[i] ?? 0;
    if (((address[i] ?? 0) & mask) !== (ours & mask)) return false;
  }
  return true;
}
