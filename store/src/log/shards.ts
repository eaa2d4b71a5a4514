import { int2Array } from '../binary-arrays.ts';
import type { Database } from '../database.ts';
import { StoreError } from '../errors.ts';

/** Of a new database; see docs/decisions/0005-number-of-shards.md. */
export const DEFAULT_SHARD_COUNT = 64;

/**
 * Makes the counters of the log for a new database, and checks that an old one has the same number of shards: the
 * number is fixed for the life of a database, since every contact's place is derived from it.
 */
export async function createShards(db: Database, shardCount: number): Promise<void> {
  const shards = int2Array(Array.from({ length: shardCount }, (_, shard) => shard));
  await db.transaction(async (transaction) => {
    const { rows } = await transaction.query<{ count: number }>('select count(*) as count from log_head');
    const existing = rows[0]?.count ?? 0;
    if (existing !== 0 && existing !== shardCount) {
      throw new StoreError('shards_missing', `The database was set up with ${existing} shards and cannot be used with ${shardCount}; set SAMOVAR_SHARDS back to ${existing}.`);
    }
    await transaction.query('insert into log_head as h (shard, head) select u.shard, 0 from unnest($1::smallint[]) u (shard) on conflict do nothing', [shards]);
    await transaction.query('insert into shards as s (shard, log_offset, out_seq) select u.shard, 0, 0 from unnest($1::smallint[]) u (shard) on conflict do nothing', [shards]);
  }, { idempotent: true });
}
