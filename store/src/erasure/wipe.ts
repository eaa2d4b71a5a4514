import type { ContactId, Millis } from '@samovar/core';
import { byteaArray, int8Array } from '../binary-arrays.ts';
import { BLANK_KIND, LOG_KIND } from '../log/encoding.ts';
import { statement } from '../statement.ts';
import type { Statement } from '../statement.ts';
import type { Queryable } from '../transaction.ts';
import { NOBODY } from './append-erasure.ts';

/**
 * What an erasure does to each table in which something of a contact is written under its id. $1 is the shard, $2 the
 * contact. What goes, goes as a whole; messages stay as figures that name nobody.
 */
const BY_CONTACT: Readonly<Record<string, Statement>> = {
  decisions: statement('erase_decisions', 'delete from decisions d where d.shard = $1 and d.contact_id = $2'),
  consents: statement('erase_consents', 'delete from consents c where c.shard = $1 and c.contact_id = $2'),
  trait_changes: statement('erase_trait_changes', 'delete from trait_changes t where t.shard = $1 and t.contact_id = $2'),
  trait_examples: statement('erase_trait_examples', 'delete from trait_examples t where t.shard = $1 and t.contact_id = $2'),
  notes: statement('erase_notes', 'delete from notes n where n.shard = $1 and n.contact_id = $2'),
  memberships: statement('erase_memberships', 'delete from memberships m where m.shard = $1 and m.contact_id = $2'),
  enrollments: statement('erase_enrollments', 'delete from enrollments e where e.shard = $1 and e.contact_id = $2'),
  orders: statement('erase_orders', 'delete from orders o where o.shard = $1 and o.contact_id = $2'),
  quality_findings: statement('erase_quality_findings', 'delete from quality_findings f where f.shard = $1 and f.contact_id = $2'),
  attempts: statement(
    'erase_attempts',
    `update attempts a set detail = null from messages m
     where a.shard = $1 and m.shard = $1 and m.contact_id = $2 and m.message_id = a.message_id`,
  ),
  messages: statement(
    'erase_messages',
    `update messages m set contact_id = '${NOBODY}', address = '', body = '\\x7b7d',
       reason = case when m.status = 'queued' then 'erased' else m.reason end, status = case when m.status = 'queued' then 'cancelled' else m.status end
     where m.shard = $1 and m.contact_id = $2`,
  ),
};

/** The tables with a column `contact_id` that are dealt with elsewhere, and where. */
export const ERASED_ELSEWHERE: Readonly<Record<string, string>> = {
  contacts: 'the worker writes a tombstone', event_log: 'blanked in place', inbox: 'tombstones swallow what arrives', timers: 'the worker removes those of tombstones',
  erasures: 'it names the tombstones', retention_progress: 'a place, which is nobody', quality_keys: 'in every shard, since they lie where their digest does',
};

/** Every table in which an erasure looks for a contact's id. */
export const ERASED_TABLES: readonly string[] = [...Object.keys(BY_CONTACT), ...Object.keys(ERASED_ELSEWHERE)];

/** Not by shard: what a contact has in common with others lies where that hashes to. */
const forgetKeys = statement('erase_quality_keys', 'delete from quality_keys k where k.contact_id = $1');
const blankHistory = statement(
  'erase_history',
  `update event_log e set kind = ${BLANK_KIND}, contact_id = '${NOBODY}', body = ''
   where e.shard = $1 and e.contact_id = $2 and e.seq <= $3 and (e.kind <> ${LOG_KIND.event} or e.occurred_at_ms <= $4)`,
);
const blankRows = statement(
  'erase_records',
  `update event_log e set kind = ${BLANK_KIND}, contact_id = '${NOBODY}', body = '' from unnest($2::bigint[]) u (seq) where e.shard = $1 and e.seq = u.seq`,
);
/** In lower case and with everything beyond ASCII written out, so that any bytes can be compared as text. */
const forgetRejected = statement(
  'erase_rejected',
  `delete from rejected_events r using unnest($2::bytea[]) u (needle)
   where r.workspace_id = $1 and position(lower(encode(u.needle, 'escape')) in lower(encode(r.payload, 'escape'))) > 0`,
);

export interface Wipe {
  workspaceId: number;
  contactId: ContactId;
  at: Millis;
  /** The last record that had been consumed. */
  upToSeq: number;
  /** What the person was known by. */
  values: readonly string[];
}

/** Removes from the tables of a shard, in this transaction, what was written about a contact; answers how many rows of each. */
export async function wipe(tx: Queryable, shard: number, { workspaceId, contactId, at, upToSeq, values }: Wipe): Promise<Record<string, number>> {
  const removed: Record<string, number> = { contacts: 1 };
  const counted = async (table: string, result: Promise<{ rowCount: number }>): Promise<void> => {
    const { rowCount } = await result;
    if (rowCount > 0) removed[table] = rowCount;
  };
  const needles = values.flatMap(needlesOf);
  await Promise.all([
    counted('event_log', tx.query(blankHistory, [shard, contactId, upToSeq, at])),
    ...Object.entries(BY_CONTACT).map(([table, text]) => counted(table, tx.query(text, [shard, contactId]))),
    counted('quality_keys', tx.query(forgetKeys, [contactId])),
    ...(needles.length === 0 ? [] : [counted('rejected_events', tx.query(forgetRejected, [workspaceId, byteaArray(needles)]))]),
  ]);
  return removed;
}

/** A value as JSON shows it, whole: parts of other words are not meant. */
function needlesOf(value: string): Buffer[] {
  const texts = [JSON.stringify(value)];
  if (/^\d{4,}$/.test(value)) texts.push(`:${value},`, `:${value}}`);
  return texts.map((text) => Buffer.from(text));
}

/** Takes the content out of single records that told again what had been erased. */
export function blankRecords(tx: Queryable, shard: number, seqs: readonly number[]): void {
  if (seqs.length > 0) void tx.query(blankRows, [shard, int8Array(seqs)]);
}
