import type { ContactId, ConsentChange, DecidedMessage, Decision, EnrollmentChange, Millis, OrderState, OutcomeRecord } from '@samovar/core';
import { int2Array, int4Array, int8Array, jsonbArray, textArray, utf8Array, uuidArray } from '../binary-arrays.ts';
import { statement } from '../statement.ts';
import type { Queryable } from '../transaction.ts';
import type { ShardProgram } from './load.ts';

/** One table's rows for one shard; `workspaceId` where the table bears it. */
export interface ContactWrite {
  id: ContactId;
  workspaceId: number;
  redirectTo: ContactId | null;
  userId: string | null;
  email: string | null;
  createdAt: Millis;
  state: string;
}

const upsertContacts = statement(
  'shard_upsert_contacts',
  `insert into contacts as c (shard, contact_id, workspace_id, redirect_to, user_id, email, created_at_ms, state)
   select s.shard, u.* from shards s,
     unnest($2::uuid[], $3::int[], $4::uuid[], $5::text[], $6::text[], $7::bigint[], $8::bytea[]) u where s.shard = $1
   on conflict (shard, contact_id) do update set redirect_to = excluded.redirect_to, user_id = excluded.user_id,
     email = excluded.email, created_at_ms = excluded.created_at_ms, state = excluded.state`,
);

export function writeContacts(tx: Queryable, shard: number, rows: readonly ContactWrite[]): Promise<unknown> {
  return tx.query(upsertContacts, [
    shard, uuidArray(rows.map((row) => row.id)), int4Array(rows.map((row) => row.workspaceId)), uuidArray(rows.map((row) => row.redirectTo)),
    textArray(rows.map((row) => row.userId)), textArray(rows.map((row) => row.email)), int8Array(rows.map((row) => row.createdAt)),
    utf8Array(rows.map((row) => row.state)),
  ]);
}

const upsertTimers = statement(
  'shard_upsert_timers',
  `insert into timers as t (shard, contact_id, due_at_ms)
   select s.shard, u.* from shards s, unnest($2::uuid[], $3::bigint[]) u where s.shard = $1
   on conflict (shard, contact_id) do update set due_at_ms = excluded.due_at_ms`,
);
const deleteTimers = statement('shard_delete_timers', 'delete from timers t where t.shard = $1 and t.contact_id = any($2::uuid[])');

export function writeTimers(tx: Queryable, shard: number, rows: readonly { id: ContactId; dueAt: Millis }[]): Promise<unknown> {
  return tx.query(upsertTimers, [shard, uuidArray(rows.map((row) => row.id)), int8Array(rows.map((row) => row.dueAt))]);
}

export function removeTimers(tx: Queryable, shard: number, ids: readonly ContactId[]): Promise<unknown> {
  return tx.query(deleteTimers, [shard, uuidArray(ids)]);
}

export interface Of<T> {
  workspaceId: number;
  contactId: ContactId;
  value: T;
}

const upsertEnrollments = statement(
  'shard_upsert_enrollments',
  `insert into enrollments as e (shard, enrollment_id, workspace_id, contact_id, journey, version, entry_key, status, step, reason, entered_at_ms, changed_at_ms)
   select s.shard, u.* from shards s,
     unnest($2::uuid[], $3::int[], $4::uuid[], $5::text[], $6::int[], $7::text[], $8::text[], $9::text[], $10::text[], $11::bigint[], $12::bigint[]) u
   where s.shard = $1
   on conflict (shard, enrollment_id) do update set contact_id = excluded.contact_id, status = excluded.status, step = excluded.step, reason = excluded.reason,
     changed_at_ms = excluded.changed_at_ms`,
);
const deleteEnrollments = statement('shard_delete_enrollments', 'delete from enrollments e where e.shard = $1 and e.enrollment_id = any($2::uuid[])');

