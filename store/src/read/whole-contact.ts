import { shardOf } from '@samovar/core';
import type { ContactId, MessageClass, MessageId, Millis } from '@samovar/core';
import { LOG_KIND } from '../log/encoding.ts';
import { statement } from '../statement.ts';
import type { SqlParameter, Statement } from '../statement.ts';
import type { Queryable } from '../transaction.ts';

/** Rows held in memory at once. */
const PAGE = 500;
const FIRST_UUID = '00000000-0000-0000-0000-000000000000';
const EARLIEST = Number.MIN_SAFE_INTEGER;

/** One table, read for one id in the order of a key: $1 shard, $2 contact, $3 … the key after which to go on, and last the limit. */
interface Walk<Row> {
  text: Statement;
  from: readonly SqlParameter[];
  after: (row: Row) => readonly SqlParameter[];
}

export interface WholeRecord { seq: number; kind: number; name: string; received_at_ms: Millis; occurred_at_ms: Millis; body: string }
export interface WholeMessage {
  shard: number; message_id: MessageId; contact_id: ContactId; journey: string; step: string; template: string; template_version: number; class: MessageClass; topic: string | null; status: string; reason: string | null; address: string;
  body: Buffer; decided_at_ms: Millis; sent_at_ms: Millis | null; delivered_at_ms: Millis | null; opened_at_ms: Millis | null; machine_opened_at_ms: Millis | null; clicked_at_ms: Millis | null;
}
export interface WholeDecision { n: number; at_ms: Millis; code: string; journey: string | null; version: number | null; step: string | null; detail: Buffer | null }
export interface WholeConsent { n: number; at_ms: Millis; purpose: string; channel: string | null; topic: string | null; state: string; address: string | null; proof: object }
export interface WholeMembership { segment: string; entered_at_ms: Millis; entered_by: string | null; left_at_ms: Millis | null; left_by: string | null }
export interface WholeEnrollment { enrollment_id: string; journey: string; version: number; entry_key: string | null; status: string; step: string | null; reason: string | null; entered_at_ms: Millis; changed_at_ms: Millis }
export interface WholeTraitChange { n: number; at_ms: Millis; told_at_ms: Millis; trait: string; before: string | null; after: string | null; source: string }
export interface WholeNote { at_ms: Millis; note_id: string; written_by: string; body: string }
export interface WholeOrder { order_id: string; at_ms: Millis; currency: string; total_minor: number; refunded_minor: number; journey: string | null; step: string | null }

function records(kind: number, name: string): Walk<WholeRecord> {
  return {
    text: statement(
      `whole_${name}`,
      `select e.seq, e.kind, e.name, e.received_at_ms, e.occurred_at_ms, convert_from(e.body, 'UTF8') as body from event_log e
       where e.shard = $1 and e.contact_id = $2 and e.kind = ${kind} and e.occurred_at_ms >= $3 and (e.occurred_at_ms, e.seq) > ($3, $4)
       order by e.occurred_at_ms, e.seq limit $5`,
    ),
    from: [EARLIEST, 0],
    after: (row) => [row.occurred_at_ms, row.seq],
  };
}

const events = records(LOG_KIND.event, 'events');
const outcomes = records(LOG_KIND.outcome, 'outcomes');
const messages: Walk<WholeMessage> = {
  text: statement(
    'whole_messages',
    `select m.shard, m.message_id, m.contact_id, m.journey, m.step, m.template, m.template_version, m.class, m.topic, m.status, m.reason, m.address, m.body, m.decided_at_ms, m.sent_at_ms, m.delivered_at_ms,
       m.opened_at_ms, m.machine_opened_at_ms, m.clicked_at_ms from messages m
     where m.shard = $1 and m.contact_id = $2 and m.decided_at_ms >= $3 and (m.decided_at_ms, m.message_id) > ($3, $4::uuid) order by m.decided_at_ms, m.message_id limit $5`,
  ),
  from: [EARLIEST, FIRST_UUID],
  after: (row) => [row.decided_at_ms, row.message_id],
};
const decisions: Walk<WholeDecision> = {
  text: statement('whole_decisions', 'select d.n, d.at_ms, d.code, d.journey, d.version, d.step, d.detail from decisions d where d.shard = $1 and d.contact_id = $2 and d.n > $3 order by d.n limit $4'),
  from: [-1],
  after: (row) => [row.n],
};
const consents: Walk<WholeConsent> = {
  text: statement(
    'whole_consents',
    'select c.n, c.at_ms, c.purpose, c.channel, c.topic, c.state, c.address, c.proof from consents c where c.shard = $1 and c.contact_id = $2 and c.n > $3 order by c.n limit $4',
  ),
  from: [-1],
  after: (row) => [row.n],
};
const memberships: Walk<WholeMembership> = {
  text: statement(
    'whole_memberships',
    `select m.segment, m.entered_at_ms, m.entered_by, m.left_at_ms, m.left_by from memberships m
     where m.shard = $1 and m.contact_id = $2 and (m.segment collate "C", m.entered_at_ms) > ($3, $4) order by m.segment collate "C", m.entered_at_ms limit $5`,
  ),
  from: ['', EARLIEST],
  after: (row) => [row.segment, row.entered_at_ms],
};
const enrollments: Walk<WholeEnrollment> = {
  text: statement(
    'whole_enrollments',
    `select e.enrollment_id, e.journey, e.version, e.entry_key, e.status, e.step, e.reason, e.entered_at_ms, e.changed_at_ms from enrollments e
     where e.shard = $1 and e.contact_id = $2 and e.enrollment_id > $3 order by e.enrollment_id limit $4`,
  ),
  from: [FIRST_UUID],
  after: (row) => [row.enrollment_id],
};
const orders: Walk<WholeOrder> = {
  text: statement(
    'whole_orders',
    `select o.order_id, o.at_ms, o.currency, o.total_minor, o.refunded_minor, o.journey, o.step from orders o
     where o.shard = $1 and o.contact_id = $2 and o.order_id collate "C" > $3 order by o.order_id collate "C" limit $4`,
  ),
  from: [''],
  after: (row) => [row.order_id],
};

