import { assertEquals } from "@std/assert";
import fc from "npm:fast-check@^4";
import type { RecordedRequest } from "../../../dev/conversation.ts";
import { toCurl } from "../../../dev/inspector/curl.ts";
import { quoteForShell } from "../../../dev/inspector/shell.ts";
import { fromBytes, toBytes } from "../../../wsgi/byte_string.ts";
import type { Application } from "../../../wsgi/types.ts";
import { serve } from "../../server/serving.ts";
import {
  missingTool,
  runTool,
  testsWith,
  type ToolOutcome,
} from "../../tool.ts";

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

testShell(
  "quoteForShell() gives a program the same bytes, whatever they are",
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            bytes(byte),
            fc.string().map((text) =>
              fromBytes(new TextEncoder().encode(text.replaceAll("\0", "")))
            ),
          ),
          { minLength: 20, maxLength: 40 },
        ),
        async (words) => {
          // $(…) takes line feeds away from the end of what is no text.
          const sent = words.map((word) => word.replace(/\n+$/, ""));
          const got = await runScript(
            `curl ${sent.map(quoteForShell).join(" ")}`,
          );
          assertEquals(got.split("\0").slice(0, -1), sent);
        },
      ),
      { numRuns: 40 },
    );
  },
);

const token = fc.string({
  unit: fc.constantFrom(..."aZ09!#$%&'*+-.^_`|~"),
  minLength: 1,
  maxLength: 8,
});

testShell(
  "toCurl() sends every header, the target and the body of any request",
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          method: token,
          target: bytes(
            fc.constantFrom(..."aZ09/.?&=%'\"`$!*()[]{}|\\^<>;:@,+~-_"),
          ).map((path) => `/${path}`),
          protocol: fc.constantFrom("HTTP/1.0", "HTTP/1.1"),
          headers: fc.array(
            fc.tuple(
              token,
              bytes(byte).map((value) => value.replace(/[\r\n]/g, "").trim()),
            ),
            { maxLength: 4 },
          ),
          body: fc.oneof(
            bytes(byte).map(toBytes),
            fc.uint8Array({ maxLength: 40 }),
          ),
          isBodyComplete: fc.constant(true),
        }),
        async (request) => {
          const sent = request as RecordedRequest;
          const parts = (await runScript(toCurl(sent, "http://h:1"))).split(
            "\0",
          );
          const after = (option: string) =>
            parts.flatMap((part, index) =>
              parts[index - 1] === option ? [part] : []
            );
          const target = after("--request-target")[0] ??
            parts[0]!.slice("http://h:1".length);
          assertEquals(target, sent.target);
          const lines = after("-H").filter((line) => !/^[^:]*:$/.test(line));
          const named = sent.headers.filter(([name]) =>
            name.toLowerCase() !== "content-length"
          );
          assertEquals(
            lines,
            named.map(([name, value]) =>
              value === "" ? `${name};` : `${name}: ${value}`
            ),
          );
          assertEquals(
            parts.includes("--http1.0"),
            sent.protocol === "HTTP/1.0",
          );
          const input = parts.includes("@-")
            ? parts.slice(parts.indexOf("@-") + 1).join("\0")
            : after("--data-raw")[0] ?? "";
          assertEquals(input, fromBytes(sent.body));
        },
      ),
      { numRuns: 150 },
    );
  },
);

/** Answers with what has arrived. */
const echo: Application = async (environ, startResponse) => {
  const input = await environ["wsgi.input"].read();
  const seen = Object.entries(environ).filter(([name, value]) =>
    typeof value === "string" &&
    /^HTTP_|^CONTENT|_URI$|_METHOD$|PROTOCOL$/.test(name)
  );
  const content = JSON.stringify([seen.sort(), fromBytes(input)]);
  startResponse("200 OK", [["Content-Type", "application/json"]]);
  return environ.REQUEST_METHOD === "HEAD"
    ? []
    : [new TextEncoder().encode(content)];
};

function runScriptOf(
  sent: RecordedRequest,
  origin: string,
): Promise<ToolOutcome> {
  const script = `${toCurl(sent, origin)} -sS`;
  return runTool("sh", ["-s"], new TextEncoder().encode(script));
}