export function writeEnrollments(tx: Queryable, shard: number, rows: readonly Of<EnrollmentChange>[]): void {
  const gone = rows.filter((row) => row.value.status === 'moved');
  const kept = rows.filter((row) => row.value.status !== 'moved');
  if (gone.length > 0) void tx.query(deleteEnrollments, [shard, uuidArray(gone.map((row) => row.value.id))]);
  if (kept.length === 0) return;
  void tx.query(upsertEnrollments, [
    shard, uuidArray(kept.map((row) => row.value.id)), int4Array(kept.map((row) => row.workspaceId)), uuidArray(kept.map((row) => row.contactId)),
    textArray(kept.map((row) => row.value.journey)), int4Array(kept.map((row) => row.value.version)), textArray(kept.map((row) => row.value.key)),
    textArray(kept.map((row) => row.value.status)), textArray(kept.map((row) => row.value.step)), textArray(kept.map((row) => row.value.reason)),
    int8Array(kept.map((row) => row.value.enteredAt)), int8Array(kept.map((row) => row.value.changedAt)),
  ]);
}

const insertDecisions = statement(
  'shard_insert_decisions',
  `insert into decisions as d (shard, contact_id, n, workspace_id, at_ms, code, journey, version, enrollment_id, step, detail)
   select s.shard, u.* from shards s,
     unnest($2::uuid[], $3::int[], $4::int[], $5::bigint[], $6::text[], $7::text[], $8::int[], $9::uuid[], $10::text[], $11::bytea[]) u
   where s.shard = $1`,
);

export function writeDecisions(tx: Queryable, shard: number, rows: readonly Of<Decision>[]): void {
  if (rows.length === 0) return;
  void tx.query(insertDecisions, [
    shard, uuidArray(rows.map((row) => row.contactId)), int4Array(rows.map((row) => row.value.n)), int4Array(rows.map((row) => row.workspaceId)),
    int8Array(rows.map((row) => row.value.at)), textArray(rows.map((row) => row.value.code)), textArray(rows.map((row) => row.value.journey)),
    int4Array(rows.map((row) => row.value.version)), uuidArray(rows.map((row) => row.value.enrollmentId)), textArray(rows.map((row) => row.value.step)),
    utf8Array(rows.map((row) => (row.value.detail === null ? null : JSON.stringify(row.value.detail)))),
  ]);
}

const insertConsents = statement(
  'shard_insert_consents',
  `insert into consents as c (shard, contact_id, n, workspace_id, at_ms, purpose, channel, topic, state, address, proof)
   select s.shard, u.* from shards s,
     unnest($2::uuid[], $3::int[], $4::int[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::jsonb[]) u
   where s.shard = $1`,
);

export type ConsentWrite = { n: number; at: Millis; change: ConsentChange; address: string | null };

export function writeConsents(tx: Queryable, shard: number, rows: readonly Of<ConsentWrite>[]): void {
  if (rows.length === 0) return;
  void tx.query(insertConsents, [
    shard, uuidArray(rows.map((row) => row.contactId)), int4Array(rows.map((row) => row.value.n)), int4Array(rows.map((row) => row.workspaceId)),
    int8Array(rows.map((row) => row.value.at)), textArray(rows.map((row) => row.value.change.purpose)), textArray(rows.map((row) => row.value.change.channel)), textArray(rows.map((row) => row.value.change.topic)),
    textArray(rows.map((row) => row.value.change.state)), textArray(rows.map((row) => row.value.address)), jsonbArray(rows.map((row) => row.value.change.proof)),
  ]);
}

const insertMessages = statement(
  'shard_insert_messages',
  `insert into messages as m (shard, message_id, workspace_id, contact_id, enrollment_id, journey, version, step, template, template_version,
     class, topic, status, decided_at_ms, send_after_ms, expires_at_ms, attempts, address, body)
   select s.shard, u.message_id, u.workspace_id, u.contact_id, u.enrollment_id, u.journey, u.version, u.step, u.template, u.template_version,
     u.class, u.topic, 'queued', u.decided_at_ms, u.decided_at_ms, u.expires_at_ms, 0, u.address, u.body
   from shards s, unnest($2::uuid[], $3::int[], $4::uuid[], $5::uuid[], $6::text[], $7::int[], $8::text[], $9::text[], $10::int[], $11::text[], $12::text[],
     $13::bigint[], $14::bigint[], $15::text[], $16::bytea[])
     u (message_id, workspace_id, contact_id, enrollment_id, journey, version, step, template, template_version, class, topic,
     decided_at_ms, expires_at_ms, address, body)
   where s.shard = $1`,
);

