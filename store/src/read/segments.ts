import type { ContactId, Millis } from '@samovar/core';
import { statement } from '../statement.ts';
import type { Queryable } from '../transaction.ts';
import { pageByShard } from './by-shard.ts';
import type { ShardPlace } from './by-shard.ts';

const FIRST_UUID = '00000000-0000-0000-0000-000000000000';

const countMembers = statement(
  'read_count_members',
  'select m.segment, count(*) as members from memberships m where m.workspace_id = $1 group by m.segment',
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
}

const listMembers = statement(
  'read_list_members',
  `select m.shard, m.contact_id, m.entered_at_ms, c.email, c.user_id from memberships m
   join contacts c on c.shard = $1 and c.contact_id = m.contact_id
   where m.shard = $1 and m.workspace_id = $2 and m.segment = $3 and m.contact_id > $4 order by m.contact_id limit $5`,
);

/** Members of a segment in the order of their ids. */
export async function readMembers(db: Queryable, workspaceId: number, segment: string, after: ShardPlace, limit: number, shardCount: number): Promise<Member[]> {
  return pageByShard(after, shardCount, limit, async (shard, afterKey, rest) => {
    const { rows } = await db.query<{ shard: number; contact_id: ContactId; entered_at_ms: Millis; email: string | null; user_id: string | null }>(
      listMembers, [shard, workspaceId, segment, afterKey ?? FIRST_UUID, rest],
    );
    return rows.map((row) => ({ shard: row.shard, contactId: row.contact_id, email: row.email, userId: row.user_id, enteredAt: row.entered_at_ms }));
  });
}
