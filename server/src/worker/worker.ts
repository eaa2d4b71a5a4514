import { findWork, type Database } from '@samovar/store';
import type { Clock } from '../clock/clock.ts';
import type { ProgramCache } from '../definitions/program-cache.ts';
import { Signal } from '../signal.ts';
import { takeShardTurn, type ShardTurnResult } from './shard-turn.ts';

/** Polling is the truth; signals within the process only wake earlier. */
const POLL_INTERVAL_MS = 250;
/** Timers that fall due between polls are looked for at their time, but not more often than this: one look costs about a millisecond. */
const SHORTEST_POLL_MS = 20;
/** A database that fails is asked again after so long. */
const FAILURE_PAUSE_MS = 1_000;
/** So many turns at what is due come before one at what may wait: enough that it ends, too few to be felt. */
const TURNS_PER_SWEEP = 20;

export interface WorkerOptions {
  db: Database;
  clock: Clock;
  programs: ProgramCache;
  shardCount: number;
  /** Shards worked on at the same time, not counting one where contacts are brought up to a new program; each takes one connection. */
  concurrency: number;
  /** Told after each transaction that was the worker's to do. */
  onTurn?: (result: ShardTurnResult, shard: number) => void;
  onError: (error: unknown) => void;
}

/**
 * Takes turns at the shards: whatever is due anywhere is decided, several shards at a time. Any number of workers, in
 * any number of processes, may run at once; the lock on a shard's row is all that keeps them apart.
 */
export class Worker {
  readonly #options: WorkerOptions;
  /** Shards known to have something to do. */
  readonly #ready = new Set<number>();
  /** Shards whose contacts are being brought up to a new program, which waits for everything else. */
  readonly #sweeping = new Set<number>();
  #sweeps = 0;
  #turnsSinceSweep = 0;
  readonly #busy = new Set<number>();
  readonly #work = new Signal();
  readonly #poll = new Signal();
  readonly #turned = new Signal();
  #running = false;
  #stopped: Promise<unknown> = Promise.resolve();

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = true;
    this.#stopped = Promise.all([this.#keepLooking(), ...Array.from({ length: this.#options.concurrency + 1 }, () => this.#lane())]);
  }

  /** Lets the transactions under way commit, then ends. */
  async stop(): Promise<void> {
    this.#running = false;
    this.#work.notify();
    this.#poll.notify();
    await this.#stopped;
  }

  /** Says that these shards have something to do. */
  wake(shards: Iterable<number>): void {
    for (const shard of shards) this.#ready.add(shard);
    this.#work.notify();
  }

  /** Whether nothing is under way or known to be waiting in this process. */
  get idle(): boolean {
    return this.#ready.size === 0 && this.#sweeping.size === 0 && this.#busy.size === 0;
  }

  /** Looks at all shards at once; answers when the earliest timer of any falls due. */
  async look(): Promise<number> {
    const now = this.#options.clock.now();
    const work = await findWork(this.#options.db);
    for (const one of work) if (one.sweeping) this.#sweeping.add(one.shard);
    this.wake(work.filter((one) => one.behind || one.inbox || (one.nextDueAt ?? Infinity) <= now).map((one) => one.shard));
    return Math.min(Infinity, ...work.map((one) => one.nextDueAt ?? Infinity));
  }

  /** Does everything that is due now, whoever caused it; answers whether there was anything. */
  async settle(): Promise<boolean> {
    await this.look();
    if (this.idle) return false;
    while (!this.idle) await this.#turned.wait(SHORTEST_POLL_MS);
    return true;
  }

  async #keepLooking(): Promise<void> {
    while (this.#running) {
      let pauseMs = POLL_INTERVAL_MS;
      try {
        const dueAt = await this.look();
        pauseMs = Math.min(POLL_INTERVAL_MS, Math.max(SHORTEST_POLL_MS, dueAt - this.#options.clock.now()));
      } catch (error) {
        this.#options.onError(error);
      }
      if (this.#running) await this.#poll.wait(pauseMs);
    }
  }

  async #lane(): Promise<void> {
    while (this.#running) {
      if (this.#turnsSinceSweep >= TURNS_PER_SWEEP && await this.#sweepNext()) continue;
      const shard = this.#busy.size - this.#sweeps < this.#options.concurrency ? this.#next(this.#ready) : null;
      if (shard !== null) {
        this.#turnsSinceSweep += 1;
        await this.#turn(shard, false);
      } else if (this.#ready.size > 0 || !(await this.#sweepNext())) {
        await this.#work.wait(POLL_INTERVAL_MS);
      }
    }
  }

  #next(shards: Set<number>): number | null {
    for (const shard of shards) {
      if (this.#busy.has(shard)) continue;
      shards.delete(shard);
      return shard;
    }
    return null;
  }

  /** There is one lane more than may sweep, so that what comes meanwhile finds one free. */
  async #sweepNext(): Promise<boolean> {
    if (this.#sweeps >= this.#options.concurrency) return false;
    const shard = this.#next(this.#sweeping);
    if (shard === null) return false;
    this.#sweeps += 1;
    this.#turnsSinceSweep = 0;
    try {
      await this.#turn(shard, true);
    } finally {
      this.#sweeps -= 1;
    }
    return true;
  }

  async #turn(shard: number, sweep: boolean): Promise<void> {
    this.#busy.add(shard);
    try {
      const result = await takeShardTurn(this.#options, shard, this.#options.clock.now(), { sweep });
      if (result.more) this.#ready.add(shard);
      if (result.sweeping) this.#sweeping.add(shard);
      this.wake(result.posted);
      this.#options.onTurn?.(result, shard);
    } catch (error) {
      this.#options.onError(error);
      await this.#poll.wait(FAILURE_PAUSE_MS);
    } finally {
      this.#busy.delete(shard);
      this.#turned.notify();
      // Work that came for this shard meanwhile had to wait for the turn to end.
      if (this.#ready.has(shard) || this.#sweeping.has(shard)) this.#work.notify();
    }
  }
}
