import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { fromBytes, toBytes } from "../../../wsgi/byte_string.ts";
import type { BodyLimits } from "../../../gateway/input/request_body.ts";
import { RequestInput } from "../../../gateway/input/input_stream.ts";
import { RequestBodyError } from "../../../gateway/input/request_body_error.ts";

/** The result of a read. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** A body with one chunk for each pull, which ends or fails, and a record of its use. */
export class Source {
  opened = 0;
  pulls = 0;
  readonly cancelled: unknown[] = [];
  readonly stream: ReadableStream<Uint8Array>;

  constructor(chunks: Iterable<string | Uint8Array>, failure?: Error) {
    const iterator = chunks[Symbol.iterator]();
    this.stream = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        this.pulls++;
        const { done, value } = iterator.next();
        const bytes = typeof value === "string" ? toBytes(value) : value;
        if (!done) controller.enqueue(bytes);
        else if (failure !== undefined) controller.error(failure);
        else controller.close();
      },
      cancel: (reason) => void this.cancelled.push(reason),
    }, { highWaterMark: 0 });
  }

  readonly open = (): ReadableStream<Uint8Array> => {
    this.opened++;
    return this.stream;
  };
}

/** Creates an input, and returns its source too. */
export function open(
  chunks: Iterable<string | Uint8Array>,
  limits?: BodyLimits,
  failure?: Error,
): { input: RequestInput; source: Source } {
  const source = new Source(chunks, failure);
  return { input: new RequestInput(source.open, limits), source };
}

/** Creates an input over some chunks. */
export function inputOf(chunks: Iterable<string | Uint8Array>): RequestInput {
  return open(chunks).input;
}

/** Awaits bytes, as a ByteString. */
export async function text(bytes: Promise<Bytes>): Promise<string> {
  return fromBytes(await bytes);
}

/** Awaits the RequestBodyError that a read must reject with. */
export async function rejectsWith(
  status: 400 | 413,
  promise: Promise<unknown>,
): Promise<RequestBodyError> {
  const error = await assertRejects(() => promise, RequestBodyError);
  assertEquals(error.status, status);
  return error;
}

/**
 * Makes the calls of a script such as `read(2) "ab"; readline() 400`, each with
 * its result in JSON or the status of its rejection. Returns the rejections.
 */
export async function play(
  input: RequestInput,
  script: string,
): Promise<RequestBodyError[]> {
  const iterator = input[Symbol.asyncIterator]();
  const errors: RequestBodyError[] = [];
  for (const step of script.split("; ")) {
    const [, call, size, want] = /^(\w+)\((.*)\) (.+)$/s.exec(step)!;
    const argument = size === "" ? undefined : JSON.parse(size!);
    const calls: Record<string, () => unknown> = {
      read: () => text(input.read(argument)),
      readline: () => text(input.readline(argument)),
      readlines: async () => (await input.readlines(argument)).map(fromBytes),
      next: async () =>
        fromBytes((await iterator.next()).value ?? new Uint8Array()),
      return: () => iterator.return?.().then(({ done }) => done),
      abort: () => (input.abort(argument), null),
      release: () => (input.release(), null),
    };
    const expected = JSON.parse(want!);
    if (typeof expected === "number") {
      const result = Promise.resolve(calls[call!]!());
      errors.push(await rejectsWith(expected as 400, result));
    } else assertEquals(await calls[call!]!(), expected, step);
  }
  return errors;
}

/** Plays a script, whose errors are all the same, and checks the use of the source. */
export async function check(
  chunks: Iterable<string | Uint8Array>,
  limits: BodyLimits,
  script: string,
  used: [opened: number, pulls: number, cancelled: unknown[]],
): Promise<RequestBodyError | undefined> {
  const { input, source } = open(chunks, limits);
  const errors = await play(input, script);
  for (const error of errors) assertStrictEquals(error, errors[0]);
  const { opened, pulls, cancelled } = source;
  assertEquals([opened, pulls, cancelled], used);
  return errors[0];
}
