import type { ContactId, LogRecord, MessageAbout, MessageId, Millis } from '@samovar/core';
import { appendRecords, suppress, writeAttemptEnds, writeCancellations } from '@samovar/store';
import type { Database, NewRecord } from '@samovar/store';
import type { Clock } from '../clock/clock.ts';
import type { Verdict } from './judge-outcome.ts';

/** Which message and attempt a verdict is about. */
export interface EndedAttempt {
  shard: number;
  workspaceId: number;
  contactId: ContactId;
  messageId: MessageId;
  attempt: number;
  address: string | null;
  /** Absent where only the attempt is known. */
  about?: MessageAbout;
  verdict: Verdict;
}

export interface Cancellation {
  shard: number;
  workspaceId: number;
  contactId: ContactId;
  messageId: MessageId;
  about: MessageAbout;
  reason: string;
}

export interface OutcomeWriterOptions {
  db: Database;
  clock: Clock;
  shardCount: number;
  /** How long an end may wait for others. */
  delayMs: number;
  onAppended: (shards: number[]) => void;
  onTrouble: (message: string, error: unknown) => void;
}

/** Ends of one shard that share a transaction at most. */
const GROUP_LIMIT = 200;
/** A database that fails is asked again after so long; the ends are kept meanwhile. */
const FAILURE_PAUSE_MS = 1_000;

/**
 * Writes down how attempts ended: ledger, message and log record in one transaction per shard, many ends at a time.
 * What is not written before the process dies shows as an attempt without an end.
 */
export class OutcomeWriter {
  readonly #options: OutcomeWriterOptions;
  readonly #waiting = new Map<number, EndedAttempt[]>();
  readonly #writing = new Set<number>();
  readonly #timers = new Map<number, NodeJS.Timeout>();
  #onIdle: (() => void)[] = [];

  constructor(options: OutcomeWriterOptions) {
    this.#options = options;
  }

  get idle(): boolean {
    return this.#waiting.size === 0 && this.#writing.size === 0;
  }

  /** Resolves when everything given so far has been written. */
  async settled(): Promise<void> {
    if (!this.idle) await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }

  /** `hurry`: nothing more of this shard is under way, so waiting for company is in vain. */
  add(end: EndedAttempt, hurry: boolean): void {
    const waiting = this.#waiting.get(end.shard) ?? [];
    waiting.push(end);
    this.#waiting.set(end.shard, waiting);
    if (hurry || waiting.length >= GROUP_LIMIT) this.#write(end.shard);
    else if (!this.#timers.has(end.shard)) this.#timers.set(end.shard, setTimeout(() => this.#write(end.shard), this.#options.delayMs));
  }

  /** Ends messages that the last gate refused, at once. */
  async cancel(shard: number, rows: readonly Cancellation[]): Promise<void> {
    if (rows.length === 0) return;
    const { db, clock, shardCount } = this.#options;
    const now = clock.now();
    const records = rows.map((row) => recordOf(row, 'cancelled', row.reason, now));
    await appendRecords(db, records, now, shardCount, { alongside: async (tx) => writeCancellations(tx, shard, rows), alongsideIdempotent: true });
    this.#options.onAppended([shard]);
  }

  #write(shard: number): void {
    clearTimeout(this.#timers.get(shard));
    this.#timers.delete(shard);
    if (this.#writing.has(shard)) return;
    this.#writing.add(shard);
    void this.#writeAll(shard).finally(() => {
      this.#writing.delete(shard);
      if (this.#waiting.has(shard)) this.#write(shard);
      if (!this.idle) return;
      const listeners = this.#onIdle;
      this.#onIdle = [];
      for (const listener of listeners) listener();
    });
  }

  async #writeAll(shard: number): Promise<void> {
    for (let group = this.#take(shard); group.length > 0; group = this.#take(shard)) await this.#writeGroup(shard, group);
  }

  #take(shard: number): EndedAttempt[] {
    const waiting = this.#waiting.get(shard) ?? [];
    const group = waiting.splice(0, GROUP_LIMIT);
    if (waiting.length === 0) this.#waiting.delete(shard);
    return group;
  }

  async #writeGroup(shard: number, group: readonly EndedAttempt[]): Promise<void> {
    const { db, clock, shardCount, onAppended, onTrouble } = this.#options;
    for (;;) {
      const now = clock.now();
      try {
        for (const end of group) if (end.verdict.suppress && end.address !== null) await this.#suppress(end, end.address, now);
        const records = group.flatMap((end) => (end.verdict.record === null ? [] : [recordOf(end, end.verdict.record, end.verdict.detail, now)]));
        const ends = group.map(({ messageId, attempt, verdict }) => ({ messageId, attempt, ...verdict, sentAt: verdict.status === 'sent' ? now : null }));
        if (records.length === 0) await db.transaction(async (tx) => writeAttemptEnds(tx, shard, ends, now), { idempotent: true });
        else await appendRecords(db, records, now, shardCount, { alongside: async (tx) => writeAttemptEnds(tx, shard, ends, now), alongsideIdempotent: true });
        if (records.length > 0) onAppended([shard]);
        return;
      } catch (error) {
        onTrouble(`the ends of ${group.length} sending attempts could not be written and will be tried again`, error);
        await new Promise((resolve) => setTimeout(resolve, FAILURE_PAUSE_MS));
      }
    }
  }

  async #suppress(end: EndedAttempt, address: string, now: Millis): Promise<void> {
    await suppress(this.#options.db, { workspaceId: end.workspaceId, channel: 'email', address, reason: 'bounced', at: now }, this.#options.shardCount);
  }
}

/** The same outcome of the same message is one record, however often the transaction has to be run. */
function recordOf(of: { workspaceId: number; contactId: ContactId; messageId: MessageId; about?: MessageAbout }, outcome: Extract<LogRecord, { kind: 'outcome' }>['outcome'], detail: string | null, now: Millis): NewRecord {
  return {
    workspaceId: of.workspaceId, contactId: of.contactId, dedupeKey: `${outcome}:${of.messageId}`,
    record: { kind: 'outcome', receivedAt: now, messageId: of.messageId, outcome, machine: false, detail, ...(of.about === undefined ? {} : { about: of.about }) },
  };
}
