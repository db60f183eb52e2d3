/**
 * The types of `@std/http/etag` 1.1, which the npm package `deno-std` leaves
 * out.
 *
 * @module
 */

/** What is needed of a file to compute its tag. */
export interface FileInfo {
  /** When the file was last changed. */
  mtime: Date | null;
  /** The size in bytes. */
  size: number;
}

/** Options for {@linkcode eTag}. */
export interface ETagOptions {
  /** The digest algorithm; `"SHA-256"` by default. */
  algorithm?: AlgorithmIdentifier;
  /** Whether the tag is weak; by default it is for a file only. */
  weak?: boolean;
}

/** Computes the tag of text or bytes. */
export declare function eTag(
  entity: string | ReturnType<TextEncoder["encode"]>,
  options?: ETagOptions,
): Promise<string>;
/** Computes the tag of a file; none if its time is not known. */
export declare function eTag(
  entity: FileInfo,
  options?: ETagOptions,
): Promise<string | undefined>;

/** Whether an `If-Match` header names a tag. */
export declare function ifMatch(
  value: string | null,
  etag: string | undefined,
): boolean;

/** Whether an `If-None-Match` header does not name a tag. */
export declare function ifNoneMatch(
  value: string | null,
  etag: string | undefined,
): boolean;
