/**
 * Finds out why no request reaches the application of the kit.
 *
 * @module
 */

import { describe } from "../wsgi/describe.ts";
import { type ServerAddress, SocketCaseClient } from "./case_client.ts";
import type { CaseRecords } from "./case_record.ts";
import { CaseFailure, LateError, within } from "./expect.ts";
import type { RawResponse } from "./raw_response.ts";
import { Transcript } from "./report.ts";

/** The case whose application is called: it reports its environ. */
const ASKED = "environ/method-get";

/** The reason why a check is impossible, and a hint. */
export interface Obstacle {
  /** The reason, as a sentence without a period. */
  readonly problem: string;
  /** What to do about it. */
  readonly hint: string;
}

const SERVE_IT =
  "start(app) must serve the given application at /; in another process, serve remoteProbe(remote.listen())";

/** Sends a plain request; returns the response, or the error. */
async function askPlain(
  client: SocketCaseClient,
  timeout: number,
): Promise<RawResponse | Error> {
  try {
    return await within(client.ask(), "the end of the response", timeout);
  } catch (error) {
    return error instanceof Error ? error : new Error(describe(error));
  }
}

/** Returns whether a server speaks TLS. A certificate error proves it too. */
async function speaksTls(
  { hostname, port, timeout }: ServerAddress,
): Promise<boolean> {
  const connecting = (async () => {
    using connection = await Deno.connectTls({ hostname, port });
    await connection.handshake();
  })();
  try {
    await within(connecting, "a TLS handshake", timeout);
    return true;
  } catch (error) {
    return error instanceof Error && /certificate/i.test(error.message);
  }
}

async function whatIsWrong(
  place: ServerAddress,
  answer: RawResponse | Error,
  received: string,
): Promise<Obstacle> {
  const where = `${place.hostname}:${place.port}`;
  const isHttp = received.startsWith("HTTP/");
  if (
    /HTTPS port|plain HTTP request/i.test(received) ||
    !isHttp && await speaksTls(place)
  ) {
    return {
      problem: `${where} speaks TLS, but the kit uses HTTP without TLS`,
      hint: "Start the server without its certificate for the check",
    };
  }
  if (answer instanceof CaseFailure) {
    return {
      problem: `${where} does not respond with HTTP: ${answer.message}`,
      hint: SERVE_IT,
    };
  }
  if (answer instanceof LateError && received !== "") {
    return {
      problem:
        `${where} does not complete its response to a plain GET within ${place.timeout} ms`,
      hint: "Check the server, or give it more time with --timeout",
    };
  }
  if (answer instanceof LateError) {
    return {
      problem:
        `${where} accepts connections, but does not respond to a plain GET within ${place.timeout} ms`,
      hint: "Check the server, or give it more time with --timeout",
    };
  }
  if (answer instanceof Error) {
    return {
      problem: `${where} cannot be reached: ${answer.message}`,
      hint: "start() must return when the server listens, and keep it running",
    };
  }
  if (received === "") {
    return {
      problem: `${where} closes the connection without a response`,
      hint: SERVE_IT,
    };
  }
  if (!isHttp) {
    return { problem: `${where} does not speak HTTP/1.1`, hint: SERVE_IT };
  }
  const line = JSON.stringify(answer.head.line);
  if (answer.head.status === 200 && answer.body === "ok" && answer.complete) {
    return {
      problem:
        `${where} responds with ${line}, but the application of the kit was not called, or its reports do not arrive`,
      hint:
        "In another process, remoteProbe() must get the URL that remote.listen() has returned",
    };
  }
  return {
    problem:
      `${where} responds with ${line}, but the application of the kit was not called`,
    hint: SERVE_IT,
  };
}

/**
 * Sends a plain request, and finds out what prevents it from reaching the
 * application of the kit.
 *
 * @param place The address of the server, and its limits.
 * @param records Receives the reports of the application.
 * @param run The unique name of the run.
 * @returns The problem, or `undefined` if the application was called.
 */
export async function findObstacle(
  place: ServerAddress,
  records: CaseRecords,
  run: string,
): Promise<Obstacle | undefined> {
  const transcript = new Transcript();
  const record = records.of(run);
  using client = new SocketCaseClient(
    place,
    `${ASKED}.${run}`,
    record,
    transcript,
  );
  const answer = await askPlain(client, place.timeout);
  if (record.names().length > 0) return undefined;
  if (records.of("").names().includes("unmarked")) {
    return {
      problem:
        "the application of the kit was called, but without the header Wsgi-Case of the request",
      hint:
        "The server must pass on all headers of a request as HTTP_ variables",
    };
  }
  const received = transcript.entries
    .filter(({ direction }) => direction === "received")
    .map(({ data }) => data).join("");
  return await whatIsWrong(place, answer, received);
}
