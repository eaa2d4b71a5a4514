import type { Millis } from '@samovar/core';
import { statement } from '../statement.ts';
import type { Queryable } from '../transaction.ts';

/** A shard with something to do, or the time when it next will have. */
export interface ShardWork {
  shard: number;
  /** Records not yet consumed, roughly: sequence numbers jump with the clock. */
  behind: boolean;
  inbox: boolean;
  sweeping: boolean;
  /** When the earliest timer falls due; null: none. */
  nextDueAt: Millis | null;
}

const find = statement(
  'shard_find_work',
  `select s.shard, h.head > s.log_offset as behind,
     exists (select from inbox i where i.shard = s.shard) as inbox,
     exists (select from shard_programs p where p.shard = s.shard and p.swept_version < p.version
       and not exists (select from paused_backfills b where b.workspace_id = p.workspace_id)) as sweeping,
     (select min(t.due_at_ms) from timers t where t.shard = s.shard) as next_due_at_ms
   from shards s join log_head h on h.shard = s.shard`,
);

/** Looks at all shards without locking any. */
export async function findWork(db: Queryable): Promise<ShardWork[]> {
  const { rows } = await db.query<{ shard: number; behind: boolean; inbox: boolean; sweeping: boolean; next_due_at_ms: Millis | null }>(find);
  return rows.map(({ shard, behind, inbox, sweeping, next_due_at_ms: nextDueAt }) => ({ shard, behind, inbox, sweeping, nextDueAt }));
}
