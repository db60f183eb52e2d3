/**
 * The types of `@std/http/negotiation` 1.1, which the npm package `deno-std`
 * leaves out.
 *
 * @module
 */

/** The media types that a request accepts, the preferred one first. */
export declare function accepts(request: Pick<Request, "headers">): string[];
/** The one of `types` that a request prefers. */
export declare function accepts(
  request: Pick<Request, "headers">,
  ...types: string[]
): string | undefined;

/** The encodings that a request accepts, the preferred one first. */
export declare function acceptsEncodings(
  request: Pick<Request, "headers">,
): string[];
/** The one of `encodings` that a request prefers. */
export declare function acceptsEncodings(
  request: Pick<Request, "headers">,
  ...encodings: string[]
): string | undefined;

/** The languages that a request accepts, the preferred one first. */
export declare function acceptsLanguages(
  request: Pick<Request, "headers">,
): string[];
/** The one of `langs` that a request prefers. */
export declare function acceptsLanguages(
  request: Pick<Request, "headers">,
  ...langs: string[]
): string | undefined;
