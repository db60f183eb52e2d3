export * from "../conformance/raw_client.ts";
export * from "../conformance/raw_response.ts";
export * from "../conformance/within.ts";
