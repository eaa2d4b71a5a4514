import { hash } from 'node:crypto';
import { shardOf } from '@samovar/core';
import type { ContactId, LogRecord, Millis } from '@samovar/core';
import { byteaArray, int2Array, int4Array, int8Array, textArray, uuidArray } from '../binary-arrays.ts';
import type { Database } from '../database.ts';
import { StoreError } from '../errors.ts';
import type { SqlParameter } from '../statement.ts';
import type { Transaction } from '../transaction.ts';
import { APPEND_TO_MANY, APPEND_TO_ONE } from './append-statements.ts';
import type { AppendStatements } from './append-statements.ts';
import { encodeRecord } from './encoding.ts';
import type { EncodedRecord } from './encoding.ts';
import { dedupeGenerationOf, ensurePartitions, isMissingPartition } from './partitions.ts';
import { SEQ_PER_MS } from './sequence.ts';

const DIGEST_BYTES = 16;

/** A record to append, under the contact that its first identifier names. */
export interface NewRecord {
  workspaceId: number;
  contactId: ContactId;
  record: LogRecord;
  /**
   * The same key for the same contact is the same record. When absent, events use their `messageId` and outcomes are
   * never the same; null: never the same.
   */
  dedupeKey?: string | null;
}

/** A record made ready outside of the transaction, so that a group commit does its encoding while the one before runs. */
export interface PreparedRecord {
  shard: number;
  workspaceId: number;
  contactId: ContactId;
  encoded: EncodedRecord;
  digest: Buffer | null;
}

export type AppendResult = 'appended' | 'duplicate';

export interface AppendOptions {
  /** More statements for the same transaction: they commit with the records or not at all. May be called more than once. */
  alongside?: (transaction: Transaction) => Promise<unknown>;
  /** True when doing `alongside` again after it was committed unnoticed does no harm. */
  alongsideIdempotent?: boolean;
  /** For how long the transaction is run again after lost connections and deadlocks. */
  retryForMs?: number;
}

/**
 * The dedupe table is keyed by the shard of the contact too: a retry bears the same identifiers, so it lands in the
 * same shard, and nobody can silence another contact's events by using up their message ids.
 */
function digestOf(workspaceId: number, { contactId, record, dedupeKey }: NewRecord): Buffer | null {
  const key = dedupeKey === undefined && record.kind === 'event' ? record.messageId : dedupeKey;
  if (key === undefined || key === null) return null;
  return hash('sha256', `${workspaceId}\0${contactId}\0${record.kind}\0${key}`, 'buffer').subarray(0, DIGEST_BYTES);
}

/** Encodes a record and finds its shard and dedupe digest. */
export function prepareRecord(input: NewRecord, shardCount: number): PreparedRecord {
  const { workspaceId, contactId, record } = input;
  return { shard: shardOf(contactId, shardCount), workspaceId, contactId, encoded: encodeRecord(record), digest: digestOf(workspaceId, input) };
}

/** Appends records in one transaction; see `appendPrepared`. */
export async function appendRecords(db: Database, records: readonly NewRecord[], now: Millis, shardCount: number, options: AppendOptions = {}): Promise<AppendResult[]> {
  return appendPrepared(db, records.map((record) => prepareRecord(record, shardCount)), now, options);
}

/**
 * Appends records in one transaction and answers for each, in the order given, whether it is new. Records of one shard
 * keep their order. Safe to call again when the outcome was unknown, since what has a dedupe key is appended once.
 */
export async function appendPrepared(db: Database, records: readonly PreparedRecord[], now: Millis, options: AppendOptions = {}): Promise<AppendResult[]> {
  const results = records.map((): AppendResult => 'appended');
  const fresh = withoutRepeats(records, results);
  const attempt = new Append(db, fresh, now, options);
  // The usual batch holds nothing seen before: then the database need not say which were new.
  const seen = await attempt.runAssumingNew() ?? await attempt.runCheckingEach();
  for (const index of seen) results[index] = 'duplicate';
  return results;
}

interface Indexed {
  index: number;
  record: PreparedRecord;
}

function digestKey(shard: number, digest: Buffer): string {
  return `${shard}:${digest.toString('latin1')}`;
}

/** The records, sorted by shard, less those that repeat an earlier one of the same batch. */
function withoutRepeats(records: readonly PreparedRecord[], results: AppendResult[]): Indexed[] {
  const seen = new Set<string>();
  const fresh: Indexed[] = [];
  for (const [index, record] of records.entries()) {
    if (record.digest !== null) {
      const key = digestKey(record.shard, record.digest);
      if (seen.has(key)) {
        results[index] = 'duplicate';
        continue;
      }
      seen.add(key);
    }
    fresh.push({ index, record });
  }
  return fresh.sort((a, b) => a.record.shard - b.record.shard || a.index - b.index);
}

/** Thrown to undo a transaction that found more seen records than it assumed. */
class SomeWereSeen extends Error {}

class Append {
  readonly #db: Database;
  readonly #rows: Indexed[];
  readonly #now: Millis;
  readonly #options: AppendOptions;
  readonly #statements: AppendStatements;
  readonly #shards: number[];

