/**
 * Records the reports of the kit's application in each run of a case. The
 * application runs in this process or reports over HTTP from another one.
 *
 * @module
 */

import type { Violation } from "../validator/violation.ts";
import { within } from "./expect.ts";
import type { Listener } from "./probe.ts";

/** An event that the application reported. */
export interface ReportedEvent {
  /** Its name, such as `"environ"` or `"closed"`. */
  readonly event: string;
  /** Details; any JSON value. */
  readonly value: unknown;
}

/** The record of one run of a case: events, violations and gates. */
export class CaseRecord {
  readonly #events: ReportedEvent[] = [];
  readonly #violations: Violation[] = [];
  readonly #gates = new Map<string, PromiseWithResolvers<void>>();
  /** Resolves when the case is over, to end all waiting. */
  readonly #over: PromiseWithResolvers<void> = Promise.withResolvers();
  #isOver = false;
  /** Resolves at the next event. */
  #next: PromiseWithResolvers<void> = Promise.withResolvers();

  /** The violations that the validator found. */
  get violations(): readonly Violation[] {
    return this.#violations;
  }

  /** The values of all events of this name, so far. */
  values(event: string): unknown[] {
    return this.#events.filter((one) => one.event === event)
      .map(({ value }) => value);
  }

  /** The names of all events, so far. */
  names(): string[] {
    return this.#events.map(({ event }) => event);
  }

  /** Adds an event. */
  add(event: ReportedEvent): void {
    this.#events.push(event);
    this.#next.resolve();
    this.#next = Promise.withResolvers();
  }

  /** Adds a violation that the validator found. */
  addViolation(violation: Violation): void {
    this.#violations.push(violation);
  }

  /**
   * Waits for an event.
   *
   * @param event The name of the event.
   * @param count How many events with this name to wait for.
   * @param deadline How long to wait, in milliseconds.
   * @returns The value of the last of these events.
   */
  async waitFor(
    event: string,
    count: number,
    deadline: number,
  ): Promise<unknown> {
    const come = async () => {
      for (;;) {
        const values = this.values(event);
        if (values.length >= count) return values[count - 1];
        await this.#next.promise;
      }
    };
    return await within(
      Promise.race([come(), this.#over.promise]),
      `the application to report "${event}"`,
      deadline,
    );
  }

  /** Resolves when a gate is open. */
  passed(gate: string): Promise<void> {
    return this.#gate(gate).promise;
  }

  /** Opens a gate permanently. */
  open(gate: string): void {
    this.#gate(gate).resolve();
  }

  /**
   * Ends the case: opens all gates, including those that are reached later, and
   * ends all waiting.
   */
  end(): void {
    this.#isOver = true;
    this.#over.resolve();
    for (const gate of this.#gates.values()) gate.resolve();
  }

  #gate(name: string): PromiseWithResolvers<void> {
    const known = this.#gates.get(name);
    if (known !== undefined) return known;
    const made = Promise.withResolvers<void>();
    if (this.#isOver) made.resolve();
    this.#gates.set(name, made);
    return made;
  }
}

/** The records of all runs. Each report is added to its run. */
export class CaseRecords implements Listener {
  readonly #records = new Map<string, CaseRecord>();
  #software: string | undefined;

  /** The `SERVER_SOFTWARE` of the server, once an environ has been reported. */
  get software(): string | undefined {
    return this.#software;
  }

  /** Returns the record of a run. */
  of(run: string): CaseRecord {
    const known = this.#records.get(run);
    if (known !== undefined) return known;
    const made = new CaseRecord();
    this.#records.set(run, made);
    return made;
  }

  event(run: string, event: string, value: unknown): void {
    this.of(run).add({ event, value });
    if (event !== "environ" || this.#software !== undefined) return;
    const { SERVER_SOFTWARE: software } = (value ?? {}) as Partial<
      Record<string, unknown>
    >;
    if (typeof software === "string") this.#software = software;
  }

  violation(run: string, violation: Violation): void {
    this.of(run).addViolation(violation);
  }

  gate(run: string, name: string): Promise<void> {
    return this.of(run).passed(name);
  }
}

/** A message from `remoteProbe()`. */
interface Message {
  readonly run: string;
  readonly event?: string;
  readonly value?: unknown;
  readonly gate?: string;
  readonly violation?: Violation;
}

/** Receives reports from another process on 127.0.0.1. It listens on demand. */
export class Collector implements AsyncDisposable {
  readonly #listener: Listener;
  #server: Deno.HttpServer<Deno.NetAddr> | undefined;

  /** @param listener Receives the reports from the other process. */
  constructor(listener: Listener) {
    this.#listener = listener;
  }

  /** Starts listening at the first call, and returns the URL. */
  listen(): string {
    this.#server ??= Deno.serve({
      hostname: "127.0.0.1",
      port: 0,
      onListen: () => {},
    }, async (request) => {
      const message: Message = await request.json();
      await this.#take(message);
      return new Response();
    });
    return `http://127.0.0.1:${this.#server.addr.port}/`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.shutdown();
  }

  async #take({ run, event, value, gate, violation }: Message): Promise<void> {
    if (event !== undefined) await this.#listener.event(run, event, value);
    if (violation !== undefined) this.#listener.violation(run, violation);
    if (gate !== undefined) await this.#listener.gate(run, gate);
  }
}
