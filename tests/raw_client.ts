export * from "../conformance/raw_client.ts";
