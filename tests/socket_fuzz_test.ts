import { assert, assertEquals } from "@std/assert";
import { toBytes } from "../gateway/byte_string.ts";
import { quote } from "../gateway/describe.ts";
import { mutantRequest } from "./mutant_requests.ts";
import { Program } from "./program.ts";
import { ask } from "./raw_client.ts";

/** Fixed, so that a run can be had again; set it to try other requests. */
const SEED = Number(Deno.env.get("WSGIREF_FUZZ_SEED") ?? 20_261_120);
const COUNT = Number(Deno.env.get("WSGIREF_FUZZ_COUNT") ?? 4000);

const BATCH = 200;
const AT_ONCE = 25;

/** How long a client waits that does not say it has sent all, in ms. */
const PATIENCE = 20;

/** Sends bytes and reads what comes. Nobody minds how the connection ends. */
async function exchange(
  port: number,
  request: string,
  isPatient: boolean,
): Promise<string> {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  const timer = isPatient ? setTimeout(() => conn.close(), PATIENCE) : undefined;
  let answer = "";
  try {
    let bytes = toBytes(request);
    while (bytes.length > 0) bytes = bytes.subarray(await conn.write(bytes));
    if (!isPatient) await conn.closeWrite();
    for await (const chunk of conn.readable) {
      answer += new TextDecoder().decode(chunk);
    }
  } catch {
    // The server may close before it has read all, and we may be closed.
  } finally {
    clearTimeout(timer);
    try {
      conn.close();
    } catch {
      // It is closed.
    }
  }
  return answer;
}
