/**
 * The memory of a layer: requests without findings.
 *
 * A check depends only on what it reads. If that is the same as in an earlier
 * request without findings, the check need not run again.
 *
 * @module
 */

import { GoodEnvirons } from "./good_environs.ts";
import type { ActiveRule } from "./rules/rule.ts";
import type { HeadView } from "./views/call_views.ts";
import type { RequestState } from "./views/request_state.ts";
import type { HeadFacts } from "./views/head_facts.ts";
import type { ResponseView } from "./views/response_view.ts";

/** A head that broke no rule. */
export interface GoodHead {
  /** The facts about status and headers. */
  readonly facts: HeadFacts;
  /** The rules that have read more than these. */
  readonly again: readonly ActiveRule<HeadView>[];
}

/** The memory of one layer. */
export class LayerMemory {
  /** The last head that broke no rule. */
  head: GoodHead | undefined;
  /** Environs that broke no rule. */
  readonly environs: GoodEnvirons = new GoodEnvirons();
}

/**
 * Status and headers that record which checks read more than their strings: the
 * state of the request, or the array itself.
 */
export class RecordedHead implements HeadView {
  readonly response: ResponseView;
  readonly #again: ActiveRule<HeadView>[] = [];
  readonly #state: RequestState;
  #stateWasSeen = false;

  /**
   * @param response Status and headers.
   * @param state How far the request has come.
   */
  constructor(response: ResponseView, state: RequestState) {
    this.response = response;
    this.#state = state;
  }

  /** How far the request has come. */
  get state(): RequestState {
    this.#stateWasSeen = true;
    return this.#state;
  }

  /** A check begins. */
  begin(): void {
    this.#stateWasSeen = false;
    this.response.headersWereSeen = false;
  }

  /**
   * It has ended.
   *
   * @param active The rule.
   */
  end(active: ActiveRule<HeadView>): void {
    if (this.#stateWasSeen || this.response.headersWereSeen) {
      this.#again.push(active);
    }
  }

  /** Returns the part that is remembered. It does not lead to the request. */
  toGood(): GoodHead {
    return { facts: this.response.facts, again: this.#again };
  }
}
