import { assertEquals } from "@std/assert";
import fc from "npm:fast-check@^4";
import type { RecordedRequest } from "../../../dev/conversation.ts";
import { toCurl } from "../../../dev/inspector/curl.ts";
import { quoteForShell } from "../../../dev/inspector/shell.ts";
import { fromBytes, toBytes } from "../../../wsgi/byte_string.ts";
import { RawHead } from "../../raw_client.ts";
import { missingTool, runTool, testsWith } from "../../tool.ts";

const testShell = testsWith(await missingTool("sh", "-c :"));
const testCurl = testsWith(
  await missingTool("sh", "-c :") || await missingTool("curl"),
);

const byte = fc.oneof(
  fc.constantFrom(..."'\"\\$`!%\n\t -~#*?[]{}()<>|&;=@^\r\x7f\x80\xff"),
  fc.integer({ min: 1, max: 255 }).map((code) => String.fromCharCode(code)),
);
const bytes = (arbitrary: fc.Arbitrary<string>) =>
  fc.array(arbitrary, { maxLength: 24 }).map((chars) => chars.join(""));

/** Runs a script that prints each argument of curl, and then its input. */
async function runScript(script: string): Promise<string> {
  const prelude =
    `curl() { for word in "$@"; do printf '%s\\0' "$word"; done; case "$*" in *@-*) cat;; esac; }\n`;
  const file = await Deno.makeTempFile();
  try {
    await Deno.writeFile(file, new TextEncoder().encode(prelude + script));
    const { bytes, code, stderr } = await runTool("sh", [file]);
    assertEquals([code, stderr], [0, ""], script);
    return fromBytes(bytes);
  } finally {
    await Deno.remove(file);
  }
}

const word = fc.oneof(
  bytes(byte),
  fc.string().map((text) =>
    fromBytes(new TextEncoder().encode(text.replaceAll("\0", "")))
  ),
);

testShell(
  "quoteForShell() passes any bytes unchanged to a program",
  async () => {
    const words = fc.array(word, { minLength: 20, maxLength: 40 });
    const check = async (words: string[]): Promise<void> => {
      // $(…) removes line feeds from the end of a body that is not text.
      const sent = words.map((word) => word.replace(/\n+$/, ""));
      const line = `curl ${sent.map(quoteForShell).join(" ")}`;
      const got = await runScript(line);
      assertEquals(got.split("\0").slice(0, -1), sent);
    };
    await fc.assert(fc.asyncProperty(words, check), { numRuns: 40 });
  },
);

const token = fc.string({
  unit: fc.constantFrom(..."aZ09!#$%&'*+-.^_`|~"),
  minLength: 1,
  maxLength: 8,
});
const path = bytes(
  fc.constantFrom(..."aZ09/.?&=%'\"`$!*()[]{}|\\^<>;:@,+~-_"),
).map((path) => `/${path}`);
const value = bytes(byte).map((text) => text.replace(/[\r\n]/g, "").trim());
const anyRequest: fc.Arbitrary<RecordedRequest> = fc.record({
  method: token,
  target: path,
  protocol: fc.constantFrom("HTTP/1.0", "HTTP/1.1"),
  headers: fc.array(fc.tuple(token, value), { maxLength: 4 }),
  body: fc.oneof(bytes(byte).map(toBytes), fc.uint8Array({ maxLength: 40 })),
  isBodyComplete: fc.constant(true),
});

testShell(
  "toCurl() sends every header, the target and the body of any request",
  async () => {
    const check = async (sent: RecordedRequest): Promise<void> => {
      const script = toCurl(sent, "http://h:1");
      const parts = (await runScript(script)).split("\0");
      const after = (option: string) =>
        parts.filter((_, index) => parts[index - 1] === option);
      const target = after("--request-target")[0] ??
        parts[0]!.slice("http://h:1".length);
      assertEquals(target, sent.target);
      const lines = after("-H").filter((line) => !/^[^:]*:$/.test(line));
      const named = sent.headers.filter(([name]) =>
        name.toLowerCase() !== "content-length"
      );
      const expected = named.map(([name, value]) =>
        value === "" ? `${name};` : `${name}: ${value}`
      );
      assertEquals(lines, expected);
      assertEquals(parts.includes("--http1.0"), sent.protocol === "HTTP/1.0");
      const input = parts.includes("@-")
        ? parts.slice(parts.indexOf("@-") + 1).join("\0")
        : after("--data-raw")[0] ?? "";
      assertEquals(input, fromBytes(sent.body));
    };
    await fc.assert(fc.asyncProperty(anyRequest, check), { numRuns: 150 });
  },
);

