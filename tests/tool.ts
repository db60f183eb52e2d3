/** External programs, for tests that need a real client or server. */

/** Far more than any of them needs: it only ends a program that hangs. */
const DEADLINE = 30_000;

/** The output of a program, as bytes and as text. */
export interface ToolOutcome {
  readonly code: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly stdout: string;
  readonly stderr: string;
}

/** Returns why a test must be ignored, or "" if the program is installed. */
export async function missingTool(
  name: string,
  option = "--version",
): Promise<string> {
  try {
    await new Deno.Command(name, { args: [option], stdin: "null" }).output();
    return "";
  } catch {
    return ` (${name} is not installed)`;
  }
}

/** Creates a function that registers tests, ignored if something is missing. */
export function testsWith(missing: string): (
  name: string,
  fn: (t: Deno.TestContext) => void | Promise<void>,
) => void {
  return (name, fn) =>
    Deno.test({ name: `${name}${missing}`, ignore: missing !== "", fn });
}

/** Runs a program to its end, which may read something. */
export async function runTool(
  name: string,
  args: readonly string[],
  input: Uint8Array<ArrayBuffer> = new Uint8Array(),
): Promise<ToolOutcome> {
  const child = new Deno.Command(name, {
    args: [...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const timer = setTimeout(() => child.kill("SIGKILL"), DEADLINE);
  try {
    // A program may end without reading.
    const writing = new Blob([input]).stream().pipeTo(child.stdin)
      .catch(() => {});
    const [output] = await Promise.all([child.output(), writing]);
    const decoder = new TextDecoder();
    return {
      code: output.code,
      bytes: output.stdout,
      stdout: decoder.decode(output.stdout),
      stderr: decoder.decode(output.stderr),
    };
  } finally {
    clearTimeout(timer);
  }
}
