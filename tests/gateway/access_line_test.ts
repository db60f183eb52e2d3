import { assertEquals } from "@std/assert";
import { formatCombined, formatCommon } from "../../gateway/access_line.ts";
import {
  type AccessRecord,
  describeFailure,
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

const LINE =
  '192.0.2.1 - - [03/Feb/2026:04:05:06 +0000] "GET /a?b HTTP/1.1" 200 12';
const LEFT = { clientLeft: true, status: 0, bytesSent: 0 };
const UNKNOWN = { remoteAddress: undefined, bytesSent: 0 };
const UNKNOWN_LINE = LINE.replace("192.0.2.1", "-").replace(" 12", " -");
const failure = describeFailure(new RangeError('no "row"\n'));
const CUT_OFF = ' cut off "RangeError: no \\"row\\"\\x0a"';

// The line of the common format, the addition of combined, and the end of both.
Deno.test.each<[Partial<AccessRecord>, string, string, string]>([
  [{}, LINE, ' "-" "curl/8"', ""],
  [{ referer: "http://h/" }, LINE, ' "http://h/" "curl/8"', ""],
  [LEFT, LINE.replace("200 12", "- -"), ' "-" "curl/8"', " client left"],
  [{ failure }, LINE, ' "-" "curl/8"', CUT_OFF],
  [UNKNOWN, UNKNOWN_LINE, ' "-" "curl/8"', ""],
])(
  "formatCommon() and formatCombined() write %j in UTC",
  (more, line, combined, end) => {
    const all = { ...record, ...more };
    assertEquals(formatCommon(all), line + end);
    assertEquals(formatCombined(all), line + combined + end);
  },
);

Deno.test.each([
  ["a quote", '"', '\\"'],
  ["a backslash", "\\", "\\\\"],
  ["a line feed", "\n", "\\x0a"],
  ["an escape", "\x1b[2J", "\\x1b[2J"],
  ["DEL", "\x7f", "\\x7f"],
  ["C1", "\x9b", "\\x9b"],
  ["bytes above 0x7F", "\xc3\xa9", "\\xc3\\xa9"],
  ["a character beyond bytes", "\u2028", "\\u2028"],
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
