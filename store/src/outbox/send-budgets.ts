import { derivedUuid, shardOf } from '@samovar/core';
import { statement } from '../statement.ts';
import type { Queryable } from '../transaction.ts';

/** The messages of one journey that may leave in one hour of the clock. */
export interface BudgetKey {
  workspaceId: number;
  journey: string;
  /** Hours since 1970-01-01T00:00Z. */
  hour: number;
}

const create = statement(
  'outbox_create_budget',
  'insert into send_budgets as b (shard, workspace_id, journey, hour, used) values ($1, $2, $3, $4, 0) on conflict do nothing',
);
const lock = statement(
  'outbox_lock_budget',
  'select b.used from send_budgets b where b.shard = $1 and b.workspace_id = $2 and b.journey = $3 and b.hour = $4 for update',
);
const use = statement(
  'outbox_use_budget',
  'update send_budgets b set used = b.used + $5 where b.shard = $1 and b.workspace_id = $2 and b.journey = $3 and b.hour = $4',
);

/** A budget lives in one shard of its own, whichever shards its messages are in. */
function budgetShard({ workspaceId, journey }: BudgetKey, shardCount: number): number {
  return shardOf(derivedUuid('send-budget', String(workspaceId), journey), shardCount);
}

const parametersOf = (key: BudgetKey, shardCount: number): (number | string)[] => [budgetShard(key, shardCount), key.workspaceId, key.journey, key.hour];

/**
 * Locks budgets until the end of the transaction and tells how much of each is used. They are locked in one order, so
 * that two senders never wait for each other in a circle.
 */
export async function lockBudgets<K extends BudgetKey>(tx: Queryable, keys: readonly K[], shardCount: number): Promise<Map<K, number>> {
  const ordered = [...keys].sort((a, b) => a.workspaceId - b.workspaceId || (a.journey < b.journey ? -1 : 1));
  const used = await Promise.all(ordered.map(async (key) => {
    const parameters = parametersOf(key, shardCount);
    void tx.query(create, parameters);
    const { rows } = await tx.query<{ used: number }>(lock, parameters);
    return [key, rows[0]?.used ?? 0] as const;
  }));
  return new Map(used);
}

/** Draws from a locked budget. */
export function drawBudget(tx: Queryable, key: BudgetKey, messages: number, shardCount: number): void {
  if (messages > 0) void tx.query(use, [...parametersOf(key, shardCount), messages]);
}
