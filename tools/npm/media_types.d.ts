/**
 * The types of `@std/media-types` 1.1, which the npm package `deno-std` leaves
 * out.
 *
 * `contentType` is declared without the list of known extensions: it may always
 * return `undefined` here, also for the literals where `@std` knows better.
 *
 * @module
 */

/** The `Content-Type` for an extension or a media type, with its charset. */
export declare function contentType(
  extensionOrType: string,
): string | undefined;

/** The media type for an extension, with or without the dot. */
export declare function typeByExtension(extension: string): string | undefined;

/** The most usual extension for a media type. */
export declare function extension(type: string): string | undefined;

/** All extensions for a media type. */
export declare function allExtensions(type: string): string[] | undefined;

/** The charset of a media type. */
export declare function getCharset(type: string): string | undefined;

/** Makes a header value of a media type and its parameters. */
export declare function formatMediaType(
  type: string,
  param?: Record<string, string> | Iterable<[string, string]>,
): string;

/** Takes a header value apart. */
export declare function parseMediaType(
  type: string,
): [mediaType: string, params: Record<string, string> | undefined];
