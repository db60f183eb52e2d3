import { assert, assertEquals } from "@std/assert";
import type { RequestHead } from "../../http1/request_head.ts";
import { RequestParser } from "../../http1/request_parser.ts";
import { toBytes } from "../../wsgi/byte_string.ts";

/** A connection whose requests have no body. */
class Connection {
  readonly #parser: RequestParser;

  constructor(like?: Connection) {
    this.#parser = new RequestParser({ like: like && like.#parser });
  }

  /** Parses the head of the next request, which arrives in one piece. */
  head(...lines: string[]): RequestHead {
    const bytes = toBytes([...lines, "", ""].join("\r\n"));
    this.#parser.receive(bytes, bytes.length);
    const event = this.#parser.next();
    if (event?.type !== "head") throw new Error("no head");
    assertEquals(this.#parser.next()?.type, "end");
    this.#parser.keep();
    bytes.fill(0);
    return event.head;
  }

  /** Returns the status with which the next request is rejected. */
  refusal(...lines: string[]): number | undefined {
    try {
      this.head(...lines);
    } catch (error) {
      return (error as { status?: number }).status;
    }
  }
}

const GET = "GET / HTTP/1.1";

Deno.test("RequestParser shares the fields of equal header blocks of one version", () => {
  const connection = new Connection();
  const first = connection.head("GET /a HTTP/1.1", "Host: a", "X: y");
  const again = connection.head("GET /a HTTP/1.1", "Host: a", "X: y");
  const other = connection.head("GET /b HTTP/1.1", "Host: a", "X: y");
  assert(again.fields === first.fields && other.fields === first.fields);
  assertEquals([first.target, again.target, other.target], ["/a", "/a", "/b"]);
  const old = connection.head("GET /b HTTP/1.0", "Host: a", "X: y");
  assert(old.fields !== first.fields);
  assertEquals([first.fields.keepsAlive, old.fields.keepsAlive], [true, false]);
});

Deno.test("RequestParser shares equal heads with the parser of another connection", () => {
  const connection = new Connection();
  for (let turn = 0; turn < 3; turn++) {
    const head = connection.head(GET, "Host: a", "X: y");
    const next = new Connection(connection);
    assert(next.head(GET, "Host: a", "X: y") === head);
    assertEquals(next.head(GET, "Host: b").fields.host, "b");
    assert(connection.head(GET, "Host: a", "X: y") === head);
  }
});

Deno.test("RequestParser shares equal heads with parsers that existed before they arrived", () => {
  const root = new Connection();
  const [one, other] = [new Connection(root), new Connection(root)];
  const head = one.head(GET, "Host: a", "X: y");
  for (let turn = 0; turn < 3; turn++) {
    assert(other.head(GET, "Host: a", "X: y") === head);
  }
  assertEquals(other.head(GET, "Host: a", "X: z").fields.headers[3], "z");
  assert(one.head(GET, "Host: a", "X: y") === head);
  assert(new Connection().head(GET, "Host: a", "X: y") !== head);
});

Deno.test("RequestParser does not cache a large head", () => {
  const connection = new Connection();
  const lines = [GET, "Host: a", `X: ${"y".repeat(4_096)}`];
  const first = connection.head(...lines);
  const again = connection.head(...lines);
  assert(again.fields !== first.fields);
  assertEquals(again, first);
});

Deno.test.each<[string, string[]]>([
  ["another value", ["Host: a", "X: other", "Cookie: 1"]],
  ["another host", ["Host: b", "X: y", "Cookie: 1"]],
  ["a longer value", ["Host: a", "X: yy", "Cookie: 1"]],
  ["a shorter value", ["Host: a", "X:", "Cookie: 1"]],
  ["a name in another case", ["Host: a", "x: y", "Cookie: 1"]],
  ["a longer name", ["Host: a", "XX: y", "Cookie: 1"]],
  ["one line fewer", ["Host: a", "X: y"]],
  ["one line fewer in front", ["Host: a", "Cookie: 1"]],
  ["one more line", ["Host: a", "X: y", "Cookie: 1", "Y: z"]],
  ["one more line in front", ["X: y", "Host: a", "X: y", "Cookie: 1"]],
  ["another order", ["X: y", "Host: a", "Cookie: 1"]],
  ["other blanks", ["Host: a", "X:y", "Cookie:\t1 "]],
  ["bytes that are not ASCII", ["Host: a", "X: \xe9", "Cookie: \xc3\xa9"]],
  ["Connection: close", ["Host: a", "X: y", "Connection: close"]],
])("RequestParser parses a head unlike the last one: %s", (_, lines) => {
  const connection = new Connection();
  const fresh = new Connection().head(GET, ...lines);
  for (let turn = 0; turn < 2; turn++) {
    connection.head(GET, "Host: a", "X: y", "Cookie: 1");
    assertEquals(new Connection(connection).head(GET, ...lines), fresh);
    assertEquals(connection.head(GET, ...lines), fresh);
  }
});

Deno.test.each<[string, string[], number]>([
  ["a control character", ["Host: a", "X: \x00"], 400],
  ["a bare CR", ["Host: a", "X: y\rZ: y"], 400],
  ["a bare CR after the same line", ["Host: a\r", "X: y"], 400],
  ["a bare LF", ["Host: a", "X: y\nZ: y"], 400],
  ["a blank before the colon", ["Host: a", "X : y"], 400],
  ["a folded line", ["Host: a", "X: y", " z"], 400],
  ["a second Host", ["Host: a", "Host: a"], 400],
  ["Host in another place too", ["Host: a", "X: y", "Host: a"], 400],
  ["no Host", ["X: y"], 400],
  ["another Host, malformed", ["Host: a b", "X: y"], 400],
  ["an unknown coding", ["Host: a", "Transfer-Encoding: x"], 501],
])("RequestParser rejects after a valid head: %s", (_, lines, status) => {
  for (const values of [["y"], ["y", "z", "yz"]]) {
    const connection = new Connection();
    for (const value of values) connection.head(GET, "Host: a", `X: ${value}`);
    for (const each of [new Connection(connection), connection]) {
      assertEquals(each.refusal(GET, ...lines), status);
    }
  }
});

Deno.test("RequestParser parses pipelined heads that differ in the values of two fields", () => {
  const parser = new RequestParser();
  const headers: (readonly string[])[] = [];
  const shapes = new Set<object>();
  for (const round of [["a"], ["b"], ["c"], ["d", "e"], ["f"]]) {
    const heads = round.map((x) =>
      `GET /${x} HTTP/1.1\r\nX: ${x}\r\nHost: h\r\nY:${x} \r\n\r\n`
    );
    const bytes = toBytes(heads.join(""));
    parser.receive(bytes, bytes.length);
    for (let event = parser.next(); event; event = parser.next()) {
      if (event.type !== "head") continue;
      const { target, fields } = event.head;
      headers.push([target, ...fields.headers]);
      shapes.add(fields.shape);
    }
  }
  assertEquals(
    headers,
    [..."abcdef"].map((x) => [`/${x}`, "X", x, "Host", "h", "Y", x]),
  );
  // From the second head on, the shape of the fields is cached.
  assertEquals(shapes.size, 2);
});

Deno.test("RequestParser reads the length of each body, also if its line is the same", () => {
  const parser = new RequestParser();
  for (const path of ["/a", "/b", "/b"]) {
    const bytes = toBytes(
      `POST ${path} HTTP/1.1\r\nHost: a\r\nX: ${path}\r\nContent-Length: 2\r\n\r\nab`,
    );
    parser.receive(bytes, bytes.length);
    const types = [parser.next(), parser.next(), parser.next()];
    assertEquals(types.map((event) => event?.type), ["head", "data", "end"]);
  }
});

Deno.test("RequestParser distinguishes small heads of the same length", () => {
  const connection = new Connection();
  const targets = ["/a", "/a", "/a", "/b", "/a", "/b", "/b", "/b"];
  const seen = targets.map((target) =>
    connection.head(`GET ${target} HTTP/1.1`, "Host: h").target
  );
  assertEquals(seen, targets);
});
