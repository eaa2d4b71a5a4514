import { DAY_MS } from '@samovar/core';
import type { Millis } from '@samovar/core';
import type { Database } from '../database.ts';
import type { Queryable, Transaction } from '../transaction.ts';
import { firstSeqAt } from './sequence.ts';

/** A message id is looked for in the current and the previous generation, so it is remembered for one to two of these. */
export const DEDUPE_GENERATION_MS = 7 * DAY_MS;

/** Months of the log that have a partition ahead of time, the running one included. */
const MONTHS_AHEAD = 3;

/** Creating a partition waits for running transactions and makes new ones wait: rather fail and be called again. */
const LOCK_TIMEOUT = '10s';

/** The generation of dedupe digests in which a record appended at `now` is marked as seen. */
export function dedupeGenerationOf(now: Millis): number {
  return Math.floor(now / DEDUPE_GENERATION_MS);
}

/** True for the error of an insert that found no partition for its row. */
export function isMissingPartition(error: unknown): boolean {
  // A check violation; the log's tables have no other checks.
  return error instanceof Error && 'code' in error && error.code === '23514';
}

interface MonthOfLog {
  name: string;
  fromSeq: number;
  toSeq: number;
}

function monthsOfLog(now: Millis): MonthOfLog[] {
  const date = new Date(now);
  return Array.from({ length: MONTHS_AHEAD }, (_, ahead) => {
    const start = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + ahead, 1));
    const end = Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 1);
    const month = String(start.getUTCMonth() + 1).padStart(2, '0');
    return { name: `event_log_${start.getUTCFullYear()}_${month}`, fromSeq: firstSeqAt(start.getTime()), toSeq: firstSeqAt(end) };
  });
}

function dedupeName(generation: number): string {
  return `dedupe_${generation}`;
}

async function partitionsOf(db: Queryable, parent: 'event_log' | 'dedupe'): Promise<Set<string>> {
  const { rows } = await db.query<{ name: string }>(
    'select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = $1::regclass',
    [parent],
  );
  return new Set(rows.map(({ name }) => name));
}

interface Missing {
  months: MonthOfLog[];
  generations: number[];
  outdated: string[];
}

async function findMissing(db: Queryable, now: Millis): Promise<Missing> {
  const current = dedupeGenerationOf(now);
  const log = await partitionsOf(db, 'event_log');
  const dedupe = await partitionsOf(db, 'dedupe');
  return {
    months: monthsOfLog(now).filter(({ name }) => !log.has(name)),
    generations: [current, current + 1].filter((generation) => !dedupe.has(dedupeName(generation))),
    outdated: [...dedupe].filter((name) => Number(name.slice('dedupe_'.length)) < current - 1),
  };
}

/** A month of which records went to the default partition already stays there: Postgres would refuse the new partition. */
async function createMonth(transaction: Transaction, { name, fromSeq, toSeq }: MonthOfLog): Promise<void> {
  const { rowCount } = await transaction.query('select from event_log_default where seq >= $1 and seq < $2 limit 1', [fromSeq, toSeq]);
  if (rowCount === 0) await transaction.query(`create table ${name} partition of event_log for values from (${fromSeq}) to (${toSeq})`);
}

/**
 * Makes the partitions that records appended at `now`, and for a while after, will need, and drops dedupe generations
 * that are no longer looked at. Returns when to call it again at the latest. Any number of processes may call it at once.
 */
export async function ensurePartitions(db: Database, now: Millis): Promise<Millis> {
  const nextCall = (dedupeGenerationOf(now) + 1) * DEDUPE_GENERATION_MS;
  const missing = await findMissing(db, now);
  if (missing.months.length + missing.generations.length + missing.outdated.length === 0) return nextCall;
  await db.transaction(async (transaction) => {
    await transaction.query(`set local lock_timeout = '${LOCK_TIMEOUT}'`);
    // Lets appends through and other callers wait, who then find nothing missing.
    await transaction.query('lock table event_log, dedupe in share update exclusive mode');
    const { months, generations, outdated } = await findMissing(transaction, now);
    for (const month of months) await createMonth(transaction, month);
    for (const generation of generations) {
      await transaction.query(`create table ${dedupeName(generation)} partition of dedupe for values in (${generation})`);
    }
    for (const name of outdated) await transaction.query(`drop table ${name}`);
  }, { idempotent: true });
  return nextCall;
}
