/**
 * HTTP status codes: reason phrases, and codes without a body.
 *
 * @module
 */

/** From RFC 9110 section 15 and IANA's registry. */
const REASONS: Readonly<Record<number, string>> = {
  100: "Continue",
  101: "Switching Protocols",
  102: "Processing",
  103: "Early Hints",
  200: "OK",
  201: "Created",
  202: "Accepted",
  203: "Non-Authoritative Information",
  204: "No Content",
  205: "Reset Content",
  206: "Partial Content",
  207: "Multi-Status",
  208: "Already Reported",
  226: "IM Used",
  300: "Multiple Choices",
  301: "Moved Permanently",
  302: "Found",
  303: "See Other",
  304: "Not Modified",
  305: "Use Proxy",
  307: "Temporary Redirect",
  308: "Permanent Redirect",
  400: "Bad Request",
  401: "Unauthorized",
  402: "Payment Required",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  407: "Proxy Authentication Required",
  408: "Request Timeout",
  409: "Conflict",
  410: "Gone",
  411: "Length Required",
  412: "Precondition Failed",
  413: "Content Too Large",
  414: "URI Too Long",
  415: "Unsupported Media Type",
  416: "Range Not Satisfiable",
  417: "Expectation Failed",
  418: "I'm a teapot",
  421: "Misdirected Request",
  422: "Unprocessable Content",
  423: "Locked",
  424: "Failed Dependency",
  425: "Too Early",
  426: "Upgrade Required",
  428: "Precondition Required",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  451: "Unavailable For Legal Reasons",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
  505: "HTTP Version Not Supported",
  506: "Variant Also Negotiates",
  507: "Insufficient Storage",
  508: "Loop Detected",
  510: "Not Extended",
  511: "Network Authentication Required",
};

/**
 * Returns the standard reason phrase of a status code.
 *
 * RFC 9110 section 15.
 *
 * @param code The status code.
 * @returns The phrase; `undefined` for a code that is not registered.
 */
export function reasonPhrase(code: number): string | undefined {
  return REASONS[code];
}

/**
 * Returns whether a response with a status has no body: 204, 205 and 304.
 *
 * RFC 9110 sections 15.3.5, 15.3.6 and 15.4.5.
 *
 * @param code The status code; `undefined` while there is no response.
 * @returns Whether a response with this status has no body.
 */
export function hasNoBody(code: number | undefined): boolean {
  return code === 204 || code === 205 || code === 304;
}

/**
 * Returns whether a response turns its connection into a tunnel: a 2xx to
 * CONNECT. It has no body, and neither header that frames one.
 *
 * RFC 9110 section 9.3.6.
 *
 * @param method The method of the request.
 * @param code The status code, at least 200.
 * @returns Whether the bytes after the head of the response belong to a tunnel.
 */
export function isTunnel(method: string | undefined, code: number): boolean {
  return method === "CONNECT" && code < 300;
}
