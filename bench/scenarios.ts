/**
 * The requests to the contenders, and the expected responses.
 *
 * @module
 */

/** A kind of request, and its response. */
export interface Scenario {
  /** The name on the command line and in results. */
  readonly id: string;
  /** The description for the table. */
  readonly title: string;
  /** @default {"GET"} */
  readonly method?: string | undefined;
  /** The path and query. @default {"/"} */
  readonly target?: string | undefined;
  /** The request headers except Host. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Whether query, Referer and Cookie differ from request to request. */
  readonly varies?: boolean | undefined;
  /** The length of the request body, in bytes. @default {0} */
  readonly size?: number | undefined;
  /** The media type of the response. */
  readonly type: string;
  /** Whether the response has a Content-Length. */
  readonly hasLength: boolean;
  /** The whole body of the response, as a ByteString. */
  readonly answer: (port: number) => string;
  /**
   * Whether responses are counted by their bytes. If only few fit into a round,
   * those that are cut off at its end would otherwise not count.
   */
  readonly byBytes?: boolean | undefined;
  /** The number of idle connections. @default {0} */
  readonly idle?: number | undefined;
}

const HELLO = "Hello world!\n";
const OCTETS = "application/octet-stream";
const MEBIBYTE = 1024 * 1024;

/** The headers of a browser of 2026 for a click on a link. */
const BROWSER: Scenario["headers"] = [
  [
    "User-Agent",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) " +
    "Chrome/140.0.0.0 Safari/537.36",
  ],
  [
    "Accept",
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif," +
    "image/webp,*/*;q=0.8",
  ],
  ["Accept-Language", "en-GB,en;q=0.9,de;q=0.8"],
  ["Accept-Encoding", "gzip, deflate, br, zstd"],
  ["Referer", "http://127.0.0.1/articles/2026/11"],
  ["Cookie", "session=0123456789abcdef0123456789abcdef; theme=dark"],
  ["Upgrade-Insecure-Requests", "1"],
  ["Sec-Fetch-Dest", "document"],
  ["Sec-Fetch-Mode", "navigate"],
  ["Sec-Fetch-Site", "same-origin"],
  ["Sec-Fetch-User", "?1"],
  ["Priority", "u=0, i"],
  ["Cache-Control", "max-age=0"],
];

/** The length of the values of all headers, including Host. */
function sumOfHeaders(port: number): number {
  const values = [`127.0.0.1:${port}`, ...BROWSER.map(([, value]) => value)];
  return values.join("").length;
}

const hello = {
  headers: [],
  type: "text/plain",
  hasLength: true,
  answer: () => HELLO,
} satisfies Partial<Scenario>;

const stream = {
  headers: [],
  type: OCTETS,
  hasLength: false,
  answer: () => "x".repeat(16 * 16_384),
} satisfies Partial<Scenario>;

/** The scenarios of `deno task bench`, in their order. */
export const SCENARIOS: readonly Scenario[] = [
  { ...hello, id: "hello", title: "13 bytes" },
  {
    ...hello,
    id: "browser",
    title: "13 bytes for a request with 13 browser headers",
    headers: BROWSER,
  },
  {
    ...hello,
    id: "varied",
    title: "The same, but query, Referer and Cookie are new each time",
    headers: BROWSER,
    varies: true,
  },
  {
    ...hello,
    id: "read",
    title: "13 browser headers, of which one and the query are read",
    target: "/?page=2",
    headers: BROWSER,
    answer: () => "en-GB,en;q=0.9,de;q=0.8 page=2",
  },
  {
    id: "headers",
    title: "An application that reads every header",
    headers: BROWSER,
    type: "text/plain",
    hasLength: true,
    answer: (port) => String(sumOfHeaders(port)),
  },
  {
    id: "json",
    title: "JSON of ten environ values",
    target: "/items/7?sort=name&page=2",
    headers: [["Accept", "application/json"]],
    type: "application/json",
    hasLength: true,
    answer: (port) =>
      JSON.stringify({
        method: "GET",
        script: "",
        path: "/items/7",
        query: "sort=name&page=2",
        protocol: "HTTP/1.1",
        port: String(port),
        client: "127.0.0.1",
        host: `127.0.0.1:${port}`,
        accept: "application/json",
        scheme: "http",
      }),
  },
  {
    id: "echo",
    title: "A posted body of 64 KiB, read whole and sent back",
    method: "POST",
    headers: [],
    size: 65_536,
    type: OCTETS,
    hasLength: true,
    answer: () => "x".repeat(65_536),
  },
  {
    ...stream,
    id: "stream",
    title: "16 chunks of 16 KiB from a sync generator",
  },
  {
    ...stream,
    id: "async",
    title: "16 chunks of 16 KiB from an async generator",
  },
  {
    id: "file",
    title: "A file of 4 MiB",
    headers: [],
    type: OCTETS,
    hasLength: true,
    answer: () => "x".repeat(4 * MEBIBYTE),
    byBytes: true,
  },
  {
    ...hello,
    id: "idle",
    title: "13 bytes, with 1,000 idle connections",
    idle: 1000,
  },
];

/** Returns a scenario with a body of this many bytes, for the scaling. */
export function scenarioOfSize(bytes: number): Scenario {
  return {
    id: `bytes:${bytes}`,
    title: `${bytes} bytes`,
    headers: [],
    type: OCTETS,
    hasLength: true,
    answer: () => "x".repeat(bytes),
    byBytes: bytes >= MEBIBYTE,
  };
}

/** Returns the bytes of the request of a scenario. */
export function requestOf(scenario: Scenario, port: number): string {
  const { method = "GET", target = "/", headers, size = 0 } = scenario;
  const lines = [
    `${method} ${target} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ];
  if (size > 0) {
    lines.push(`Content-Type: ${OCTETS}`, `Content-Length: ${size}`);
  }
  return `${lines.join("\r\n")}\r\n\r\n${"x".repeat(size)}`;
}
