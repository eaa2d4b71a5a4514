import { shardOf, type Cause, type ContactId, type Millis } from '@samovar/core';
import { statement } from '../statement.ts';
import type { Queryable } from '../transaction.ts';
import { pageByShard } from './by-shard.ts';
import type { ShardPlace } from './by-shard.ts';

const FIRST_UUID = '00000000-0000-0000-0000-000000000000';

const countMembers = statement(
  'read_count_members',
  'select m.segment, count(*) as members from memberships m where m.workspace_id = $1 and m.left_at_ms is null group by m.segment',
);

/** Members of each segment that has any. */
export async function countAllMembers(db: Queryable, workspaceId: number): Promise<Map<string, number>> {
  const { rows } = await db.query<{ segment: string; members: number }>(countMembers, [workspaceId]);
  return new Map(rows.map((row) => [row.segment, row.members]));
}

export interface Member {
  shard: number;
  contactId: ContactId;
  email: string | null;
  userId: string | null;
  enteredAt: Millis;
  leftAt: Millis | null;
  /** The contact that it has been made part of since. */
  mergedInto: ContactId | null;
}

const MEMBER = 'm.shard, m.contact_id, m.entered_at_ms, m.left_at_ms, c.email, c.user_id, c.redirect_to';

const listMembers = statement(
  'read_list_members',
  `select ${MEMBER} from memberships m
   join contacts c on c.shard = $1 and c.contact_id = m.contact_id
   where m.shard = $1 and m.workspace_id = $2 and m.segment = $3 and m.contact_id > $4 and m.left_at_ms is null order by m.contact_id limit $5`,
);

// Two walks along an index, each as far as the page goes: a contact is in one of them at most, since its spans do not overlap.
const listMembersAt = statement(
  'read_list_members_at',
  `select ${MEMBER} from (
     (select a.shard, a.contact_id, a.entered_at_ms, a.left_at_ms from memberships a
      where a.shard = $1 and a.workspace_id = $2 and a.segment = $3 and a.contact_id > $4 and a.left_at_ms is null and a.entered_at_ms <= $6
      order by a.contact_id limit $5)
     union all
     (select b.shard, b.contact_id, b.entered_at_ms, b.left_at_ms from memberships b
      where b.shard = $1 and b.workspace_id = $2 and b.segment = $3 and b.contact_id > $4 and b.left_at_ms is not null and b.entered_at_ms <= $6 and b.left_at_ms > $6
      order by b.contact_id limit $5)
   ) m join contacts c on c.shard = $1 and c.contact_id = m.contact_id order by m.contact_id limit $5`,
);

interface MemberRow {
  shard: number;
  contact_id: ContactId;
  entered_at_ms: Millis;
  left_at_ms: Millis | null;
  email: string | null;
  user_id: string | null;
  redirect_to: ContactId | null;
}

/** Members of a segment in the order of their ids: now, or who was inside at a moment, as it was decided then. */
export async function readMembers(
  db: Queryable, workspaceId: number, { segment, at = null }: { segment: string; at?: Millis | null }, after: ShardPlace, limit: number, shardCount: number,
): Promise<Member[]> {
  return pageByShard(after, shardCount, limit, async (shard, afterKey, rest) => {
    const place = [shard, workspaceId, segment, afterKey ?? FIRST_UUID, rest];
    const { rows } = at === null ? await db.query<MemberRow>(listMembers, place) : await db.query<MemberRow>(listMembersAt, [...place, at]);
    return rows.map((row) => ({
      shard: row.shard, contactId: row.contact_id, email: row.email, userId: row.user_id, enteredAt: row.entered_at_ms, leftAt: row.left_at_ms, mergedInto: row.redirect_to,
    }));
  });
}

/** A time that a contact spent, or spends, in a segment. */
export interface MembershipSpan {
  contactId: ContactId;
  segment: string;
  enteredAt: Millis;
  /** null: it was not recorded. */
  enteredBy: Cause | null;
  /** null: it is inside. */
  leftAt: Millis | null;
  leftBy: Cause | null;
}

const listSpans = statement(
  'read_list_spans',
  `select m.contact_id, m.segment, m.entered_at_ms, m.entered_by, m.left_at_ms, m.left_by from memberships m
   where m.shard = $1 and m.contact_id = $2 and ($3::text is null or m.segment = $3)
     and (m.entered_at_ms, m.segment collate "C", m.contact_id) < ($4::bigint, $5::text, $6::uuid)
   order by m.entered_at_ms desc, m.segment collate "C" desc, m.contact_id desc limit $7`,
);

interface SpanRow {
  contact_id: ContactId;
  segment: string;
  entered_at_ms: Millis;
  entered_by: string | null;
  left_at_ms: Millis | null;
  left_by: string | null;
}

/** After this span a page of spans goes on. */
export type SpanPlace = Pick<MembershipSpan, 'enteredAt' | 'segment' | 'contactId'>;

const LAST_UUID = 'ffffffff-ffff-ffff-ffff-ffffffffffff' as ContactId;
const BEFORE_ALL: SpanPlace = { enteredAt: Number.MAX_SAFE_INTEGER, segment: '', contactId: LAST_UUID };

/** When a contact was in segments, or in one, the latest entry first; `ids` are all its ids, since what it did before a merge stays under the id of then. */
export async function readMembershipSpans(
  db: Queryable, ids: readonly ContactId[], { segment, after, limit }: { segment: string | null; after: SpanPlace | null; limit: number }, shardCount: number,
): Promise<MembershipSpan[]> {
  const { enteredAt, segment: name, contactId } = after ?? BEFORE_ALL;
  const parts = await Promise.all(ids.map((id) => db.query<SpanRow>(listSpans, [shardOf(id, shardCount), id, segment, enteredAt, name, contactId, limit])));
  return parts
    .flatMap(({ rows }) => rows.map(spanOf))
    .sort((a, b) => b.enteredAt - a.enteredAt || compare(b.segment, a.segment) || compare(b.contactId, a.contactId))
    .slice(0, limit);
}

function spanOf(row: SpanRow): MembershipSpan {
  return {
    contactId: row.contact_id, segment: row.segment, enteredAt: row.entered_at_ms, enteredBy: causeOf(row.entered_by), leftAt: row.left_at_ms, leftBy: causeOf(row.left_by),
  };
}

function causeOf(text: string | null): Cause | null {
  return text === null ? null : JSON.parse(text) as Cause;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