/** Reads a request from its text, with line feeds in place of CR LF. */
function parseRequest(text: string): RecordedRequest {
  const end = text.indexOf("\n\n");
  const head = text.slice(0, end).replaceAll("\n", "\r\n");
  const { line, headers } = new RawHead(`${head}\r\n\r\n`);
  const [method = "", target = "", protocol = ""] = line.split(" ");
  const body = toBytes(text.slice(end + 2));
  return { method, target, protocol, headers, body, isBodyComplete: true };
}

/** Answers one request, and returns its bytes. */
async function receive(listener: Deno.Listener): Promise<string> {
  using conn = await listener.accept();
  const buffer = new Uint8Array(65_536);
  let received = "";
  const isWhole = () => {
    const [head = "", body] = received.split(/\r\n\r\n(.*)/s);
    const [, length = 0] = /^content-length: (\d+)/im.exec(head) ?? [];
    return body !== undefined &&
      (/^transfer-encoding/im.test(head)
        ? body.endsWith("0\r\n\r\n")
        : body.length >= Number(length));
  };
  while (!isWhole()) {
    received += fromBytes(buffer.subarray(0, await conn.read(buffer) ?? 0));
  }
  const answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  await conn.write(new TextEncoder().encode(answer));
  return received;
}

testCurl(
  "toCurl() makes curl send the same request again, and nothing else",
  async () => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const host = `127.0.0.1:${listener.addr.port}`;
    for (
      const text of [
        `GET / HTTP/1.1\nHost: ${host}\n\n`,
        `GET /a/../b/./%2e?x=[1-3]{a,b} HTTP/1.1\nHost: ${host}\nAccept: */*\n\n`,
        'GET / HTTP/1.1\nHost: other.example\nX-Odd: it\'s "$HOME" `id` \\ !\nX-Empty: \nX-Raw: caf\xe9\nX-Text: caf\xc3\xa9\nUser-Agent: \n\n',
        `GET / HTTP/1.1\nHost: ${host}\nX-Twice: a\nx-twice: b\nCookie: a=b; c=d\n\n`,
        `POST /f HTTP/1.1\nHost: ${host}\nContent-Type: text/plain\nContent-Length: 3\n\n@'\n`,
        `POST /f HTTP/1.1\nHost: ${host}\nContent-Length: 0\n\n`,
        `PUT /f HTTP/1.1\nHost: ${host}\nContent-Length: 8\n\n\0\xff%s\\n\r\n`,
        `POST /f HTTP/1.1\nHost: ${host}\nTransfer-Encoding: chunked\n\nchunks`,
        `POST /f HTTP/1.1\nHost: ${host}\nContent-Length: 200000\n\n${
          "x".repeat(200_000)
        }`,
        `DELETE / HTTP/1.1\nHost: ${host}\n\n`,
        `OPTIONS * HTTP/1.1\nHost: ${host}\n\n`,
        "GET / HTTP/1.0\n\n",
        `HEAD /x HTTP/1.1\nHost: ${host}\n\n`,
      ]
    ) {
      const sent = parseRequest(text);
      const script = `${toCurl(sent, `http://${host}`)} -sS`;
      const input = new TextEncoder().encode(script);
      const [received, { code, stderr }] = await Promise.all([
        receive(listener),
        runTool("sh", ["-s"], input),
      ]);
      assertEquals(code, 0, stderr);
      const got = parseRequest(received.replaceAll("\r\n", "\n"));
      const lines = ({ headers }: RecordedRequest) =>
        headers.map((header) => header.join(": ")).sort();
      assertEquals(lines(got), lines(sent));
      const { headers: _, body, ...line } = got;
      const { headers: __, body: expected, ...expectedLine } = sent;
      assertEquals(line, expectedLine);
      const isChunked = text.includes("chunked");
      const chunk = `6\nchunks\n0\n\n`;
      assertEquals(
        fromBytes(body),
        isChunked ? chunk : fromBytes(expected).replaceAll("\r\n", "\n"),
      );
    }
  },
);
