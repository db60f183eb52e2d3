/** curl, for tests that need a client which is not ours. */

import { assertEquals } from "@std/assert";
import { runTool } from "./tool.ts";

/** What curl has got. */
export interface Got {
  readonly status: number;
  /** The version of the response: `"1"`, `"1.1"` or `"2"`. */
  readonly version: string;
  /** How many connections the last request has opened. */
  readonly connects: number;
  /** How many bytes of a body were sent. */
  readonly uploaded: number;
  /** The headers, their names in small letters. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly text: string;
  /** What curl says with --verbose. */
  readonly stderr: string;
}

const REPORT = '%{stderr}\n{"info": %{json}, "headers": %{header_json}}';

/** Runs curl, which must come to an end without an error. */
export async function curl(
  args: readonly string[],
  input?: Uint8Array<ArrayBuffer>,
): Promise<Got> {
  const all = ["-sS", "--write-out", REPORT, ...args];
  const { code, bytes, stdout, stderr } = await runTool("curl", all, input);
  assertEquals(code, 0, stderr);
  const report = stderr.slice(stderr.lastIndexOf('\n{"info": '));
  const { info, headers } = JSON.parse(report);
  return {
    status: info.http_code,
    version: info.http_version,
    connects: info.num_connects,
    uploaded: info.size_upload,
    headers,
    body: bytes,
    text: stdout,
    stderr,
  };
}
