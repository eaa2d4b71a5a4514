import { shardOf } from '@samovar/core';
import type { ContactId, ContactState, EnrollmentId, MessageId, Millis } from '@samovar/core';
import { statement } from '../statement.ts';
import type { Queryable } from '../transaction.ts';
import { pageByShard } from './by-shard.ts';
import type { ShardPlace } from './by-shard.ts';

const FIRST_UUID = '00000000-0000-0000-0000-000000000000';

export interface ListedContact {
  shard: number;
  contactId: ContactId;
  userId: string | null;
  email: string | null;
  createdAt: Millis;
}

const list = statement(
  'read_list_contacts',
  `select c.shard, c.contact_id, c.user_id, c.email, c.created_at_ms from contacts c
   where c.shard = $1 and c.contact_id > $2 and c.workspace_id = $3 and c.redirect_to is null order by c.contact_id limit $4`,
);

interface ContactRow {
  shard: number;
  contact_id: ContactId;
  user_id: string | null;
  email: string | null;
  created_at_ms: Millis;
}

/** Contacts of a workspace in the order of their ids. */
export async function listContacts(db: Queryable, workspaceId: number, after: ShardPlace, limit: number, shardCount: number): Promise<ListedContact[]> {
  return pageByShard(after, shardCount, limit, async (shard, afterKey, rest) => {
    const { rows } = await db.query<ContactRow>(list, [shard, afterKey ?? FIRST_UUID, workspaceId, rest]);
    return rows.map((row) => ({ shard: row.shard, contactId: row.contact_id, userId: row.user_id, email: row.email, createdAt: row.created_at_ms }));
  });
}

/** The ids under which history of a contact was written: its own and those of everybody merged into it. */
export function idsOf(contact: ContactState): ContactId[] {
  return [contact.id, ...(Object.keys(contact.absorbed) as ContactId[]).filter((id) => id !== contact.id)];
}

export interface EnrollmentRow {
  enrollmentId: EnrollmentId;
  contactId: ContactId;
  journey: string;
  version: number;
  key: string | null;
  status: 'active' | 'completed' | 'exited';
  step: string | null;
  reason: string | null;
  enteredAt: Millis;
  changedAt: Millis;
}

export interface RawEnrollment {
  shard: number;
  enrollment_id: EnrollmentId;
  contact_id: ContactId;
  journey: string;
  version: number;
  entry_key: string | null;
  status: EnrollmentRow['status'];
  step: string | null;
  reason: string | null;
  entered_at_ms: Millis;
  changed_at_ms: Millis;
}

export const ENROLLMENT_COLUMNS = 'e.shard, e.enrollment_id, e.contact_id, e.journey, e.version, e.entry_key, e.status, e.step, e.reason, e.entered_at_ms, e.changed_at_ms';

export function enrollmentOf(row: RawEnrollment): EnrollmentRow {
  return {
    enrollmentId: row.enrollment_id, contactId: row.contact_id, journey: row.journey, version: row.version, key: row.entry_key, status: row.status, step: row.step,
    reason: row.reason, enteredAt: row.entered_at_ms, changedAt: row.changed_at_ms,
  };
}

const enrollmentsOfContact = statement(
  'read_enrollments_of_contact',
  `select ${ENROLLMENT_COLUMNS} from enrollments e where e.shard = $1 and e.contact_id = $2 order by e.entered_at_ms desc limit $3`,
);

/** Passages of a contact through journeys, the latest first. */
export async function readEnrollments(db: Queryable, ids: readonly ContactId[], limit: number, shardCount: number): Promise<EnrollmentRow[]> {
  const parts = await Promise.all(ids.map((id) => db.query<RawEnrollment>(enrollmentsOfContact, [shardOf(id, shardCount), id, limit])));
  return parts.flatMap(({ rows }) => rows.map(enrollmentOf)).sort((a, b) => b.enteredAt - a.enteredAt).slice(0, limit);
}

export interface OrderRow {
  orderId: string;
  at: Millis;
  currency: string;
  totalMinor: number;
  refundedMinor: number;
  messageId: MessageId | null;
  journey: string | null;
  step: string | null;
}

const ordersOfContact = statement(
  'read_orders_of_contact',
  `select o.order_id, o.at_ms, o.currency, o.total_minor, o.refunded_minor, o.message_id, o.journey, o.step from orders o
   where o.shard = $1 and o.contact_id = $2 order by o.at_ms desc limit $3`,
);

/** Orders of a contact, the latest first. */
export async function readOrders(db: Queryable, id: ContactId, limit: number, shardCount: number): Promise<OrderRow[]> {
  const { rows } = await db.query<{
    order_id: string; at_ms: Millis; currency: string; total_minor: number; refunded_minor: number; message_id: MessageId | null; journey: string | null; step: string | null;
  }>(ordersOfContact, [shardOf(id, shardCount), id, limit]);
  return rows.map((row) => ({
    orderId: row.order_id, at: row.at_ms, currency: row.currency, totalMinor: row.total_minor, refundedMinor: row.refunded_minor, messageId: row.message_id,
    journey: row.journey, step: row.step,
  }));
}
