import type { ContactId, Logged, Millis } from '@samovar/core';
import { textArray, uuidArray } from '../binary-arrays.ts';
import { statement } from '../statement.ts';
import type { SqlParameter, Statement } from '../statement.ts';
import type { Queryable } from '../transaction.ts';
import { LOG_KIND, decodeRecord } from './encoding.ts';

interface LogRow {
  seq: number;
  workspace_id: number;
  contact_id: ContactId;
  kind: number;
  received_at_ms: number;
  occurred_at_ms: number;
  name: string;
  body: string;
}

const COLUMNS = `e.seq, e.workspace_id, e.contact_id, e.kind, e.received_at_ms, e.occurred_at_ms, e.name, convert_from(e.body, 'UTF8') as body`;

const readAfter = statement('log_read_after', `select ${COLUMNS} from event_log e where e.shard = $1 and e.seq > $2 and e.kind in (${LOG_KIND.event}, ${LOG_KIND.outcome}) order by e.seq limit $3`);

function loggedOf(row: LogRow): Logged {
  const { seq, kind, name, body } = row;
  const record = decodeRecord({ kind, name, body, receivedAt: row.received_at_ms, occurredAt: row.occurred_at_ms });
  return { seq, workspaceId: row.workspace_id, contactId: row.contact_id, record };
}

/** The next records of a shard after a position, in the order of the log. */
export async function readRecords(db: Queryable, shard: number, afterSeq: number, limit: number): Promise<Logged[]> {
  const { rows } = await db.query<LogRow>(readAfter, [shard, afterSeq, limit]);
  return rows.map(loggedOf);
}

export interface HistoryOptions {
  /** Only records up to this position, which is what the shard's worker has taken in. */
  upToSeq?: number;
  /** Only what occurred at or after. */
  from?: Millis;
  /** Only what occurred before. */
  before?: Millis;
  /** `occurred`: when it happened, then as logged; `logged`: as it arrived; `latest`: the last occurred first. */
  order?: 'occurred' | 'logged' | 'latest';
  limit?: number;
}

const ORDERS = {
  occurred: 'e.occurred_at_ms, e.seq',
  logged: 'e.seq',
  latest: 'e.occurred_at_ms desc, e.seq desc',
} as const;

function historyStatement(order: keyof typeof ORDERS): Statement {
  return statement(
    `log_read_history_${order}`,
    `select ${COLUMNS} from event_log e
     where e.shard = $1 and e.contact_id = any($2::uuid[]) and e.seq <= $3 and e.occurred_at_ms >= $4 and e.occurred_at_ms < $5
     order by ${ORDERS[order]} limit $6`,
  );
}

const HISTORY = { occurred: historyStatement('occurred'), logged: historyStatement('logged'), latest: historyStatement('latest') };

const EARLIEST = Number.MIN_SAFE_INTEGER;
const LATEST = Number.MAX_SAFE_INTEGER;

/**
 * What is known of contacts of one shard: a contact and those ids of it that live in the same shard. History stays
 * where it was written, so a joined contact is read once per shard of its ids.
 */
export async function readHistory(db: Queryable, shard: number, contactIds: ContactId | readonly ContactId[], options: HistoryOptions = {}): Promise<Logged[]> {
  const ids = typeof contactIds === 'string' ? [contactIds] : contactIds;
  const parameters: SqlParameter[] = [
    shard, uuidArray(ids), options.upToSeq ?? LATEST, options.from ?? EARLIEST, options.before ?? LATEST, options.limit ?? null,
  ];
  const { rows } = await db.query<LogRow>(HISTORY[options.order ?? 'occurred'], parameters);
  return rows.map(loggedOf);
}

const readNamed = statement(
  'log_read_history_named',
  `select ${COLUMNS} from event_log e
   where e.shard = $1 and e.contact_id = any($2::uuid[]) and e.seq <= $3 and (e.kind <> ${LOG_KIND.event} or e.name like any($4::text[]))
   order by e.seq`,
);

/** A name as it is, and `Cart *` as all names that begin so. */
function likePattern(name: string): string {
  const isPrefix = name.endsWith('*');
  const literal = (isPrefix ? name.slice(0, -1) : name).replaceAll(/[\\%_]/g, '\\$&');
  return isPrefix ? `${literal}%` : literal;
}

/** As they arrived: the events of some names (or of all names that begin so, `Cart *`), and all outcomes of messages, of many contacts of one shard at once. */
export async function readNamedHistory(db: Queryable, shard: number, contactIds: readonly ContactId[], names: readonly string[], upToSeq: number): Promise<Logged[]> {
  const { rows } = await db.query<LogRow>(readNamed, [shard, uuidArray(contactIds), upToSeq, textArray(names.map(likePattern))]);
  return rows.map(loggedOf);
}

const readHeads = statement('log_read_heads', 'select h.shard, h.head from log_head h order by h.shard');

/** The last sequence number of every shard. */
export async function readLogHeads(db: Queryable): Promise<Map<number, number>> {
  const { rows } = await db.query<{ shard: number; head: number }>(readHeads);
  return new Map(rows.map(({ shard, head }) => [shard, head]));
}