const traitChanges: Walk<WholeTraitChange> = {
  text: statement(
    'whole_trait_changes',
    `select t.n, t.at_ms, t.told_at_ms, t.trait, convert_from(t.before, 'UTF8') as before, convert_from(t.after, 'UTF8') as after, convert_from(t.source, 'UTF8') as source from trait_changes t
     where t.shard = $1 and t.contact_id = $2 and t.n > $3 order by t.n limit $4`,
  ),
  from: [-1],
  after: (row) => [row.n],
};
const notes: Walk<WholeNote> = {
  text: statement(
    'whole_notes',
    `select n.at_ms, n.note_id, n.written_by, n.body from notes n
     where n.shard = $1 and n.contact_id = $2 and (n.at_ms, n.note_id) > ($3, $4::uuid) order by n.at_ms, n.note_id limit $5`,
  ),
  from: [EARLIEST, FIRST_UUID],
  after: (row) => [row.at_ms, row.note_id],
};

/** Tables with a column `contact_id` that an export reads, and those that hold nothing for it. */
export const EXPORTED_TABLES = ['event_log', 'messages', 'decisions', 'consents', 'memberships', 'enrollments', 'orders', 'trait_changes', 'notes', 'contacts'];
export const NOT_EXPORTED: Readonly<Record<string, string>> = { inbox: 'is under way', timers: 'a time to look again', erasures: 'about nobody', quality_findings: 'works out what the rest tells', quality_keys: 'digests', retention_progress: 'a place',
  trait_examples: 'names contacts that have a trait, and nothing of them',
};

async function* walk<Row extends object>(db: Queryable, { text, from, after }: Walk<Row>, ids: readonly ContactId[], shardCount: number): AsyncGenerator<Row> {
  for (const id of ids) {
    let place = from;
    for (let full = true; full;) {
      const { rows } = await db.query<Row>(text, [shardOf(id, shardCount), id, ...place, PAGE]);
      yield* rows;
      full = rows.length === PAGE;
      const last = rows.at(-1);
      if (last !== undefined) place = after(last);
    }
  }
}

/** Everything that the tables hold of a contact, page by page: `ids` are its own and those of everybody merged into it. */
export function readWholeContact(db: Queryable, ids: readonly ContactId[], shardCount: number): {
  events: AsyncGenerator<WholeRecord>; outcomes: AsyncGenerator<WholeRecord>; messages: AsyncGenerator<WholeMessage>; decisions: AsyncGenerator<WholeDecision>;
  consents: AsyncGenerator<WholeConsent>; memberships: AsyncGenerator<WholeMembership>; enrollments: AsyncGenerator<WholeEnrollment>; orders: AsyncGenerator<WholeOrder>;
  traitChanges: AsyncGenerator<WholeTraitChange>; notes: AsyncGenerator<WholeNote>;
} {
  return {
    events: walk(db, events, ids, shardCount), outcomes: walk(db, outcomes, ids, shardCount), messages: walk(db, messages, ids, shardCount),
    decisions: walk(db, decisions, ids, shardCount), consents: walk(db, consents, ids, shardCount), memberships: walk(db, memberships, ids, shardCount),
    enrollments: walk(db, enrollments, ids, shardCount), orders: walk(db, orders, ids, shardCount),
    traitChanges: walk(db, traitChanges, ids, shardCount), notes: walk(db, notes, ids, shardCount),
  };
}
