/**
 * Cases: request bodies as clients send them.
 *
 * @module
 */

import { toBytes } from "../../wsgi/byte_string.ts";
import type { ApplicationCase } from "./client.ts";
import type { Expectation } from "./client.ts";
import { FORM } from "./methods.ts";
import type { KitRequest, RequestBody } from "./request.ts";

type Content = Pick<KitRequest, "headers" | "body" | "without" | "method">;

const TEXT = toBytes("name=value&other=%C3%A9\nsecond line\r\n\nlast");

/** Creates a case that posts bodies one after the other. */
function posts(
  name: string,
  spec: string,
  title: string,
  contents: readonly Content[],
  expectation?: Expectation,
): ApplicationCase {
  return {
    id: `application/${name}`,
    spec,
    title,
    async run(client, target): Promise<void> {
      for (const content of contents) {
        const request = { method: "POST", target, ...content };
        const { isHung } = await client.send(request, expectation);
        // If the application hangs once, it will hang again.
        if (isHung) return;
      }
    },
  };
}

function typed(type: string, body: RequestBody): Content {
  return { headers: [["Content-Type", type]], body };
}

function textBody(type: string, content: string): Content {
  return typed(type, { bytes: toBytes(content) });
}

/** Returns the body with each content type that an application may know. */
function ofAllTypes(body: RequestBody): Content[] {
  return [
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=limit",
    "application/json",
    "application/octet-stream",
  ].map((type) => typed(type, body));
}

const MULTIPART = [
  "--limit",
  'Content-Disposition: form-data; name="file"; filename="a.txt"',
  "Content-Type: text/plain",
  "",
  "Hello",
  "--limit--",
  "",
].join("\r\n");

/** The cases about request bodies. */
export const BODY_CASES: readonly ApplicationCase[] = [
  posts(
    "body-empty",
    "input-end",
    "An empty body gets a complete response",
    ofAllTypes({ bytes: new Uint8Array() }),
  ),
  posts(
    "body-absent",
    "input-end",
    "A POST without a body gets a complete response",
    [{}, { headers: FORM.headers }],
  ),
  posts(
    "body-large",
    "input-sized-read",
    "A body of 1 MiB gets a complete response, whether it is read or not",
    [
      typed("application/octet-stream", {
        bytes: new Uint8Array(1_048_576).fill(0x61),
        piece: 65_536,
      }),
    ],
  ),
  posts(
    "body-chunked",
    "environ-input-terminated",
    "A body without CONTENT_LENGTH gets a complete response",
    ofAllTypes({ bytes: TEXT, isChunked: true, piece: 7 }),
  ),
  posts(
    "body-bytewise",
    "input-read-exact",
    "A body that arrives byte by byte gets a complete response",
    [
      { ...FORM, body: { ...FORM.body, piece: 1 } },
      typed("multipart/form-data; boundary=limit", {
        bytes: toBytes(MULTIPART),
        piece: 1,
      }),
      typed("text/plain", { bytes: TEXT, piece: 1 }),
    ],
  ),
  posts(
    "body-form",
    "input-sized-read",
    "Well-formed and malformed forms get a complete response",
    [
      FORM,
      textBody("application/x-www-form-urlencoded", "a&=b&%zz=%&&a=1&a=2"),
      textBody(
        "application/x-www-form-urlencoded;charset=utf-16",
        "a=\xff\xfe",
      ),
    ],
  ),
  posts(
    "body-multipart",
    "input-sized-read",
    "Well-formed and malformed multipart forms get a complete response",
    [
      textBody("multipart/form-data; boundary=limit", MULTIPART),
      textBody("multipart/form-data; boundary=limit", MULTIPART.slice(0, -20)),
      textBody("multipart/form-data; boundary=other", MULTIPART),
      textBody("multipart/form-data", MULTIPART),
      textBody("multipart/form-data; boundary=", ""),
    ],
  ),
  posts(
    "body-json",
    "input-sized-read",
    "Well-formed and malformed JSON gets a complete response",
    [
      textBody("application/json", '{"a":[1,null,"\xc3\xa9"]}'),
      textBody("application/json", '{"a":'),
      textBody("application/json", "null"),
      textBody("application/json", '"\xff\xfe"'),
      textBody("application/json", '{"__proto__":{"a":1}}'),
    ],
  ),
  posts(
    "content-type-absent",
    "environ-use-fallback",
    "A body without a Content-Type gets a complete response",
    [{ body: { bytes: TEXT } }],
  ),
  posts(
    "content-type-odd",
    "environ-http-headers",
    "A body with a malformed Content-Type gets a complete response",
    ["", "text", "/", ";charset", "text/\xe9; charset=\xff", 'a/b; c="'].map(
      (type) => typed(type, { bytes: TEXT }),
    ),
  ),
  posts(
    "body-with-get",
    "input-end",
    "GET with a body gets a complete response",
    [{ method: "GET", ...FORM }],
  ),
  posts(
    "body-cut-short",
    "input-cut-short",
    "A body that is cut short leaves no request hanging",
    ofAllTypes({ bytes: TEXT, length: TEXT.length + 100 }),
    { isClients: true },
  ),
  posts(
    "body-over-limit",
    "input-over-limit",
    "A body over the limit of the server leaves no request hanging",
    [
      ...ofAllTypes({ bytes: TEXT, limit: 10 }),
      ...ofAllTypes({ bytes: TEXT, limit: 10, isChunked: true }),
    ],
    { isClients: true },
  ),
];
