import { assert, assertEquals, assertThrows } from "@std/assert";
import { RequestError } from "../../http1/request_error.ts";
import { RequestParser } from "../../http1/request_parser.ts";
import { fromBytes, toBytes } from "../../wsgi/byte_string.ts";
import { parseAll, parseOne, parseText, singleBytes } from "./parse_all.ts";

const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

function post(length: number): string {
  return `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n`;
}

function receive(parser: RequestParser, text: string): void {
  const bytes = toBytes(text);
  parser.receive(bytes, bytes.length);
}

/** The types of the events that a parser returns, and the data. */
function eventsOf(parser: RequestParser): string[] {
  const events: string[] = [];
  for (;;) {
    const event = parser.next();
    if (event === undefined) return events;
    events.push(event.type === "data" ? fromBytes(event.data) : event.type);
  }
}

Deno.test.each([
  ...["GET /", "HEAD /", "OPTIONS /", "DELETE /", "TRACE /", "POST /", "X /"],
  "CONNECT a:80",
])(
  "RequestParser frames the body of %s like that of any other method",
  (line) => {
    const start = `${line} HTTP/1.1\r\nHost: a\r\n`;
    for (
      const rest of [
        "Content-Length: 3\r\n\r\nabc",
        "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
      ]
    ) assertEquals(parseOne(start + rest).body, "abc");
  },
);

Deno.test("RequestParser parses pipelined requests one by one", () => {
  const parser = new RequestParser();
  receive(parser, `${GET}${post(2)}ab${GET}`);
  assertEquals(parser.next()?.type, "head");
  assertEquals(parser.next()?.type, "end");
  assertEquals(parser.size, post(2).length + 2 + GET.length);
  assertEquals(eventsOf(parser), ["head", "ab", "end", "head", "end"]);
  assertEquals([parser.size, parser.isIdle], [0, true]);
});

Deno.test("RequestParser returns each part of a body when it arrives", () => {
  const parser = new RequestParser();
  receive(parser, `${post(6)}ab`);
  assertEquals(eventsOf(parser), ["head", "ab"]);
  assertEquals(parser.missing, 4);
  receive(parser, "cd");
  assertEquals(eventsOf(parser), ["cd"]);
  receive(parser, `ef${GET.slice(0, 5)}`);
  assertEquals(eventsOf(parser), ["ef", "end"]);
  assertEquals([parser.missing, parser.size], [0, 5]);
});

Deno.test("RequestParser returns views of the received bytes, and of no others", () => {
  const parser = new RequestParser();
  const bytes = toBytes(`${post(3)}abc${GET}`);
  parser.receive(bytes, bytes.length - GET.length);
  parser.next();
  const event = parser.next();
  assert(event?.type === "data" && event.data.buffer === bytes.buffer);
  assertEquals(eventsOf(parser), ["end"]);
  assertEquals(parser.isIdle, true);
});

Deno.test("RequestParser.keep() releases the received array, also before a body", () => {
  for (
    const [first, rest, expected] of [
      [GET + GET.slice(0, 20), GET.slice(20), "head,end,head,end"],
      [`${post(4)}ab`, `cd${GET}`, "head,abcd,end,head,end"],
    ] as const
  ) {
    const parser = new RequestParser();
    const bytes = toBytes(first);
    parser.receive(bytes, bytes.length);
    const events = [parser.next()!.type as string];
    if (first.startsWith("GET")) events.push(...eventsOf(parser));
    parser.keep();
    bytes.fill(0);
    receive(parser, rest);
    events.push(...eventsOf(parser));
    assertEquals(events.join(), expected);
  }
});

Deno.test("RequestParser.missing is 0 in a chunked body", () => {
  const parser = new RequestParser();
  const head = post(0).replace(
    /Content-Length.*/,
    "Transfer-Encoding: chunked",
  );
  receive(parser, `${head}5\r\nab`);
  assertEquals(eventsOf(parser), ["head", "ab"]);
  assertEquals(parser.missing, 0);
});

Deno.test.each<[string, boolean]>([
  ["", true],
  ["\r\n", false],
  ["G", false],
  ["GET / HTTP/1.1\r\n", false],
  [GET, true],
  [`${GET}\r\n`, false],
  [post(1), false],
  [`${post(1)}a`, true],
  ["X\r\n", false],
])("RequestParser.isIdle after %j is %j", (text, expected) => {
  assertEquals(parseText(text).isIdle, expected);
  assertEquals(parseAll(singleBytes(toBytes(text))).isIdle, expected);
});

Deno.test("RequestParser throws the same error again, and accepts no more bytes", () => {
  const parser = new RequestParser();
  receive(parser, `X\r\n${GET}`);
  const error = assertThrows(() => parser.next(), RequestError);
  assert(assertThrows(() => parser.next()) === error);
  const { size } = parser;
  receive(parser, GET);
  assertEquals(parser.size, size);
  assert(assertThrows(() => parser.next()) === error);
});

Deno.test("RequestParser.next() returns undefined until something arrives", () => {
  const parser = new RequestParser();
  assertEquals(parser.next(), undefined);
  parser.receive(new Uint8Array(), 0);
  assertEquals(parser.next(), undefined);
  parser.keep();
  assertEquals([parser.isIdle, parser.size], [true, 0]);
});
