import { derivedUuid, HOUR_MS, shardOf } from '@samovar/core';
import type { Millis } from '@samovar/core';
import { int2Array, int4Array, int8Array, textArray } from '../binary-arrays.ts';
import type { Database } from '../database.ts';
import { lockShard } from '../shard/load.ts';
import { statement } from '../statement.ts';

/** Hours that stay as they are: the running one, and one more for what is decided a little late. */
const KEPT_HOURS = 2;

const readOld = statement(
  'counters_read_old',
  `select c.workspace_id, c.thing, c.metric, c.hour / 24 as day, sum(c.value)::int8 as value from counters c
   where c.shard = $1 and c.hour < $2 group by c.workspace_id, c.thing, c.metric, c.hour / 24 order by c.workspace_id, c.thing, c.metric, day`,
);
const removeOld = statement('counters_remove_old', 'delete from counters c where c.shard = $1 and c.hour < $2');
const addToDays = statement(
  'counters_add_to_days',
  `insert into counters_by_day as c (shard, workspace_id, thing, metric, day, value)
   select u.* from unnest($1::smallint[], $2::int[], $3::text[], $4::text[], $5::int[], $6::bigint[]) u
   on conflict (shard, workspace_id, thing, metric, day) do update set value = c.value + excluded.value`,
);

interface OldCounter {
  workspace_id: number;
  thing: string;
  metric: string;
  day: number;
  value: number;
}

/** Where the days of a thing are kept. */
export function counterShard(workspaceId: number, thing: string, shardCount: number): number {
  return shardOf(derivedUuid('counter', String(workspaceId), thing), shardCount);
}

/**
 * Moves the counters of a shard's past hours into days, in one transaction under the shard's lock: what is added late
 * simply moves with the next time. Answers how many sums were moved; null when the shard is being worked on.
 */
export async function rollUpShard(db: Database, shard: number, now: Millis, shardCount: number): Promise<number | null> {
  const before = Math.floor(now / HOUR_MS) - KEPT_HOURS + 1;
  return db.transaction(async (tx) => {
    if ((await lockShard(tx, shard)) === null) return null;
    const { rows } = await tx.query<OldCounter>(readOld, [shard, before]);
    if (rows.length === 0) return 0;
    void tx.query(addToDays, [
      int2Array(rows.map((row) => counterShard(row.workspace_id, row.thing, shardCount))), int4Array(rows.map((row) => row.workspace_id)),
      textArray(rows.map((row) => row.thing)), textArray(rows.map((row) => row.metric)), int4Array(rows.map((row) => row.day)), int8Array(rows.map((row) => row.value)),
    ]);
    void tx.query(removeOld, [shard, before]);
    return rows.length;
  }, { idempotent: true });
}

/** Does so for every shard, one after another; those that are busy wait for the next time. */
export async function rollUpCounters(db: Database, now: Millis, shardCount: number): Promise<void> {
  for (let shard = 0; shard < shardCount; shard += 1) await rollUpShard(db, shard, now, shardCount);
}
