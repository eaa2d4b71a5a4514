import { HOUR_MS } from '@samovar/core';
import { readCounters, rollUpCounters } from '@samovar/store';
import type { CounterRange, CounterSum } from '@samovar/store';
import type { AdminDependencies } from './admin-dependencies.ts';

/** Reads counters, and sees to it that past hours are added up, since it is readers who are slowed down by them. */
export class FigureReader {
  readonly #dependencies: AdminDependencies;
  #rolledUpAt = -Infinity;
  #rollingUp: Promise<void> = Promise.resolve();

  constructor(dependencies: AdminDependencies) {
    this.#dependencies = dependencies;
  }

  async read(workspaceId: number, things: readonly string[], range: CounterRange, by: 'total' | 'day'): Promise<CounterSum[]> {
    const { db, clock, shardCount } = this.#dependencies;
    const hour = Math.floor(clock.now() / HOUR_MS);
    if (hour > this.#rolledUpAt) {
      this.#rolledUpAt = hour;
      this.#rollingUp = this.#rollUp();
    }
    return readCounters(db, workspaceId, things, range, by, shardCount);
  }

  /** Resolves when nothing is being added up any more. */
  async settled(): Promise<void> {
    await this.#rollingUp;
  }

  /** Not waited for: sums are the same before and after. */
  async #rollUp(): Promise<void> {
    const { db, clock, shardCount, onTrouble } = this.#dependencies;
    try {
      await rollUpCounters(db, clock.now(), shardCount);
    } catch (error) {
      onTrouble?.('past hours of counters could not be added up', error);
    }
  }
}
