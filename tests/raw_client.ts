/**
 * The HTTP client of the conformance kit, for tests.
 *
 * @module
 */

import { RawClient } from "../conformance/raw_client.ts";
import type { RawResponse } from "../conformance/raw_response.ts";

export { within } from "../conformance/expect.ts";
export { RawClient };

/**
 * Sends a request over a new connection.
 *
 * @param server The address of the server.
 * @param request The bytes of the request.
 * @returns The response, which may be incomplete.
 */
export async function ask(
  server: { port: number },
  request: string,
): Promise<RawResponse> {
  using client = await RawClient.connect(server);
  await client.send(request);
  return await client.response(request.slice(0, request.indexOf(" ")));
}