export function writeMessages(tx: Queryable, shard: number, rows: readonly Of<DecidedMessage>[]): void {
  if (rows.length === 0) return;
  const texts = (pick: (message: DecidedMessage) => string | null): Buffer => textArray(rows.map((row) => pick(row.value)));
  void tx.query(insertMessages, [
    shard, uuidArray(rows.map((row) => row.value.id)), int4Array(rows.map((row) => row.workspaceId)), uuidArray(rows.map((row) => row.contactId)),
    uuidArray(rows.map((row) => row.value.enrollmentId)), texts((one) => one.journey), int4Array(rows.map((row) => row.value.version)),
    texts((one) => one.step), texts((one) => one.template), int4Array(rows.map((row) => row.value.templateVersion)), texts((one) => one.class),
    texts((one) => one.topic), int8Array(rows.map((row) => row.value.decidedAt)), int8Array(rows.map((row) => row.value.expiresAt)),
    texts((one) => one.address), utf8Array(rows.map((row) => JSON.stringify({ data: row.value.data }))),
  ]);
}

const updateOutcomes = statement(
  'shard_update_outcomes',
  `update messages m set delivered_at_ms = coalesce(m.delivered_at_ms, u.delivered_at_ms), opened_at_ms = coalesce(m.opened_at_ms, u.opened_at_ms),
     machine_opened_at_ms = coalesce(m.machine_opened_at_ms, u.machine_opened_at_ms), clicked_at_ms = coalesce(m.clicked_at_ms, u.clicked_at_ms)
   from unnest($2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])
     u (message_id, delivered_at_ms, opened_at_ms, machine_opened_at_ms, clicked_at_ms)
   where m.shard = $1 and m.message_id = u.message_id`,
);

/** Notes on the messages themselves what their receivers did; the first time of each kind stays. */
export function writeOutcomes(tx: Queryable, shard: number, records: readonly OutcomeRecord[]): void {
  const byMessage = new Map<string, { delivered: Millis | null; opened: Millis | null; machine: Millis | null; clicked: Millis | null }>();
  for (const { messageId, outcome, machine, receivedAt } of records) {
    const times = byMessage.get(messageId) ?? { delivered: null, opened: null, machine: null, clicked: null };
    if (outcome === 'delivered') times.delivered ??= receivedAt;
    else if (outcome === 'opened' && machine) times.machine ??= receivedAt;
    else if (outcome === 'opened') times.opened ??= receivedAt;
    else if (outcome === 'clicked' && !machine) times.clicked ??= receivedAt;
    else continue;
    byMessage.set(messageId, times);
  }
  if (byMessage.size === 0) return;
  const times = [...byMessage.values()];
  void tx.query(updateOutcomes, [
    shard, uuidArray([...byMessage.keys()]), int8Array(times.map((one) => one.delivered)), int8Array(times.map((one) => one.opened)),
    int8Array(times.map((one) => one.machine)), int8Array(times.map((one) => one.clicked)),
  ]);
}

const addCounters = statement(
  'shard_add_counters',
  `insert into counters as c (shard, workspace_id, thing, metric, hour, value)
   select s.shard, u.* from shards s, unnest($2::int[], $3::text[], $4::text[], $5::int[], $6::bigint[]) u where s.shard = $1
   on conflict (shard, workspace_id, thing, metric, hour) do update set value = c.value + excluded.value`,
);

export interface CounterRow {
  workspaceId: number;
  thing: string;
  metric: string;
  /** Hours since 1970-01-01T00:00Z. */
  hour: number;
  value: number;
}

export function writeCounters(tx: Queryable, shard: number, rows: readonly CounterRow[]): void {
  if (rows.length === 0) return;
  void tx.query(addCounters, [
    shard, int4Array(rows.map((row) => row.workspaceId)), textArray(rows.map((row) => row.thing)), textArray(rows.map((row) => row.metric)),
    int4Array(rows.map((row) => row.hour)), int8Array(rows.map((row) => row.value)),
  ]);
}

const upsertOrders = statement(
  'shard_upsert_orders',
  `insert into orders as o (shard, contact_id, order_id, workspace_id, at_ms, currency, total_minor, refunded_minor, message_id, journey, step)
   select s.shard, u.* from shards s,
     unnest($2::uuid[], $3::text[], $4::int[], $5::bigint[], $6::text[], $7::bigint[], $8::bigint[], $9::uuid[], $10::text[], $11::text[]) u
   where s.shard = $1
   on conflict (shard, contact_id, order_id) do update set total_minor = excluded.total_minor, refunded_minor = excluded.refunded_minor`,
);
const deleteOrders = statement(
  'shard_delete_orders',
  `delete from orders o using unnest($2::uuid[], $3::text[]) u (contact_id, order_id)
   where o.shard = $1 and o.contact_id = u.contact_id and o.order_id = u.order_id`,
);

