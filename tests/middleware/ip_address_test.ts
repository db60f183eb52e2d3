import { assert, assertEquals, assertFalse } from "@std/assert";
import fc from "npm:fast-check@^4";
import {
  isInNetwork,
  type Network,
  parseAddress,
  parseNetwork,
} from "../../middleware/ip_address.ts";

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

Deno.test("parseAddress() rejects everything else", () => {
  const texts = [
    ...["", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.4 "],
    ...["1.2.3.x", ":", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9"],
    ...["1::2::3", "1:2:3:4:5:6:7::8", "12345::", "g::", "[::1]"],
    ...["::1%eth0", "1.2.3.4::", "localhost"],
  ];
  const found = texts.filter((text) => parseAddress(text) !== undefined);
  assertEquals(found, []);
});

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
