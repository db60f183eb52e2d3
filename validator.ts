/**
 * The validator: wraps an application and checks every call in both directions.
 *
 * ```ts
 * import { validator } from "@wsgi/ref/validator";
 * import { demoApp } from "@wsgi/ref";
 * import { assertEquals } from "@std/assert";
 *
 * const app = validator(demoApp, { name: "demo" });
 * assertEquals(typeof app, "function");
 * ```
 *
 * @module
 */

export type { ValidatorOptions } from "./validator/validator_options.ts";
export type {
  Blame,
  Profile,
  RuleSetting,
  Severity,
} from "./validator/rules/rule.ts";
export { type ValidatedApplication, validator } from "./validator/validator.ts";
export { ConformanceError } from "./validator/conformance_error.ts";
export type {
  PlaceRole,
  Violation,
  ViolationChunk,
  ViolationOrigin,
  ViolationPlace,
} from "./validator/violation.ts";
export type { SourcePlace } from "./wsgi/source_place.ts";
