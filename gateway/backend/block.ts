/**
 * What the header blocks of SCGI and uwsgi have in common.
 *
 * @module
 */

/** One variable, its name and value as ByteStrings. */
export type Variable = readonly [name: string, value: string];

/** Bytes that arrive. */
export interface ByteSource {
  /**
   * Takes a number of bytes, and waits for them.
   *
   * @param count How many.
   * @returns The bytes; nothing if there will never be as many.
   */
  take(count: number): Promise<Uint8Array | undefined>;
}

/**
 * Reads the header block of one request.
 *
 * @param source The bytes of the connection; nothing after the block is taken.
 * @returns The variables in their order, or nothing if the connection ended
 * without a byte.
 * @throws {MalformedBlock} If it is no such block, or ends too early.
 */
export type ReadBlock = (
  source: ByteSource,
) => Promise<Variable[] | undefined>;

/** What a gateway has of its own. */
export interface BackendProtocol {
  /** Its name, for messages. */
  readonly name: string;
  /** The file with variables that nginx has to include. */
  readonly params: string;
  /** What stands before the status of a response. */
  readonly statusPrefix: string;
  /** Reads the header block. */
  readonly readBlock: ReadBlock;
}

/** A connection began with what is no header block. It cannot be answered. */
export class MalformedBlock extends Error {
  /** The name of the class, as in the first line of a stack trace. */
  override readonly name = "MalformedBlock";

  /**
   * @param problem What is wrong with the block.
   */
  constructor(problem: string) {
    super(`Cannot read the header block: ${problem}`);
  }
}
