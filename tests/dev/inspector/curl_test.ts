import { assertEquals } from "@std/assert";
import fc from "npm:fast-check@^4";
import type { RecordedRequest } from "../../../dev/conversation.ts";
import { toCurl } from "../../../dev/inspector/curl.ts";
import { fromBytes, toBytes } from "../../../wsgi/byte_string.ts";
import { Developing } from "../developing.ts";
import { missingTool, runTool, testsWith } from "../../tool.ts";

const test = testsWith(
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

const token = fc.string({
  unit: fc.constantFrom(..."aZ09!#$%&'*+-.^_`|~"),
  minLength: 1,
  maxLength: 8,
});
const path = bytes(fc.constantFrom(..."aZ09/.?&=%'\"`$!*()[]{}|\\^<>;:@,+~-_"));
const value = bytes(byte).map((text) => text.replace(/[\r\n]/g, "").trim());
const anyRequest: fc.Arbitrary<RecordedRequest> = fc.record({
  method: token,
  target: path.map((path) => `/${path}`),
  protocol: fc.constantFrom("HTTP/1.0", "HTTP/1.1"),
  headers: fc.array(fc.tuple(token, value), { maxLength: 4 }),
  body: fc.oneof(bytes(byte).map(toBytes), fc.uint8Array({ maxLength: 40 })),
  isBodyComplete: fc.constant(true),
});

test("toCurl() sends every header, the target and the body of any request", async () => {
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
});

const APP = `export default async (environ, startResponse) => {
  await environ["wsgi.input"].read();
  startResponse("200 OK", []);
  return [];
};`;

test("toCurl() makes curl send the same request again, and nothing else", async () => {
  await using dev = await Developing.start({ "app.js": APP });
  const origin = dev.server.url.slice(0, -1);
  const host = `Host: ${new URL(origin).host}`;
  const rows: readonly [line: string, headers?: string, body?: string][] = [
    ["GET / HTTP/1.1"],
    ["GET /a/../b/./%2e?x=[1-3]{a,b} HTTP/1.1", `${host}\nAccept: */*`],
    ["GET / HTTP/1.1", "Host: other.example\nX-Empty: \nUser-Agent: "],
    ["GET / HTTP/1.1", `${host}\nX-Raw: caf\xe9\nX-Text: caf\xc3\xa9`],
    ["GET / HTTP/1.1", `${host}\nX-Odd: it's "$HOME" \`id\` \\ !`],
    ["GET / HTTP/1.1", `${host}\nX-Two: a\nx-two: b\nCookie: a=b; c=d`],
    [
      "POST /f HTTP/1.1",
      `${host}\nContent-Type: a/b\nContent-Length: 3`,
      "@'\n",
    ],
    ["POST /f HTTP/1.1", `${host}\nContent-Length: 0`],
    ["PUT /f HTTP/1.1", `${host}\nContent-Length: 8`, "\0\xff%s\\n\r\n"],
    ["POST /f HTTP/1.1", `${host}\nTransfer-Encoding: chunked`, "chunks"],
    ["POST /f HTTP/1.1", `${host}\nContent-Length: 60000`, "x".repeat(60_000)],
    ["DELETE / HTTP/1.1"],
    ["OPTIONS * HTTP/1.1"],
    ["GET / HTTP/1.0", ""],
    ["HEAD /x HTTP/1.1"],
  ];
  for (const [line, lines = host, body = ""] of rows) {
    const headers = lines.split("\n").filter((line) => line !== "")
      .map((line) => line.split(": ") as [string, string]);
    const [method = "", target = "", protocol = ""] = line.split(" ");
    const sent: RecordedRequest = {
      ...{ method, target, protocol, body: toBytes(body) },
      ...{ headers: headers.toSorted(), isBodyComplete: true },
    };
    const script = `${toCurl(sent, origin)} -sS`;
    const input = new TextEncoder().encode(script);
    const { code, stderr } = await runTool("sh", ["-s"], input);
    assertEquals(code, 0, stderr);
    const { id } = dev.inspected.log.list().at(-1)!;
    const { request } = dev.inspected.log.get(id)!;
    const received = { ...request, headers: request.headers.toSorted() };
    assertEquals(received, sent);
  }
});
