/**
 * Status and headers from the application, checked and copied.
 *
 * These checks protect the server. They run with and without the validator,
 * because the values that they reject would break the message framing, let a
 * client inject headers, or (in Deno 2.9) end the process.
 *
 * @module
 */

import { isSameStart } from "../http1/response_encoder.ts";
import {
  isContentLength,
  isHopByHop,
  isToken,
  parseContentLength,
} from "../wsgi/http_syntax.ts";
import { describe, quote } from "../wsgi/describe.ts";
import { describeEntry, describeValue } from "../wsgi/redact.ts";
import { remember } from "../wsgi/remember.ts";
import type { HeaderTuple } from "../wsgi/types.ts";

/** Status and headers of one response. */
export interface ResponseHead {
  /** The whole status: `"200 OK"`. */
  readonly status: string;
  /** The status code, from 200 to 599. */
  readonly code: number;
  /**
   * The headers in the application's order and case, copied into new arrays.
   */
  readonly headers: readonly HeaderTuple[];
  /** The value of Content-Length in bytes, if the application set it. */
  readonly contentLength: number | undefined;
}

const STATUS = /^([2-5][0-9]{2}) [\x20-\x7e\x80-\xff]*$/;
const STATUS_SHAPE = /^[0-9]{3} [\x20-\x7e\x80-\xff]*$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

const isGoodStatus = remember((status) => STATUS.test(status));

/**
 * Returns whether a name is allowed. Proxy challenges are; the validator warns
 * about them.
 */
const isGoodName = remember((name) =>
  isToken(name) && (!isHopByHop(name) || /^proxy-auth/i.test(name))
);

function startError(problem: string): TypeError {
  return new TypeError(`Cannot start the response: ${problem}`);
}

function checkStatus(status: unknown): asserts status is string {
  if (typeof status !== "string") {
    throw startError(
      `status must be a string such as "200 OK", got ${describe(status)}`,
    );
  }
  if (isGoodStatus(status)) return;
  if (STATUS_SHAPE.test(status)) {
    throw new RangeError(
      `Cannot start the response: status must be from 200 to 599, got ${
        quote(status)
      }`,
    );
  }
  throw startError(
    `status must be three digits, a space and a reason without control characters, got ${
      quote(status)
    }`,
  );
}

function checkName(name: unknown): asserts name is string {
  if (typeof name !== "string") {
    throw startError(`header name must be a string, got ${describe(name)}`);
  }
  if (isGoodName(name)) return;
  if (!isToken(name)) {
    throw startError(`header name must be a token, got ${describeEntry(name)}`);
  }
  throw startError(
    `hop-by-hop headers belong to the server, got ${quote(name)}`,
  );
}

function checkValue(name: string, value: unknown): asserts value is string {
  if (typeof value !== "string") {
    throw startError(
      `value of header ${quote(name)} must be a string, got ${
        describeValue(name, value)
      }`,
    );
  }
  if (!VALUE.test(value)) {
    throw startError(
      `value of header ${
        quote(name)
      } must have no control characters and none above U+00FF, got ${
        describeValue(name, value)
      }`,
    );
  }
}

function parseLength(value: string, previous: number | undefined): number {
  if (previous !== undefined) {
    throw startError("Content-Length must be set only once, got two");
  }
  const length = parseContentLength(value);
  if (length === undefined) {
    throw startError(`Content-Length must be digits, got ${quote(value)}`);
  }
  return length;
}

/**
 * Checks and copies the arguments of startResponse.
 *
 * The copy keeps the checks valid: the application may share one header array
 * between requests, or change it afterwards.
 *
 * @param status The status, such as `"200 OK"`.
 * @param headers The array of name and value tuples.
 * @returns A checked copy, which may be shared by equal heads.
 * @throws {TypeError} If a part has the wrong type or syntax.
 * @throws {RangeError} If the status code is not from 200 to 599.
 */
export function createHead(status: unknown, headers: unknown): ResponseHead {
  if (isSameStart(lastHead, status, headers)) return lastHead;
  checkStatus(status);
  if (!Array.isArray(headers)) {
    throw startError(
      `headers must be an array of [name, value] tuples, got ${
        describeEntry(headers)
      }`,
    );
  }
  const copy: HeaderTuple[] = [];
  let contentLength: number | undefined;
  for (let i = 0; i < headers.length; i++) {
    const entry: unknown = headers[i];
    if (!Array.isArray(entry) || entry.length !== 2) {
      throw startError(
        `headers[${i}] must be a [name, value] tuple, got ${
          describeEntry(entry)
        }`,
      );
    }
    const name: unknown = entry[0];
    const value: unknown = entry[1];
    checkName(name);
    checkValue(name, value);
    if (isContentLength(name)) {
      contentLength = parseLength(value, contentLength);
    }
    copy.push([name, value]);
  }
  return lastHead = {
    status,
    code: Number(status.slice(0, 3)),
    headers: copy,
    contentLength,
  };
}

/**
 * The last valid head, kept because applications repeat themselves. Equal heads
 * are the same object, which the encoder recognizes quickly.
 */
let lastHead: ResponseHead = {
  status: "200 OK",
  code: 200,
  headers: [],
  contentLength: undefined,
};

/**
 * Adds the Content-Length if the application has not set it.
 *
 * @param head The head; not changed.
 * @param length The length of the body in bytes.
 * @returns The head itself if it has a Content-Length, otherwise a new one; for
 * the same head and length, the same one.
 */
export function withContentLength(
  head: ResponseHead,
  length: number,
): ResponseHead {
  if (head.contentLength !== undefined) return head;
  if (head !== lastShort || length !== lastSized?.contentLength) {
    lastShort = head;
    lastSized = {
      ...head,
      headers: [...head.headers, ["Content-Length", String(length)]],
      contentLength: length,
    };
  }
  return lastSized;
}

/** The last head to which a length was added, before and after. */
let lastShort: ResponseHead | undefined;
let lastSized: ResponseHead | undefined;

/**
 * Removes the Content-Length from a head.
 *
 * @param head The head; not changed.
 * @returns The head itself if it has no Content-Length, otherwise a new one.
 */
export function withoutContentLength(head: ResponseHead): ResponseHead {
  if (head.contentLength === undefined) return head;
  return {
    ...head,
    headers: head.headers.filter(([name]) => !isContentLength(name)),
    contentLength: undefined,
  };
}