testCurl("toCurl() makes curl send the same request again", async () => {
  await using serving = serve(echo);
  const origin = `http://127.0.0.1:${serving.port}`;
  const host = `127.0.0.1:${serving.port}`;
  const plain = { HTTP_HOST: host };
  for (
    const [method, target, headers, body, expected] of [
      ["GET", "/", [["Host", host]], "", plain],
      ["GET", "/a/../b/./%2e%2e?x=[1-3]{a,b}#", [["Host", host]], "", {
        REQUEST_URI: "/a/../b/./%2e%2e?x=[1-3]{a,b}",
      }],
      [
        "GET",
        "/",
        [
          ["Host", "other.example"],
          ["X-Odd", 'it\'s "$HOME" `id` \\ !'],
          ["X-Empty", ""],
          ["X-Raw", "caf\xe9"],
          ["X-Text", "caf\xc3\xa9"],
          ["User-Agent", ""],
        ],
        "",
        {
          HTTP_HOST: "other.example",
          HTTP_X_ODD: 'it\'s "$HOME" `id` \\ !',
          HTTP_X_EMPTY: "",
          HTTP_X_RAW: "caf\xe9",
          HTTP_X_TEXT: "caf\xc3\xa9",
          HTTP_USER_AGENT: "",
        },
      ],
      [
        "GET",
        "/",
        [["Host", host], ["X-Twice", "a"], ["x-twice", "b"], [
          "Cookie",
          "a=b; c=d",
        ]],
        "",
        { HTTP_X_TWICE: "a, b", HTTP_COOKIE: "a=b; c=d" },
      ],
      [
        "POST",
        "/f",
        [["Host", host], ["Content-Type", "text/plain"], [
          "Content-Length",
          "3",
        ]],
        "@'\n",
        { CONTENT_TYPE: "text/plain", CONTENT_LENGTH: "3" },
      ],
      ["POST", "/f", [["Host", host], ["Content-Length", "0"]], "", {
        CONTENT_LENGTH: "0",
      }],
      ["PUT", "/f", [["Host", host]], "\0\xff%s\\n\r\n", {
        REQUEST_METHOD: "PUT",
        CONTENT_LENGTH: "8",
      }],
      [
        "POST",
        "/f",
        [["Host", host], ["Transfer-Encoding", "chunked"]],
        "chunks",
        { REQUEST_METHOD: "POST" },
      ],
      ["POST", "/f", [["Host", host]], "x".repeat(200_000), {
        CONTENT_LENGTH: "200000",
      }],
      ["DELETE", "/", [["Host", host]], "", { REQUEST_METHOD: "DELETE" }],
      ["OPTIONS", "*", [["Host", host]], "", {
        REQUEST_METHOD: "OPTIONS",
        REQUEST_URI: "*",
      }],
    ] as const
  ) {
    const sent = {
      method,
      target: target.replace(/#$/, ""),
      protocol: "HTTP/1.1",
      headers,
      body: toBytes(body),
      isBodyComplete: true,
    };
    const { code, stdout, stderr } = await runScriptOf(sent, origin);
    assertEquals(code, 0, stderr);
    const [seen, input] = JSON.parse(stdout);
    const got = Object.fromEntries(seen);
    assertEquals(input, body);
    for (const [name, value] of Object.entries(expected)) {
      assertEquals(got[name], value, `${name} of ${method} ${target}`);
    }
    // curl adds nothing that was not there.
    const had = new Set(headers.map(([name]) => name.toLowerCase()));
    for (
      const [name, variable] of [
        ["user-agent", "HTTP_USER_AGENT"],
        ["accept", "HTTP_ACCEPT"],
        ["content-type", "CONTENT_TYPE"],
        ["expect", "HTTP_EXPECT"],
      ]
    ) {
      assertEquals(
        got[variable!] !== undefined,
        had.has(name!),
        `${name} of ${method} ${target}`,
      );
    }
  }
  for (const method of ["GET", "HEAD"]) {
    const protocol = "HTTP/1.0";
    const [headers, body] = [[], new Uint8Array()];
    const sent = { method, target: "/", protocol, headers, body };
    const { code, stdout } = await runScriptOf(
      { ...sent, isBodyComplete: true },
      origin,
    );
    assertEquals(code, 0);
    assertEquals(stdout.includes("HTTP/1.0"), method === "GET");
  }
});
