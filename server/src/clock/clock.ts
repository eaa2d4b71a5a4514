import type { Millis } from '@samovar/core';

/** Where the time comes from. Everything that decides by time takes it as an argument. */
export interface Clock {
  now(): Millis;
}

/** The computer's own clock. */
export const systemClock: Clock = { now: () => Date.now() };