  constructor(db: Database, rows: Indexed[], now: Millis, options: AppendOptions) {
    this.#db = db;
    this.#rows = rows;
    this.#now = now;
    this.#options = options;
    this.#shards = [...new Set(rows.map(({ record }) => record.shard))];
    this.#statements = this.#shards.length === 1 ? APPEND_TO_ONE : APPEND_TO_MANY;
  }

  /** Null when some record had been seen before; nothing was appended then. */
  async runAssumingNew(): Promise<number[] | null> {
    const keyed = this.#rows.filter(({ record }) => record.digest !== null);
    try {
      await this.#transaction(async (transaction) => {
        const locking = this.#lockHeads(transaction);
        const marking = keyed.length === 0 ? null : transaction.query(this.#statements.markSeen, this.#digestParameters(keyed));
        // The rows are put together while the database is still marking.
        const insert = this.#prepareInsert(this.#rows, await locking);
        if (marking !== null && (await marking).rowCount < keyed.length) throw new SomeWereSeen();
        insert(transaction);
      });
      return [];
    } catch (error) {
      if (error instanceof SomeWereSeen) return null;
      throw error;
    }
  }

  /** Appends what is new and returns the indexes of what is not. */
  async runCheckingEach(): Promise<number[]> {
    const keyed = this.#rows.filter(({ record }) => record.digest !== null);
    return this.#transaction(async (transaction) => {
      const locking = this.#lockHeads(transaction);
      const marking = transaction.query<{ shard: number; digest: Buffer }>(this.#statements.markSeenReturning, this.#digestParameters(keyed));
      const heads = await locking;
      const unseen = new Set((await marking).rows.map(({ shard, digest }) => digestKey(shard, digest)));
      const isNew = ({ record }: Indexed): boolean => record.digest === null || unseen.has(digestKey(record.shard, record.digest));
      this.#prepareInsert(this.#rows.filter(isNew), heads)(transaction);
      return this.#rows.filter((row) => !isNew(row)).map(({ index }) => index);
    });
  }

  /** Makes the partitions for the time when they are missing, which happens when nobody made them ahead. */
  async #transaction<T>(run: (transaction: Transaction) => Promise<T>): Promise<T> {
    const whole = async (transaction: Transaction): Promise<T> => {
      const result = await run(transaction);
      await this.#options.alongside?.(transaction);
      return result;
    };
    const idempotent = this.#rows.every(({ record }) => record.digest !== null) && (this.#options.alongside === undefined || this.#options.alongsideIdempotent === true);
    const options = { idempotent, ...(this.#options.retryForMs === undefined ? {} : { retryForMs: this.#options.retryForMs }) };
    try {
      return await this.#db.transaction(whole, options);
    } catch (error) {
      if (!isMissingPartition(error)) throw error;
      await ensurePartitions(this.#db, this.#now);
      return this.#db.transaction(whole, options);
    }
  }

  #perShard(values: readonly number[], toArray: (values: readonly number[]) => Buffer): SqlParameter {
    return this.#shards.length === 1 ? (values[0] ?? null) : toArray(values);
  }

  async #lockHeads(transaction: Transaction): Promise<Map<number, number>> {
    const { rows } = await transaction.query<{ shard: number; head: number }>(this.#statements.lockHeads, [this.#perShard(this.#shards, int2Array)]);
    if (rows.length !== this.#shards.length) {
      throw new StoreError('shards_missing', `The database has ${rows.length} of the ${this.#shards.length} shards that were asked for; it was set up with another number of shards.`);
    }
    return new Map(rows.map(({ shard, head }) => [shard, head]));
  }

  #shardColumn(rows: readonly Indexed[]): SqlParameter {
    return this.#shards.length === 1 ? (this.#shards[0] ?? null) : int2Array(rows.map(({ record }) => record.shard));
  }

  #digestParameters(rows: readonly Indexed[]): SqlParameter[] {
    return [this.#shardColumn(rows), dedupeGenerationOf(this.#now), byteaArray(rows.map(({ record }) => record.digest))];
  }

  #prepareInsert(rows: readonly Indexed[], heads: Map<number, number>): (transaction: Transaction) => void {
    if (rows.length === 0) return () => {};
    const seqs = rows.map(({ record }) => {
      // Only a shard that gets a record moves on: a head beyond the last record would look like work that never ends.
      const seq = Math.max(heads.get(record.shard) ?? 0, this.#now * SEQ_PER_MS) + 1;
      heads.set(record.shard, seq);
      return seq;
    });
    const column = <T>(pick: (record: PreparedRecord) => T): T[] => rows.map(({ record }) => pick(record));
    const insert = [
      this.#shardColumn(rows),
      int8Array(seqs),
      int4Array(column((record) => record.workspaceId)),
      uuidArray(column((record) => record.contactId)),
      int2Array(column((record) => record.encoded.kind)),
      int8Array(column((record) => record.encoded.receivedAt)),
      int8Array(column((record) => record.encoded.occurredAt)),
      textArray(column((record) => record.encoded.name)),
      byteaArray(column((record) => record.encoded.body)),
    ];
    const move = [this.#perShard(this.#shards, int2Array), this.#perShard(this.#shards.map((shard) => heads.get(shard) ?? 0), int8Array)];
    return (transaction) => {
      // Not awaited: they travel together with the COMMIT, which fails if one of them does.
      void transaction.query(this.#statements.insert, insert);
      void transaction.query(this.#statements.moveHeads, move);
    };
  }
}
