/**
 * Cases: methods, and responses to HEAD compared with GET.
 *
 * @module
 */

import { toBytes } from "../../wsgi/byte_string.ts";
import { quote } from "../../wsgi/describe.ts";
import type { HeaderTuple } from "../../wsgi/types.ts";
import type { ApplicationCase } from "./client.ts";
import type { RequestOutcome } from "./send_request.ts";
import type { KitRequest, RequestBody } from "./request.ts";

/** Headers that may differ between two responses to the same request. */
const VOLATILE: ReadonlySet<string> = new Set([
  "age",
  "content-length",
  "content-security-policy",
  "date",
  "expires",
  "last-modified",
  "set-cookie",
]);

/** A form as a request body. */
export const FORM: {
  readonly headers: readonly HeaderTuple[];
  readonly body: RequestBody;
} = {
  headers: [["Content-Type", "application/x-www-form-urlencoded"]],
  body: { bytes: toBytes("a=1&b=%C3%A9") },
};

const READ_ONLY: readonly string[] = ["HEAD", "OPTIONS"];

/** A plain GET. Later responses are compared with its response. */
const GET: ApplicationCase = {
  id: "application/get",
  spec: "start-called",
  title: "GET gets a complete response",
  async run(client): Promise<void> {
    await client.again();
  },
};

/** Creates a case that sends one request with a method. */
function method(name: string, method: string): ApplicationCase {
  return {
    id: `application/${name}`,
    spec: "app-returns-body",
    title: `A request with the method ${method} gets a complete response`,
    async run(client, target): Promise<void> {
      const content = READ_ONLY.includes(method) ? {} : FORM;
      await client.send({ method, target, ...content });
    },
  };
}

/**
 * Returns the names of the headers that should be the same each time.
 *
 * @param headers The headers of a response.
 * @returns The names in lower case, sorted.
 */
export function stableNames(headers: readonly HeaderTuple[]): string {
  return headers.map(([name]) => name.toLowerCase())
    .filter((name) => !VOLATILE.has(name)).toSorted().join(", ");
}

function valueOf(
  { headers }: RequestOutcome,
  name: string,
): string | undefined {
  return headers.find(([other]) => other.toLowerCase() === name)?.[1];
}

/**
 * Creates a case that compares one property of the responses to HEAD and GET.
 */
function head(
  name: string,
  spec: string,
  what: string,
  pick: (answer: RequestOutcome) => string | undefined,
): ApplicationCase {
  return {
    id: `application/${name}`,
    spec,
    title: `The response to HEAD has the ${what} of the response to GET`,
    async run(client, target): Promise<string | void> {
      const asked: KitRequest = { method: "HEAD", target };
      const get = await client.send({ target });
      const head = await client.send(asked);
      const again = await client.send({ target });
      // Failures have been reported already.
      if (client.problems.length > 0) return;
      const [expected, found] = [pick(get), pick(head)];
      if (expected === undefined || found === undefined) {
        return `nothing to compare: no ${what} in one of the responses`;
      }
      if (expected !== pick(again)) {
        return `nothing to compare: the ${what} differs from GET to GET`;
      }
      if (found !== expected) {
        client.fail(
          asked,
          `the ${what} must be as for GET, ${quote(expected)}, got ${
            quote(found)
          }`,
        );
      }
    },
  };
}

/** The cases about methods. */
export const METHOD_CASES: readonly ApplicationCase[] = [
  GET,
  method("head", "HEAD"),
  method("post", "POST"),
  method("put", "PUT"),
  method("patch", "PATCH"),
  method("delete", "DELETE"),
  method("options", "OPTIONS"),
  method("method-unknown", "FROBNICATE"),
  method("method-lower-case", "get"),
  head("head-status", "http-head-body", "status", ({ code }) => String(code)),
  head(
    "head-headers",
    "http-head-body",
    "headers",
    ({ headers }) => stableNames(headers),
  ),
  head(
    "head-type",
    "http-head-body",
    "Content-Type",
    (answer) => valueOf(answer, "content-type"),
  ),
  head("head-length", "head-length", "Content-Length", (answer) => {
    const length = valueOf(answer, "content-length");
    if (answer.request.method === "HEAD" || answer.hasLeft) return length;
    return length ?? String(answer.body.length);
  }),
];
