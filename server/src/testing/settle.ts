import type { Database } from '@samovar/store';
import { findWork } from '@samovar/store';
import { takeShardTurn, type ShardTurnDependencies } from '../worker/shard-turn.ts';

/** Takes turns at all shards until nothing is due at `now`; for tests that want no loop running. */
export async function settleShards(dependencies: ShardTurnDependencies & { db: Database }, now: number): Promise<void> {
  for (;;) {
    const due = (await findWork(dependencies.db)).filter((work) => work.behind || work.inbox || work.sweeping || (work.nextDueAt ?? Infinity) <= now);
    if (due.length === 0) return;
    for (const { shard } of due) await takeShardTurn(dependencies, shard, now);
  }
}
