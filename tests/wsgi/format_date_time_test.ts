import { assertEquals, assertThrows } from "@std/assert";
import { formatDateTime } from "../../wsgi/format_date_time.ts";
import { askPython, WITHOUT_PYTHON } from "./python.ts";

Deno.test.each<[Date | number, string]>([
  [new Date("2006-06-05T18:49:54Z"), "Mon, 05 Jun 2006 18:49:54 GMT"],
  [new Date("2006-06-05T18:49:54.999Z"), "Mon, 05 Jun 2006 18:49:54 GMT"],
  [new Date("2006-06-05T18:49:54+02:00"), "Mon, 05 Jun 2006 16:49:54 GMT"],
  [0, "Thu, 01 Jan 1970 00:00:00 GMT"],
  [-1, "Wed, 31 Dec 1969 23:59:59 GMT"],
  [951_782_400_000, "Tue, 29 Feb 2000 00:00:00 GMT"],
  [new Date("0001-01-01T00:00:00Z"), "Mon, 01 Jan 0001 00:00:00 GMT"],
  [new Date("9999-12-31T23:59:59Z"), "Fri, 31 Dec 9999 23:59:59 GMT"],
])("formatDateTime() writes %s as %s", (time, text) => {
  assertEquals(formatDateTime(time), text);
});

Deno.test.each<[unknown]>([
  [NaN],
  [Infinity],
  [new Date(NaN)],
  [new Date("+010000-01-01T00:00:00Z")],
  [new Date("-000001-12-31T23:59:59Z")],
  ["soon"],
  [undefined],
])("formatDateTime() refuses %s", (time) => {
  assertThrows(
    () => formatDateTime(time as number),
    RangeError,
    "Cannot format the date: it must be in the years 0 to 9999, got ",
  );
});

Deno.test({
  name: `formatDateTime() does what Python's does${WITHOUT_PYTHON}`,
  ignore: WITHOUT_PYTHON !== "",
  async fn(): Promise<void> {
    // Every weekday and month, leap days, and seconds up to 59.
    const seconds = Array.from({ length: 1500 }, (_, i) => i * 1_234_577);
    const expected = await askPython(
      "from wsgiref.handlers import format_date_time as run",
      seconds,
    );
    assertEquals(seconds.map((time) => formatDateTime(time * 1000)), expected);
  },
});
