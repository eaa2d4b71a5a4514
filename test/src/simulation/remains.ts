import type { ContactId, ContactState, Logged } from '@samovar/core';
import { decodeOccupant, type Database, type StoredContact } from '@samovar/store';
import { readLog } from '../read-log.ts';

export interface MessageRow {
  message_id: string;
  contact_id: ContactId;
  journey: string;
  step: string;
  template: string;
  template_version: number;
  class: 'marketing' | 'transactional';
  topic: string | null;
  status: string;
  reason: string | null;
  attempts: number;
  address: string;
  decided_at_ms: number;
  expires_at_ms: number;
}

export interface AttemptRow {
  message_id: string;
  attempt: number;
  started_at_ms: number;
  ended_at_ms: number | null;
  outcome: string | null;
}

interface DecisionRow {
  contact_id: ContactId;
  n: number;
  at_ms: number;
  code: string;
  journey: string | null;
  version: number | null;
  enrollment_id: string | null;
  step: string | null;
  detail: string;
}

/** What a run left in the database. */
export interface Remains {
  log: Logged[];
  states: ContactState[];
  redirects: Map<ContactId, ContactId>;
  messages: MessageRow[];
  attempts: AttemptRow[];
  decisions: DecisionRow[];
  memberships: { segment: string; contact_id: ContactId }[];
  enrollments: { enrollment_id: string; contact_id: ContactId; journey: string; version: number; status: string; step: string | null }[];
  timers: Map<ContactId, number>;
  orders: { contact_id: ContactId; order_id: string; total_minor: number; refunded_minor: number }[];
  /** By `thing metric hour`. */
  counters: Map<string, number>;
  suppressed: number;
  inbox: number;
}

export async function readRemains(db: Database): Promise<Remains> {
  const rows = async <T extends object>(text: string): Promise<T[]> => (await db.query<T>(text)).rows;
  const contacts = await rows<StoredContact & { redirect_to: ContactId | null }>(
    `select c.contact_id, c.workspace_id, c.redirect_to, convert_from(c.state, 'UTF8') as state from contacts c`);
  const counters = await rows<{ name: string; value: number }>(
    `select c.thing || ' ' || c.metric || ' ' || c.hour as name, sum(c.value)::int8 as value from counters c group by 1`);
  const [counts] = await rows<{ suppressed: number; inbox: number }>('select (select count(*) from suppressions) as suppressed, (select count(*) from inbox) as inbox');
  return {
    log: await readLog(db),
    states: contacts.flatMap((row) => {
      const occupant = decodeOccupant(row);
      return occupant.kind === 'contact' ? [occupant.state] : [];
    }),
    redirects: new Map(contacts.flatMap(({ contact_id: id, redirect_to: to }) => (to === null ? [] : [[id, to] as const]))),
    messages: await rows(
      `select m.message_id, m.contact_id, m.journey, m.step, m.template, m.template_version, m.class, m.topic, m.status, m.reason, m.attempts, m.address,
         m.decided_at_ms, m.expires_at_ms
       from messages m order by m.decided_at_ms, m.message_id`,
    ),
    attempts: await rows('select a.message_id, a.attempt, a.started_at_ms, a.ended_at_ms, a.outcome from attempts a order by a.message_id, a.attempt'),
    decisions: await rows(
      `select d.contact_id, d.n, d.at_ms, d.code, d.journey, d.version, d.enrollment_id, d.step, coalesce(convert_from(d.detail, 'UTF8'), 'null') as detail
       from decisions d order by d.contact_id, d.n`,
    ),
    memberships: await rows('select m.segment, m.contact_id from memberships m where m.left_at_ms is null'),
    enrollments: await rows('select e.enrollment_id, e.contact_id, e.journey, e.version, e.status, e.step from enrollments e'),
    timers: new Map((await rows<{ contact_id: ContactId; due_at_ms: number }>('select t.contact_id, t.due_at_ms from timers t')).map((row) => [row.contact_id, row.due_at_ms])),
    orders: await rows('select o.contact_id, o.order_id, o.total_minor, o.refunded_minor from orders o'),
    counters: new Map(counters.map(({ name, value }) => [name, value])),
    suppressed: counts?.suppressed ?? 0,
    inbox: counts?.inbox ?? 0,
  };
}
