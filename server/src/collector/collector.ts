import { appendPrepared, ensurePartitions, keepRejected, prepareRecord } from '@samovar/store';
import type { AppendResult, Database, NewRecord, PreparedRecord, RejectedItem } from '@samovar/store';
import type { Clock } from '../clock/clock.ts';
import { COLLECTOR_LIMITS } from './limits.ts';
import type { CollectorLimits } from './limits.ts';

/** What one request wants to have stored: all of it is committed together. */
export interface Submission {
  records: NewRecord[];
  /** Items of the request that were refused, kept with their reasons. */
  rejected?: RejectedItem[];
}

/** Stable codes of the collector's failures. All of them may be tried again: nothing was acknowledged, and message ids count once. */
export const COLLECTOR_ERRORS = {
  overloaded: 'More is waiting to be stored than may wait',
  unavailable: 'The database did not take the records in time; whether it stored them is unknown',
  closed: 'The server is shutting down',
} as const;

export type CollectorErrorCode = keyof typeof COLLECTOR_ERRORS;

export class CollectorError extends Error {
  readonly code: CollectorErrorCode;
  readonly retryAfterSeconds: number;

  constructor(code: CollectorErrorCode, retryAfterSeconds: number, options?: { cause: unknown }) {
    super(COLLECTOR_ERRORS[code], options);
    this.name = 'CollectorError';
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export interface CollectorOptions {
  db: Database;
  clock: Clock;
  shardCount: number;
  limits?: Partial<CollectorLimits>;
  /** Told of failed commits. */
  onTrouble?: (message: string, error: unknown) => void;
}

export interface CollectorCounts {
  appended: number;
  duplicates: number;
  rejected: number;
  commits: number;
  refused: number;
  queuedRecords: number;
  queuedBytes: number;
}

interface Waiting {
  prepared: PreparedRecord[];
  rejected: RejectedItem[];
  bytes: number;
  resolve: (results: AppendResult[]) => void;
  reject: (error: unknown) => void;
}

/** Fixed cost of a record in memory besides its body: columns, digest, promise. */
const RECORD_OVERHEAD_BYTES = 400;

function bytesOf(prepared: readonly PreparedRecord[], rejected: readonly RejectedItem[]): number {
  let bytes = (prepared.length + rejected.length) * RECORD_OVERHEAD_BYTES;
  for (const { encoded } of prepared) bytes += encoded.body.byteLength;
  return bytes;
}

/** An error that the content of the records causes, so that other records would not meet it. */
function isErrorOfContent(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return /^(22|23|54)/.test(code) || error instanceof RangeError || error instanceof TypeError;
}

/**
 * Group commit: while one transaction is under way the next submissions gather, and then share the next one. What
 * `accept` resolves for is committed; nothing else is ever promised.
 */
export class Collector {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #shardCount: number;
  readonly #limits: CollectorLimits;
  readonly #onTrouble: (message: string, error: unknown) => void;
  readonly #listeners = new Set<(shards: ReadonlySet<number>) => void>();
  readonly #counts = { appended: 0, duplicates: 0, rejected: 0, commits: 0, refused: 0 };
  #queue: Waiting[] = [];
  #queuedRecords = 0;
  #queuedBytes = 0;
  #running: Promise<void> | null = null;
  #lastGroup = 1;
  #gathering: { expected: number; done: () => void } | null = null;
  #partitionsDueAt = 0;
  #closed = false;

  constructor(options: CollectorOptions) {
    this.#db = options.db;
    this.#clock = options.clock;
    this.#shardCount = options.shardCount;
    this.#limits = { ...COLLECTOR_LIMITS, ...options.limits };
    this.#onTrouble = options.onTrouble ?? (() => {});
  }

  /** Resolves once everything of the submission is committed, telling for each record whether it was new. */
  async accept({ records, rejected = [] }: Submission): Promise<AppendResult[]> {
    if (this.#closed) throw this.#error('closed');
    if (records.length === 0 && rejected.length === 0) return [];
    if (this.#queuedRecords > 0 && this.#queuedRecords + records.length > this.#limits.queuedRecords) throw this.#refuse();
    const prepared = records.map((record) => prepareRecord(record, this.#shardCount));
    const bytes = bytesOf(prepared, rejected);
    if (this.#queuedBytes > 0 && this.#queuedBytes + bytes > this.#limits.queuedBytes) throw this.#refuse();
    return new Promise((resolve, reject) => {
      this.#queue.push({ prepared, rejected, bytes, resolve, reject });
      this.#queuedRecords += prepared.length;
      this.#queuedBytes += bytes;
      this.#running ??= this.#run();
      if (this.#gathering !== null && this.#queue.length >= this.#gathering.expected) this.#gathering.done();
    });
  }

  /** Calls the listener after each commit with the shards that have new records; returns how to stop it. */
  onAppended(listener: (shards: ReadonlySet<number>) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get counts(): CollectorCounts {
    return { ...this.#counts, queuedRecords: this.#queuedRecords, queuedBytes: this.#queuedBytes };
  }

  /** Takes nothing more, and waits until all that was taken is committed or refused. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  #error(code: CollectorErrorCode, cause?: unknown): CollectorError {
    return new CollectorError(code, this.#limits.retryAfterSeconds, cause === undefined ? undefined : { cause });
  }

  #refuse(): CollectorError {
    this.#counts.refused += 1;
    return this.#error('overloaded');
  }

  async #run(): Promise<void> {
    // Requests that arrive in the same turn of the event loop share the first commit too.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#queue.length > 0) {
      await this.#makePartitions();
      await this.#gather();
      const group = this.#takeGroup();
      this.#lastGroup = group.length;
      await this.#commit(group);
    }
    this.#running = null;
  }

  /**
   * Clients that were answered together come again together: without waiting a moment the first of them would get a commit
   * of its own. Half of them suffice, since the others gather while it runs. A lone client is never waited for.
   */
  async #gather(): Promise<void> {
    const expected = Math.min(Math.ceil(this.#lastGroup / 2), this.#limits.groupRecords);
    if (this.#queue.length >= expected || this.#queuedRecords >= this.#limits.groupRecords) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#limits.gatherMs);
      this.#gathering = {
        expected,
        done: () => {
          clearTimeout(timer);
          resolve();
        },
      };
    });
    this.#gathering = null;
  }

  /** Whole submissions from the head of the queue; at least one, even if it is larger than a group should be. */
  #takeGroup(): Waiting[] {
    let records = 0;
    let bytes = 0;
    let count = 0;
    for (const waiting of this.#queue) {
      records += waiting.prepared.length;
      bytes += waiting.bytes;
      if (count > 0 && (records > this.#limits.groupRecords || bytes > this.#limits.groupBytes)) break;
      count += 1;
    }
    return this.#queue.splice(0, count);
  }

  /** Ahead of time if possible; an append that finds a partition missing makes it by itself. */
  async #makePartitions(): Promise<void> {
    const now = this.#clock.now();
    if (now < this.#partitionsDueAt) return;
    try {
      this.#partitionsDueAt = await ensurePartitions(this.#db, now);
    } catch (error) {
      this.#onTrouble('the partitions of the log could not be made ahead of time', error);
    }
  }

  async #commit(group: Waiting[]): Promise<void> {
    try {
      const results = await this.#append(group);
      this.#settle(group, results);
    } catch (error) {
      if (group.length > 1 && isErrorOfContent(error)) {
        // One of them is at fault: alone it fails alone.
        for (const waiting of group) await this.#commit([waiting]);
        return;
      }
      this.#onTrouble('records could not be stored', error);
      this.#leave(group);
      for (const { reject } of group) reject(this.#error('unavailable', error));
    }
  }

  #append(group: readonly Waiting[]): Promise<AppendResult[]> {
    const rejected = group.flatMap((waiting) => waiting.rejected);
    const prepared = group.length === 1 ? (group[0]?.prepared ?? []) : group.flatMap((waiting) => waiting.prepared);
    return appendPrepared(this.#db, prepared, this.#clock.now(), {
      retryForMs: this.#limits.retryForMs,
      ...(rejected.length === 0 ? {} : { alongside: (transaction) => keepRejected(transaction, rejected, this.#shardCount), alongsideIdempotent: true }),
    });
  }

  #settle(group: readonly Waiting[], results: AppendResult[]): void {
    this.#leave(group);
    const shards = new Set<number>();
    let at = 0;
    for (const { prepared, rejected, resolve } of group) {
      const own = results.slice(at, at + prepared.length);
      at += prepared.length;
      own.forEach((result, index) => {
        const record = prepared[index];
        if (result === 'appended' && record !== undefined) shards.add(record.shard);
        this.#counts[result === 'appended' ? 'appended' : 'duplicates'] += 1;
      });
      this.#counts.rejected += rejected.length;
      resolve(own);
    }
    this.#counts.commits += 1;
    if (shards.size > 0) for (const listener of this.#listeners) listener(shards);
  }

  #leave(group: readonly Waiting[]): void {
    for (const { prepared, bytes } of group) {
      this.#queuedRecords -= prepared.length;
      this.#queuedBytes -= bytes;
    }
  }
}
