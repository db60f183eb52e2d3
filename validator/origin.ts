/**
 * Where a finding comes from: the application, the request, and a line of the
 * user's program.
 *
 * @module
 */

import { decodeUtf8 } from "../wsgi/byte_string.ts";
import { escapeControls } from "../wsgi/describe.ts";
import type { SourcePlace } from "../wsgi/source_place.ts";
import { type Capture, type ProgramPlaces, userFrameOf } from "./places.ts";
import type {
  ViolationChunk,
  ViolationOrigin,
  ViolationPlace,
} from "./violation.ts";

/** What a rule looks at, if it is a chunk. */
export interface ChunkPlace {
  /** Which chunk it is. */
  readonly place?: ViolationChunk | undefined;
}

/** What is known of one request. */
export interface RequestPlaces {
  /** The variables of the request. */
  readonly environ: { readonly values: Readonly<Record<string, unknown>> };
  /** The stack at the call of the application, if it was captured. */
  readonly called: Capture | undefined;
  /** The stack at the last call of startResponse, if it was captured. */
  readonly started: Capture | undefined;
}

/** What is known of one finding. */
export interface FindingPlace {
  /** The stack when it was made. */
  readonly captured: Capture;
  /** Whether it is the caller in this stack that broke the rule. */
  readonly isCall: boolean;
  /** The chunk, if it is about one. */
  readonly chunk: ViolationChunk | undefined;
}

/** The most characters of a path that are shown. */
const MAX_PATH = 200;

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/**
 * Writes a request for a message, without its query: that may hold secrets.
 *
 * @param values The variables of the request.
 * @returns Method and path; nothing if there is neither.
 */
export function showRequest(
  values: Readonly<Record<string, unknown>>,
): string | undefined {
  const method = textOf(values["REQUEST_METHOD"]);
  const path = textOf(values["SCRIPT_NAME"]) + textOf(values["PATH_INFO"]);
  const text = `${method.slice(0, 20)} ${decodeUtf8(path)}`.trim();
  if (text === "") return undefined;
  const shown = text.length > MAX_PATH ? `${text.slice(0, MAX_PATH)}…` : text;
  return escapeControls(shown).replace(/[\n\t\u2028\u2029]/g, " ");
}

/** Takes the place alone out of a frame. */
function toPlace(
  place: SourcePlace | undefined,
): SourcePlace | undefined {
  if (place === undefined) return undefined;
  const { file, line, column } = place;
  return { file, line, column };
}

function withRole(
  place: SourcePlace | undefined,
  role: ViolationPlace["role"],
): ViolationPlace | undefined {
  const found = toPlace(place);
  return found === undefined ? undefined : { ...found, role };
}

/**
 * Finds out where a finding comes from that is not about one request.
 *
 * @param places The application and its places.
 * @param captured The stack when it was made, if it is of use.
 * @returns As much as is known. It never throws.
 */
export function originOf(
  places: ProgramPlaces,
  captured?: Capture,
): ViolationOrigin {
  try {
    const place = withRole(userFrameOf(captured), "call") ??
      withRole(places.definition, "definition") ??
      withRole(places.made, "validator");
    return { application: places.name, place };
  } catch {
    return {};
  }
}

/**
 * Finds out where a finding comes from.
 *
 * @param places The application and its places.
 * @param request The request.
 * @param finding The finding.
 * @returns As much as is known. It never throws.
 */
export function findOrigin(
  places: ProgramPlaces,
  request: RequestPlaces,
  { captured, isCall, chunk }: FindingPlace,
): ViolationOrigin {
  try {
    const caller = toPlace(userFrameOf(request.called));
    const place =
      withRole(isCall ? userFrameOf(captured) : undefined, "call") ??
        withRole(userFrameOf(request.started), "start-response") ??
        withRole(places.definition, "definition") ??
        withRole(places.made, "validator") ??
        withRole(caller, "call");
    const isSame = caller?.file === place?.file && caller?.line === place?.line;
    return {
      application: places.name,
      request: showRequest(request.environ.values),
      place,
      caller: isSame ? undefined : caller,
      chunk,
    };
  } catch {
    // Whatever the program has done to its stacks, the finding counts.
    return {};
  }
}
