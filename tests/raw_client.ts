export * from "../conformance/raw_client.ts";
export { within } from "../conformance/expect.ts";
