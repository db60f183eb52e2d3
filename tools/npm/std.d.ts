/**
 * The types of the `@std` functions that this project uses, because the npm
 * package `deno-std` has no types.
 *
 * @module
 */

// deno-lint-ignore-file no-explicit-any -- the types of @std

type Class<T> = abstract new (...args: any[]) => T;
type Falsy = false | 0 | 0n | "" | null | undefined;

// @std/assert 1.0

export declare function assert(expr: unknown, msg?: string): asserts expr;
export declare function assertFalse(
  expr: unknown,
  msg?: string,
): asserts expr is Falsy;
type Compare = <T>(actual: T, expected: T, msg?: string) => void;
export declare const assertEquals: Compare;
export declare const assertNotEquals: Compare;
export declare const assertNotStrictEquals: Compare;
export declare const assertGreater: Compare;
export declare const assertLess: Compare;
export declare function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  msg?: string,
): asserts actual is T;
export declare function assertStringIncludes(
  actual: string,
  expected: string,
  msg?: string,
): void;
type Match = (actual: string, expected: RegExp, msg?: string) => void;
export declare const assertMatch: Match;
export declare const assertNotMatch: Match;
export declare function assertInstanceOf<T extends Class<any>>(
  actual: unknown,
  expectedType: T,
  msg?: string,
): asserts actual is InstanceType<T>;
export declare function assertThrows(fn: () => unknown, msg?: string): unknown;
export declare function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass: Class<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export declare function assertRejects(
  fn: () => PromiseLike<unknown>,
  msg?: string,
): Promise<unknown>;
export declare function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: Class<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;

// @std/html 1.0

export declare function escape(str: string): string;

// @std/http 1.1: etag and negotiation

interface FileInfo {
  mtime: Date | null;
  size: number;
}

interface ETagOptions {
  algorithm?: AlgorithmIdentifier;
  weak?: boolean;
}

export declare function eTag(
  entity: string | ReturnType<TextEncoder["encode"]>,
  options?: ETagOptions,
): Promise<string>;
export declare function eTag(
  entity: FileInfo,
  options?: ETagOptions,
): Promise<string | undefined>;
type Condition = (value: string | null, etag: string | undefined) => boolean;
export declare const ifMatch: Condition;
export declare const ifNoneMatch: Condition;
export declare function accepts(request: Pick<Request, "headers">): string[];
export declare function accepts(
  request: Pick<Request, "headers">,
  ...types: string[]
): string | undefined;

// @std/media-types 1.1

export declare function typeByExtension(extension: string): string | undefined;

// @std/path 1.1

export declare const SEPARATOR: "\\" | "/";
export declare function basename(path: string | URL, suffix?: string): string;
export declare function dirname(path: string | URL): string;
export declare function extname(path: string | URL): string;
export declare function fromFileUrl(url: URL | string): string;
export declare function join(path?: string | URL, ...paths: string[]): string;
export declare function resolve(...pathSegments: string[]): string;
export declare function toFileUrl(path: string): URL;
