import { assert, assertEquals } from "@std/assert";
import fc from "npm:fast-check@^4";
import { isInNetwork, parseAddress } from "../../wsgi/ip_address.ts";
import { parseIpv6, parseNetwork } from "../../wsgi/ip_address.ts";

Deno.test("parseAddress() reads every IPv4 address", () => {
  fc.assert(fc.property(fc.ipV4(), (text) => {
    assertEquals(parseAddress(text), text.split(".").map(Number));
  }));
});

Deno.test("parseAddress() reads every IPv6 address", () => {
  fc.assert(fc.property(fc.ipV6(), (text) => {
    const bytes = parseAddress(text);
    // The parser of the platform returns the canonical form.
    const host = new URL(`http://[${text}]/`).hostname.slice(1, -1);
    assertEquals(parseAddress(host), bytes);
    assert(bytes?.length === 16 || bytes?.length === 4);
  }));
});

Deno.test("parseAddress() and parseNetwork() reject other texts", () => {
  const addresses = "1.2.3 1.2.3.4.5 1.2.3.256 01.2.3.4 1.2.3.x localhost"
    .split(" ").concat("", "1.2.3.4 ");
  assertEquals(addresses.filter(parseAddress), []);
  const networks = "10.0.0.0/33 10.0.0.0/ 10.0.0.0/-1 ::/129 x/8".split(" ");
  assertEquals(networks.filter(parseNetwork), []);
});

function isIn(address: readonly number[] | undefined, text: string): boolean {
  const network = parseNetwork(text);
  assert(address !== undefined && network !== undefined, text);
  return isInNetwork(address, network);
}

Deno.test.each([
  ["127.0.0.1", "127.0.0.1", true],
  ["127.0.0.2", "127.0.0.1", false],
  ["fd12::1", "fd00::/8", true],
  ["fe80::1", "fd00::/8", false],
  ["::1", "0.0.0.0/0", false],
  ["::ffff:10.0.0.1", "10.0.0.0/8", true],
  ["::FFFF:c000:201", "192.0.2.1", true],
])("isInNetwork() with %s and %s is %s", (address, text, expected) => {
  assertEquals(isIn(parseAddress(address), text), expected);
});

Deno.test("isInNetwork() finds an address in each of its networks, and in no other", () => {
  const bits = fc.integer({ min: 0, max: 32 });
  fc.assert(fc.property(fc.ipV4(), bits, (text, bits) => {
    const bytes = [...parseAddress(text) ?? []];
    assert(isIn(bytes, `${text}/${bits}`));
    if (bits === 0) return;
    // A bit that is part of the prefix.
    const bit = bits - 1;
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (0x80 >> (bit & 7));
    assert(!isIn(bytes, `${text}/${bits}`));
  }));
});

const ADDRESSES = `:: ::1 1:: 1:2:3:4:5:6:7:8 1:2:3:4:5:6:7:: ::2:3:4:5:6:7:8
  1::3:4:5:6:7:8 abcd:ABCD::0000 1:2:3:4:5:6:1.2.3.4 ::1.2.3.4
  1::255.255.255.255`.split(/\s+/);

const OTHERS = `: ::: ::1:: 1 1:2 1:2:3:4:5:6:7 1:2:3:4:5:6:7:8:9
  1:2:3:4::5:6:7:8 :1:2:3:4:5:6:7:8 1:2:3:4:5:6:7:8: :1::2 1::2: 12345:: g::
  1.2.3.4 1.2.3.4:: ::1.2.3.4:5 ::1.2.3 ::1.2.3.4.5 ::1.2.3.256 ::1.2.3.04
  ::1.2.3. ::1..2.3 1:2:3:4:5:6:7:1.2.3.4 ::1%lo [::1]`.split(/\s+/);

Deno.test("parseIpv6() finds an address in these texts only", () => {
  const all = [...ADDRESSES, ...OTHERS, "", "::1 ", "::1\n"];
  assertEquals(all.filter(parseIpv6), ADDRESSES);
});

Deno.test("parseIpv6() agrees with URL", () => {
  const part = fc.constantFrom(
    ...["0", "1", "ab", "FFFF", "12345", "g", "", ":", "::", "."],
    ...["1.2.3.4", "255.255.255.255", "256.1.1.1", "01.2.3.4", "1.2.3", "%1"],
  );
  const parts = fc.array(part, { maxLength: 9 });
  const text = fc.oneof(
    fc.ipV6(),
    parts.map((parts) => parts.join(":")),
    parts.map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(text, (address) => {
      const isAddress = parseIpv6(address) !== undefined;
      assertEquals(isAddress, URL.canParse(`http://[${address}]/`));
    }),
    { numRuns: 3_000 },
  );
});
