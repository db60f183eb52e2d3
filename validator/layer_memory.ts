/**
 * What a layer remembers of requests in which nothing was found.
 *
 * A check depends on nothing but what it looks at. So what was found to be well
 * once is well again, and only what differs has to be looked at.
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
  /** What is known of status and headers. */
  readonly facts: HeadFacts;
  /** The rules that have looked at more than these. */
  readonly again: readonly ActiveRule<HeadView>[];
}

/** What a layer remembers. */
export class LayerMemory {
  /** The last head that broke no rule. */
  head: GoodHead | undefined;
  /** Environs that broke no rule. */
  readonly environs: GoodEnvirons = new GoodEnvirons();
}

/**
 * Status and headers, and which checks have looked at more than these strings:
 * at the state of the request, or at the array itself.
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

  /** What is to be remembered: nothing that leads to the request. */
  toGood(): GoodHead {
    return { facts: this.response.facts, again: this.#again };
  }
}
