/**
 * Finds out where a finding comes from: the application, the request, and a line
 * of the user's program.
 *
 * @module
 */

import { decodeUtf8 } from "../wsgi/byte_string.ts";
import { escapeControls } from "../wsgi/describe.ts";
import {
  findUserFrame,
  isUserFrame,
  type SourcePlace,
} from "../wsgi/source_place.ts";
import { type Capture, framesOf, userFrameOf } from "./captures.ts";
import type { ProgramPlaces } from "./places.ts";
import type {
  ViolationChunk,
  ViolationOrigin,
  ViolationPlace,
} from "./violation.ts";

/** The parts of a view that show where something happened. */
export interface PlacedView {
  /** The chunk, if the view is one. */
  readonly place?: ViolationChunk | undefined;
  /** The value that the application has thrown, if the view is about one. */
  readonly thrownByApplication?: unknown;
}

/** The known facts about one request. */
export interface RequestPlaces {
  /** The variables of the request. */
  readonly environ: { readonly values: Readonly<Record<string, unknown>> };
  /** The stack at the call to the application, if it was captured. */
  readonly called: Capture | undefined;
  /** The stack at the last call to startResponse, if it was captured. */
  readonly started: Capture | undefined;
}

/** The known facts about one finding. */
export interface FindingPlace {
  /** The stack at the call that broke the rule, if a call broke it. */
  readonly call: Capture | undefined;
  /** Whether the middleware around the application broke the rule. */
  readonly isByMiddleware: boolean;
  /** The values that were checked. */
  readonly view: PlacedView;
  /** Whether stacks are read, which is slow. */
  readonly readsStacks: boolean;
}

/** The number of characters that are shown of a path. */
const MAX_PATH = 200;

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/**
 * Formats a request for a message, without its query, which may contain secrets.
 *
 * @param values The variables of the request.
 * @returns Method and path; `undefined` if there is neither.
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

/** Returns the place of a frame without its function. */
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

/** Returns the stack of the error that the application has thrown. */
function stackOf(thrown: unknown): Capture | undefined {
  return thrown instanceof Error && typeof thrown.stack === "string"
    ? { stack: thrown.stack }
    : undefined;
}

/**
 * Finds out the origin of a finding that is not about a single request.
 *
 * @param places The application and its places.
 * @param captured The stack of the finding, if it is useful.
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
 * @param places The program that broke the rule.
 * @param request The request.
 * @param finding The finding.
 * @returns As much as is known. It never throws.
 */
export function findOrigin(
  places: ProgramPlaces,
  request: RequestPlaces,
  { call, isByMiddleware, view, readsStacks }: FindingPlace,
): ViolationOrigin {
  try {
    const read = readsStacks ? framesOf : () => [];
    const started = read(request.started);
    const thrown = read(stackOf(view.thrownByApplication));
    const caller = toPlace(findUserFrame(read(request.called)));
    places.learn([...started, ...thrown]);
    const start = withRole(findUserFrame(started), "start-response");
    // Middleware that passes startResponse on does not call it itself.
    const isOwnStart = !isByMiddleware || started.slice(0, 1).some(isUserFrame);
    const place = withRole(findUserFrame(read(call)), "call") ??
      (isOwnStart ? start : undefined) ??
      withRole(places.definition, "definition") ??
      start ??
      withRole(findUserFrame(thrown), "call") ??
      withRole(caller, "caller") ??
      withRole(places.made, "validator");
    const isSame = caller?.file === place?.file && caller?.line === place?.line;
    return {
      application: places.name,
      request: showRequest(request.environ.values),
      place,
      caller: isSame ? undefined : caller,
      chunk: view.place,
    };
  } catch {
    // The program may have changed its stacks. The finding counts anyway.
    return {};
  }
}
