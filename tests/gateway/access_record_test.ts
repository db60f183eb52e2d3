import { assertEquals } from "@std/assert";
import {
  type AccessRecord,
  describeFailure,
  formatCombined,
  formatCommon,
} from "../../gateway/access_record.ts";

const record: AccessRecord = {
  time: new Date(Date.UTC(2026, 1, 3, 4, 5, 6)),
  remoteAddress: "192.0.2.1",
  remoteUser: undefined,
  method: "GET",
  target: "/a?b",
  protocol: "HTTP/1.1",
  status: 200,
  bytesSent: 12,
  duration: 1.5,
  clientLeft: false,
  referer: undefined,
  userAgent: "curl/8",
};

Deno.test("formatCommon() writes Common Log Format in UTC", () => {
  assertEquals(
    formatCommon(record),
    '192.0.2.1 - - [03/Feb/2026:04:05:06 +0000] "GET /a?b HTTP/1.1" 200 12',
  );
});

Deno.test("formatCombined() adds Referer and User-Agent", () => {
  assertEquals(
    formatCombined({ ...record, referer: "http://h/" }),
    `${formatCommon(record)} "http://h/" "curl/8"`,
  );
  assertEquals(
    formatCombined(record),
    `${formatCommon(record)} "-" "curl/8"`,
  );
});

Deno.test("formatCommon() says at the end that a client has left", () => {
  const left = { ...record, clientLeft: true, status: 0, bytesSent: 0 };
  assertEquals(
    formatCommon(left),
    '192.0.2.1 - - [03/Feb/2026:04:05:06 +0000] "GET /a?b HTTP/1.1" - - client left',
  );
  assertEquals(
    formatCombined(left),
    `${formatCommon({ ...left, clientLeft: false })} "-" "curl/8" client left`,
  );
});

Deno.test("formatCommon() and formatCombined() say why a response was cut off", () => {
  const failure = describeFailure(new RangeError('no "row"\n'));
  const broken = { ...record, failure };
  const ending = ' cut off "RangeError: no \\"row\\"\\x0a"';
  assertEquals(formatCommon(broken), formatCommon(record) + ending);
  assertEquals(formatCombined(broken), formatCombined(record) + ending);
});

Deno.test("formatCommon() writes a hyphen for what is not known", () => {
  const unknown = { ...record, remoteAddress: undefined, bytesSent: 0 };
  assertEquals(
    formatCommon(unknown),
    '- - - [03/Feb/2026:04:05:06 +0000] "GET /a?b HTTP/1.1" 200 -',
  );
});

Deno.test.each([
  ["a quote", '"', '\\"'],
  ["a backslash", "\\", "\\\\"],
  ["a line feed", "\n", "\\x0a"],
  ["an escape", "\x1b[2J", "\\x1b[2J"],
  ["DEL", "\x7f", "\\x7f"],
  ["C1", "\x9b", "\\x9b"],
  ["bytes above 0x7F", "\xc3\xa9", "\\xc3\\xa9"],
  ["what is no byte", "\u2028", "\\u2028"],
])("formatCombined() escapes %s", (_what, raw, escaped) => {
  const line = formatCombined({
    ...record,
    remoteUser: `u ${raw}`,
    target: `/${raw}`,
    referer: raw,
    userAgent: raw,
  });
  assertEquals(
    line,
    `192.0.2.1 - u\\x20${escaped} [03/Feb/2026:04:05:06 +0000] "GET /${escaped} HTTP/1.1" 200 12 "${escaped}" "${escaped}"`,
  );
});
