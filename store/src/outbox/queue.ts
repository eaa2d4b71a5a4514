import type { ContactId, EnrollmentId, MessageClass, MessageId, Millis } from '@samovar/core';
import { int2Array, int4Array, int8Array, textArray, uuidArray } from '../binary-arrays.ts';
import { statement } from '../statement.ts';
import type { Statement } from '../statement.ts';
import type { Queryable } from '../transaction.ts';

/** A shard with messages in its queue or under way. */
export interface OutboxWork {
  shard: number;
  /** When the earliest queued message may leave; null: none is queued. */
  dueAt: Millis | null;
  /** The same for messages that answer something a contact did. */
  transactionalDueAt: Millis | null;
  /** When the earliest attempt under way has had its time; null: none is under way. */
  deadlineAt: Millis | null;
}

const find = statement(
  'outbox_find_work',
  `select s.shard,
     (select m.send_after_ms from messages m where m.shard = s.shard and m.status = 'queued' and m.workspace_id <> all($1::int[])
      order by m.send_after_ms limit 1) as due_at_ms,
     (select m.send_after_ms from messages m where m.shard = s.shard and m.status = 'queued' and m.class in ('transactional', 'confirmation') and m.workspace_id <> all($1::int[])
      order by m.send_after_ms limit 1) as transactional_due_at_ms,
     (select min(m.claimed_until_ms) from messages m where m.shard = s.shard and m.status = 'sending') as deadline_at_ms
   from shards s`,
);

/** Looks at all shards without locking any; messages of the workspaces named are left out. */
export async function findOutboxWork(db: Queryable, withoutWorkspaces: readonly number[]): Promise<OutboxWork[]> {
  const { rows } = await db.query<{ shard: number; due_at_ms: Millis | null; transactional_due_at_ms: Millis | null; deadline_at_ms: Millis | null }>(
    find, [int4Array(withoutWorkspaces)],
  );
  return rows.map((row) => ({ shard: row.shard, dueAt: row.due_at_ms, transactionalDueAt: row.transactional_due_at_ms, deadlineAt: row.deadline_at_ms }));
}

/** A queued message, locked by the transaction that read it. */
export interface QueuedRow {
  message_id: MessageId;
  workspace_id: number;
  contact_id: ContactId;
  enrollment_id: EnrollmentId;
  journey: string;
  step: string;
  template: string;
  template_version: number;
  class: MessageClass;
  topic: string | null;
  decided_at_ms: Millis;
  expires_at_ms: Millis;
  attempts: number;
  address: string;
  body: Buffer;
  /** When the first attempt began, for a message that was tried before. */
  first_started_at_ms: Millis | null;
}

function claimStatement(name: string, classes: readonly [MessageClass, MessageClass]): Statement {
  return statement(
    `outbox_lock_${name}`,
    `select m.message_id, m.workspace_id, m.contact_id, m.enrollment_id, m.journey, m.step, m.template, m.template_version, m.class, m.topic,
       m.decided_at_ms, m.expires_at_ms, m.attempts, m.address, m.body,
       (select a.started_at_ms from attempts a where a.shard = $1 and a.message_id = m.message_id and a.attempt = 1) as first_started_at_ms
     from messages m
     where m.shard = $1 and m.status = 'queued' and m.class in ('${classes.join('\', \'')}') and m.send_after_ms <= $2 and m.workspace_id <> all($3::int[])
     order by m.send_after_ms limit $4 for update skip locked`,
  );
}

const LOCK_QUEUED = { answering: claimStatement('answering', ['transactional', 'confirmation']), promoting: claimStatement('promoting', ['marketing', 'legitimate-interest']) };

export interface LockQueuedRequest {
  now: Millis;
  withoutWorkspaces: readonly number[];
  limit: number;
}

/** Locks the next due messages of a shard, those that answer something first; what another sender holds is passed over. */
export async function lockQueued(tx: Queryable, shard: number, { now, withoutWorkspaces, limit }: LockQueuedRequest): Promise<QueuedRow[]> {
  const parameters = [shard, now, int4Array(withoutWorkspaces), limit];
  const [first, second] = await Promise.all([
    tx.query<QueuedRow>(LOCK_QUEUED.answering, parameters),
    tx.query<QueuedRow>(LOCK_QUEUED.promoting, parameters),
  ]);
  return [...first.rows, ...second.rows];
}

const markSending = statement(
  'outbox_mark_sending',
  `update messages m set status = 'sending', attempts = u.attempt, claimed_until_ms = $4, reason = null
   from unnest($2::uuid[], $3::smallint[]) u (message_id, attempt) where m.shard = $1 and m.message_id = u.message_id`,
);
const insertAttempts = statement(
  'outbox_insert_attempts',
  `insert into attempts as a (shard, message_id, attempt, started_at_ms, deadline_ms)
   select s.shard, u.message_id, u.attempt, $4, $5 from shards s, unnest($2::uuid[], $3::smallint[]) u (message_id, attempt) where s.shard = $1`,
);

export interface AttemptKey {
  messageId: MessageId;
  attempt: number;
}

/** Notes that an attempt begins, before anything is said to a provider. */
export function beginAttempts(tx: Queryable, shard: number, attempts: readonly AttemptKey[], now: Millis, deadline: Millis): void {
  if (attempts.length === 0) return;
  const ids = uuidArray(attempts.map((one) => one.messageId));
  const numbers = int2Array(attempts.map((one) => one.attempt));
  void tx.query(markSending, [shard, ids, numbers, deadline]);
  void tx.query(insertAttempts, [shard, ids, numbers, now, deadline]);
}

const postpone = statement(
  'outbox_postpone',
  `update messages m set send_after_ms = u.send_after_ms, reason = u.reason
   from unnest($2::uuid[], $3::bigint[], $4::text[]) u (message_id, send_after_ms, reason)
   where m.shard = $1 and m.message_id = u.message_id and m.status = 'queued'`,
);

export interface Postponement {
  messageId: MessageId;
  until: Millis;
  /** Why, in a word that people see; null: none worth telling. */
  reason: string | null;
}

/** Lets queued messages wait. */
export function postponeQueued(tx: Queryable, shard: number, rows: readonly Postponement[]): void {
  if (rows.length === 0) return;
  void tx.query(postpone, [
    shard, uuidArray(rows.map((row) => row.messageId)), int8Array(rows.map((row) => row.until)), textArray(rows.map((row) => row.reason)),
  ]);
}

const queueDepth = statement(
  'outbox_depth',
  `select m.status, count(*) as messages from messages m where m.status in ('queued', 'sending') group by m.status`,
);

/** How many messages wait, and how many are under way. */
export async function countOutbox(db: Queryable): Promise<{ queued: number; sending: number }> {
  const { rows } = await db.query<{ status: string; messages: number }>(queueDepth);
  const of = (status: string): number => rows.find((row) => row.status === status)?.messages ?? 0;
  return { queued: of('queued'), sending: of('sending') };
}
