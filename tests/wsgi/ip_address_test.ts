import { assert, assertEquals, assertFalse } from "@std/assert";
import fc from "npm:fast-check@^4";
import {
  isInNetwork,
  type Network,
  parseAddress,
  parseIpv6,
  parseNetwork,
} from "../../wsgi/ip_address.ts";

Deno.test("parseAddress() reads every IPv4 address", () => {
  fc.assert(fc.property(fc.ipV4(), (text) => {
    assertEquals(parseAddress(text), text.split(".").map(Number));
  }));
});

Deno.test("parseAddress() reads every IPv6 address", () => {
  fc.assert(fc.property(fc.ipV6(), (text) => {
    const bytes = parseAddress(text);
    // The platform's own parser is the judge, through its canonical form.
    const host = new URL(`http://[${text}]/`).hostname.slice(1, -1);
    assertEquals(parseAddress(host), bytes);
    assert(bytes?.length === 16 || bytes?.length === 4);
  }));
});

Deno.test("parseAddress() takes a mapped IPv4 address for what it is", () => {
  assertEquals(parseAddress("::ffff:192.0.2.1"), [192, 0, 2, 1]);
  assertEquals(parseAddress("::FFFF:c000:201"), [192, 0, 2, 1]);
});

Deno.test.each([
  "",
  "1.2.3",
  "1.2.3.4.5",
  "1.2.3.256",
  "01.2.3.4",
  "1.2.3.4 ",
  "1.2.3.x",
  "localhost",
])(
  "parseAddress() rejects %j",
  (text) => assertEquals(parseAddress(text), undefined),
);

function network(text: string): Network {
  const parsed = parseNetwork(text);
  assert(parsed !== undefined, text);
  return parsed;
}

for (
  const [address, text, expected] of [
    ["10.1.2.3", "10.0.0.0/8", true],
    ["11.1.2.3", "10.0.0.0/8", false],
    ["192.168.1.255", "192.168.1.128/25", true],
    ["192.168.1.127", "192.168.1.128/25", false],
    ["1.2.3.4", "0.0.0.0/0", true],
    ["127.0.0.1", "127.0.0.1", true],
    ["127.0.0.2", "127.0.0.1", false],
    ["fd12::1", "fd00::/8", true],
    ["fe80::1", "fd00::/8", false],
    ["::1", "0.0.0.0/0", false],
    ["::ffff:10.0.0.1", "10.0.0.0/8", true],
  ] as const
) {
  Deno.test(`isInNetwork() says ${expected} to ${address} in ${text}`, () => {
    const bytes = parseAddress(address);
    assert(bytes !== undefined);
    assertEquals(isInNetwork(bytes, network(text)), expected);
  });
}

Deno.test.each(["10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "::/129", "x/8"])(
  "parseNetwork() rejects %j",
  (text) => assertEquals(parseNetwork(text), undefined),
);

Deno.test("isInNetwork() finds an address in each network of its own", () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.integer({ min: 0, max: 32 }), (text, bits) => {
      const bytes = parseAddress(text);
      assert(bytes !== undefined);
      assert(isInNetwork(bytes, network(`${text}/${bits}`)));
    }),
  );
});

Deno.test("isInNetwork() keeps an address out that differs in a bit that counts", () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.integer({ min: 1, max: 32 }), (text, bits) => {
      const bytes = [...parseAddress(text) ?? []];
      const bit = bits - 1;
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (0x80 >> (bit & 7));
      assertFalse(isInNetwork(bytes, network(`${text}/${bits}`)));
    }),
  );
});

Deno.test.each<[string, boolean]>([
  ["::", true],
  ["::1", true],
  ["1::", true],
  ["1:2:3:4:5:6:7:8", true],
  ["1:2:3:4:5:6:7::", true],
  ["::2:3:4:5:6:7:8", true],
  ["1::3:4:5:6:7:8", true],
  ["abcd:ABCD::0000", true],
  ["1:2:3:4:5:6:1.2.3.4", true],
  ["::1.2.3.4", true],
  ["1::255.255.255.255", true],
  ["", false],
  [":", false],
  [":::", false],
  ["::1::", false],
  ["1", false],
  ["1:2", false],
  ["1:2:3:4:5:6:7", false],
  ["1:2:3:4:5:6:7:8:9", false],
  ["1:2:3:4::5:6:7:8", false],
  [":1:2:3:4:5:6:7:8", false],
  ["1:2:3:4:5:6:7:8:", false],
  [":1::2", false],
  ["1::2:", false],
  ["12345::", false],
  ["g::", false],
  ["1.2.3.4", false],
  ["1.2.3.4::", false],
  ["::1.2.3.4:5", false],
  ["::1.2.3", false],
  ["::1.2.3.4.5", false],
  ["::1.2.3.256", false],
  ["::1.2.3.04", false],
  ["::1.2.3.", false],
  ["::1..2.3", false],
  ["1:2:3:4:5:6:7:1.2.3.4", false],
  ["::1%lo", false],
  ["::1 ", false],
  ["::1\n", false],
  ["[::1]", false],
])("parseIpv6(%j) finds an address: %j", (text, expected) => {
  assertEquals(parseIpv6(text) !== undefined, expected);
});

Deno.test("parseIpv6() agrees with URL", () => {
  const part = fc.constantFrom(
    ...["0", "1", "ab", "FFFF", "12345", "g", "", ":", "::", "."],
    ...["1.2.3.4", "255.255.255.255", "256.1.1.1", "01.2.3.4", "1.2.3", "%1"],
  );
  const text = fc.oneof(
    fc.ipV6(),
    fc.array(part, { maxLength: 9 }).map((parts) => parts.join(":")),
    fc.array(part, { maxLength: 9 }).map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(text, (address) => {
      assertEquals(
        parseIpv6(address) !== undefined,
        URL.canParse(`http://[${address}]/`),
      );
    }),
    { numRuns: 3_000 },
  );
});
