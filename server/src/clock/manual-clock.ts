import type { Millis } from '@samovar/core';
import type { Clock } from './clock.ts';

/** A clock that stands still until it is moved, and never goes back. */
export class ManualClock implements Clock {
  #now: Millis;

  constructor(now: Millis) {
    this.#now = now;
  }

  now(): Millis {
    return this.#now;
  }

  moveTo(at: Millis): void {
    this.#now = Math.max(this.#now, at);
  }
}