export type OrderWrite = { orderId: string; order: OrderState | null };

export function writeOrders(tx: Queryable, shard: number, rows: readonly Of<OrderWrite>[]): void {
  const gone = rows.filter((row) => row.value.order === null);
  if (gone.length > 0) void tx.query(deleteOrders, [shard, uuidArray(gone.map((row) => row.contactId)), textArray(gone.map((row) => row.value.orderId))]);
  const kept = rows.flatMap((row) => (row.value.order === null ? [] : [{ ...row, order: row.value.order }]));
  if (kept.length === 0) return;
  void tx.query(upsertOrders, [
    shard, uuidArray(kept.map((row) => row.contactId)), textArray(kept.map((row) => row.value.orderId)), int4Array(kept.map((row) => row.workspaceId)),
    int8Array(kept.map((row) => row.order.at)), textArray(kept.map((row) => row.order.currency)), int8Array(kept.map((row) => row.order.totalMinor)),
    int8Array(kept.map((row) => row.order.refundedMinor)), uuidArray(kept.map((row) => row.order.touch?.messageId ?? null)),
    textArray(kept.map((row) => row.order.touch?.journey ?? null)), textArray(kept.map((row) => row.order.touch?.step ?? null)),
  ]);
}

const insertInbox = statement(
  'shard_insert_inbox',
  `insert into inbox as i (shard, from_shard, from_seq, workspace_id, contact_id, body)
   select u.* from unnest($1::smallint[], $2::smallint[], $3::bigint[], $4::int[], $5::uuid[], $6::bytea[]) u`,
);

export interface Posting {
  toShard: number;
  fromSeq: number;
  workspaceId: number;
  contactId: ContactId;
  body: string;
}

/** Hands inputs to other shards, in the same transaction: rows of two shards commit together (two phases on Citus, and rarely). */
export function writeInbox(tx: Queryable, fromShard: number, rows: readonly Posting[]): void {
  if (rows.length === 0) return;
  void tx.query(insertInbox, [
    int2Array(rows.map((row) => row.toShard)), int2Array(rows.map(() => fromShard)), int8Array(rows.map((row) => row.fromSeq)),
    int4Array(rows.map((row) => row.workspaceId)), uuidArray(rows.map((row) => row.contactId)), utf8Array(rows.map((row) => row.body)),
  ]);
}

const deleteInbox = statement(
  'shard_delete_inbox',
  `delete from inbox i using unnest($2::smallint[], $3::bigint[]) u (from_shard, from_seq)
   where i.shard = $1 and i.from_shard = u.from_shard and i.from_seq = u.from_seq`,
);

export function removeFromInbox(tx: Queryable, shard: number, rows: readonly { from_shard: number; from_seq: number }[]): void {
  if (rows.length === 0) return;
  void tx.query(deleteInbox, [shard, int2Array(rows.map((row) => row.from_shard)), int8Array(rows.map((row) => row.from_seq))]);
}

const moveShard = statement('shard_move', 'update shards s set log_offset = $2, out_seq = $3 where s.shard = $1');

export function writePosition(tx: Queryable, shard: number, logOffset: number, outSeq: number): void {
  void tx.query(moveShard, [shard, logOffset, outSeq]);
}

const upsertProgram = statement(
  'shard_upsert_program',
  `insert into shard_programs as p (shard, workspace_id, version, swept_version, sweep_after, swept, sweep_total)
   select s.shard, $2, $3, $4, $5, $6, $7 from shards s where s.shard = $1
   on conflict (shard, workspace_id) do update set version = excluded.version, swept_version = excluded.swept_version, sweep_after = excluded.sweep_after,
     swept = excluded.swept, sweep_total = excluded.sweep_total`,
);

export function writeShardProgram(tx: Queryable, shard: number, program: ShardProgram): void {
  const { workspaceId, version, sweptVersion, sweepAfter, swept, sweepTotal } = program;
  void tx.query(upsertProgram, [shard, workspaceId, version, sweptVersion, sweepAfter, swept, sweepTotal]);
}
