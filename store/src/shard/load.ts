import type { ContactId, Millis } from '@samovar/core';
import { uuidArray } from '../binary-arrays.ts';
import { statement } from '../statement.ts';
import type { Queryable } from '../transaction.ts';
import type { StoredContact } from './contact-codec.ts';

export interface ShardPosition {
  logOffset: number;
  outSeq: number;
}

const lock = statement('shard_lock', 'select s.log_offset, s.out_seq from shards s where s.shard = $1 for update skip locked');

/** Locks the shard for this transaction; null: somebody else is working on it. */
export async function lockShard(tx: Queryable, shard: number): Promise<ShardPosition | null> {
  const { rows } = await tx.query<{ log_offset: number; out_seq: number }>(lock, [shard]);
  const row = rows[0];
  return row === undefined ? null : { logOffset: row.log_offset, outSeq: row.out_seq };
}

export interface LogRow {
  seq: number;
  workspace_id: number;
  contact_id: ContactId;
  kind: number;
  received_at_ms: Millis;
  occurred_at_ms: Millis;
  name: string;
  body: string;
}

// Read as text: as bytes it would travel in hexadecimal digits, twice as long.
const readLog = statement(
  'shard_read_log',
  `select e.seq, e.workspace_id, e.contact_id, e.kind, e.received_at_ms, e.occurred_at_ms, e.name, convert_from(e.body, 'UTF8') as body
   from event_log e where e.shard = $1 and e.seq > (select s.log_offset from shards s where s.shard = $1) order by e.seq limit $2`,
);

/** The rows of the shard's log that follow its position, in order. Needs not to be told the position, so that it can be asked together with it. */
export async function readLogRows(tx: Queryable, shard: number, limit: number): Promise<LogRow[]> {
  return (await tx.query<LogRow>(readLog, [shard, limit])).rows;
}

export interface InboxRow {
  from_shard: number;
  from_seq: number;
  workspace_id: number;
  contact_id: ContactId;
  body: string;
}

const readInboxRows = statement(
  'shard_read_inbox',
  `select i.from_shard, i.from_seq, i.workspace_id, i.contact_id, convert_from(i.body, 'UTF8') as body
   from inbox i where i.shard = $1 order by i.from_shard, i.from_seq limit $2`,
);

/** What other shards handed over, in order of each. */
export async function readInbox(tx: Queryable, shard: number, limit: number): Promise<InboxRow[]> {
  return (await tx.query<InboxRow>(readInboxRows, [shard, limit])).rows;
}

export interface DueTimer {
  contact_id: ContactId;
  due_at_ms: Millis;
}

const readDue = statement(
  'shard_read_due',
  'select t.contact_id, t.due_at_ms from timers t where t.shard = $1 and t.due_at_ms <= $2 order by t.due_at_ms limit $3',
);

export async function readDueTimers(tx: Queryable, shard: number, now: Millis, limit: number): Promise<DueTimer[]> {
  return (await tx.query<DueTimer>(readDue, [shard, now, limit])).rows;
}

export interface ContactRow extends StoredContact {
  /** null: no timer is set. */
  due_at_ms: Millis | null;
}

const load = statement(
  'shard_load_contacts',
  `select c.contact_id, c.workspace_id, convert_from(c.state, 'UTF8') as state, t.due_at_ms
   from contacts c left join timers t on t.shard = $1 and t.contact_id = c.contact_id
   where c.shard = $1 and c.contact_id = any($2::uuid[])`,
);

export async function loadContacts(tx: Queryable, shard: number, ids: readonly ContactId[]): Promise<ContactRow[]> {
  return (await tx.query<ContactRow>(load, [shard, uuidArray(ids)])).rows;
}

export interface ShardProgram {
  workspaceId: number;
  version: number;
  sweptVersion: number;
  sweepAfter: ContactId | null;
  /** Contacts swept so far, of those that were there when the sweep began. */
  swept: number;
  sweepTotal: number;
}

const readPrograms = statement(
  'shard_read_programs',
  `select p.workspace_id, p.version, p.swept_version, p.sweep_after, p.swept, p.sweep_total,
     exists (select from paused_backfills b where b.workspace_id = p.workspace_id) as paused
   from shard_programs p where p.shard = $1`,
);

/** Which program holds in this shard for each workspace, how far its contacts have been brought up to it, and whether that is held. */
export async function readShardPrograms(tx: Queryable, shard: number): Promise<(ShardProgram & { paused: boolean })[]> {
  const { rows } = await tx.query<{
    workspace_id: number; version: number; swept_version: number; sweep_after: ContactId | null; swept: number; sweep_total: number; paused: boolean;
  }>(readPrograms, [shard]);
  return rows.map((row) => ({
    workspaceId: row.workspace_id, version: row.version, sweptVersion: row.swept_version, sweepAfter: row.sweep_after, swept: row.swept, sweepTotal: row.sweep_total,
    paused: row.paused,
  }));
}

const readSweep = statement(
  'shard_read_sweep',
  `select c.contact_id from contacts c
   where c.shard = $1 and c.workspace_id = $2 and c.redirect_to is null and c.contact_id > $3 order by c.contact_id limit $4`,
);

const FIRST_UUID = '00000000-0000-0000-0000-000000000000';

/** The next contacts of a workspace in this shard, in order of id. */
export async function readContactsAfter(tx: Queryable, shard: number, workspaceId: number, after: ContactId | null, limit: number): Promise<ContactId[]> {
  const { rows } = await tx.query<{ contact_id: ContactId }>(readSweep, [shard, workspaceId, after ?? FIRST_UUID, limit]);
  return rows.map((row) => row.contact_id);
}

const countSweep = statement(
  'shard_count_sweep', 'select count(*) as contacts from contacts c where c.shard = $1 and c.workspace_id = $2 and c.redirect_to is null',
);

/** How many contacts a workspace has in this shard: walks over all of them. */
export async function countShardContacts(tx: Queryable, shard: number, workspaceId: number): Promise<number> {
  return (await tx.query<{ contacts: number }>(countSweep, [shard, workspaceId])).rows[0]?.contacts ?? 0;
}
