import { MINUTE_MS, SECOND_MS } from '@samovar/core';
import type { Millis } from '@samovar/core';

const FIRST_PAUSE_MS = 5 * SECOND_MS;
const LONGEST_PAUSE_MS = 5 * MINUTE_MS;

/**
 * Leaves a provider alone that cannot be reached or refuses us, so that a server that is down for an hour does not cost
 * every message its attempts. After the pause a few messages try; the first that is accepted ends it.
 */
export class ProviderPause {
  #failures = 0;
  #until: Millis = -Infinity;
  #lastError: string | null = null;

  failed(reason: string, now: Millis): void {
    this.#lastError = reason;
    // The rest of those that were under way when the trouble began tell nothing new.
    if (now < this.#until) return;
    this.#until = now + Math.min(FIRST_PAUSE_MS * 2 ** Math.min(this.#failures, 20), LONGEST_PAUSE_MS);
    this.#failures += 1;
  }

  answered(): void {
    this.#failures = 0;
    this.#until = -Infinity;
    this.#lastError = null;
  }

  /** null: not paused. */
  until(now: Millis): Millis | null {
    return this.#until > now ? this.#until : null;
  }

  /** Whether the next messages only find out if the trouble is over. */
  get probing(): boolean {
    return this.#failures > 0;
  }

  get lastError(): string | null {
    return this.#lastError;
  }
}
