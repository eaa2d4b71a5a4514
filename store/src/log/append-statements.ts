import { statement } from '../statement.ts';
import type { Statement } from '../statement.ts';

/**
 * The statements of an append, in two forms. `many`: records of several shards in one transaction, which is what makes
 * small requests cheap; $1 is an array of shards. `one`: a batch of a single shard, which $1 names in every table, so
 * that Citus sends the statement to the one node that owns it. All other parameters are the same.
 */
export interface AppendStatements {
  /** Locks the counters of the shards in shard order, so that two appenders never wait for each other in a circle. */
  lockHeads: Statement;
  moveHeads: Statement;
  /** Marks digests as seen; writes fewer rows than it was given when some had been seen before. */
  markSeen: Statement;
  /** The same, telling which were new. Slower by the sending back of every digest. */
  markSeenReturning: Statement;
  insert: Statement;
}

function markSeenText(one: boolean): string {
  const [shard, source, where] = one
    ? ['h.shard', 'log_head h, unnest($3::bytea[]) u (digest)', 'h.shard = $1 and ']
    : ['u.shard', 'unnest($1::smallint[], $3::bytea[]) u (shard, digest)', ''];
  return `
    insert into dedupe as d (shard, generation, digest)
    select ${shard}, $2::int, u.digest
    from ${source}
    where ${where}not exists (
      select from dedupe p where p.shard = ${one ? '$1' : 'u.shard'} and p.generation = $2::int - 1 and p.digest = u.digest
    )
    on conflict do nothing`;
}

function insertText(one: boolean): string {
  const arrays = '$2::bigint[], $3::int[], $4::uuid[], $5::smallint[], $6::bigint[], $7::bigint[], $8::text[], $9::bytea[]';
  const columns = 'seq, workspace_id, contact_id, kind, received_at_ms, occurred_at_ms, name, body';
  const [shard, source] = one
    ? ['h.shard', `log_head h, unnest(${arrays}) u (${columns}) where h.shard = $1`]
    : ['u.shard', `unnest($1::smallint[], ${arrays}) u (shard, ${columns})`];
  return `
    insert into event_log as e (shard, ${columns})
    select ${shard}, u.seq, u.workspace_id, u.contact_id, u.kind, u.received_at_ms, u.occurred_at_ms, u.name, u.body
    from ${source}`;
}

function statementsOf(one: boolean): AppendStatements {
  const suffix = one ? '_of_shard' : '';
  return {
    lockHeads: statement(
      `log_lock_heads${suffix}`,
      `select h.shard, h.head from log_head h where ${one ? 'h.shard = $1' : 'h.shard = any($1::smallint[]) order by h.shard'} for update`,
    ),
    moveHeads: statement(
      `log_move_heads${suffix}`,
      one
        ? 'update log_head h set head = $2::bigint where h.shard = $1'
        : 'update log_head h set head = u.head from unnest($1::smallint[], $2::bigint[]) u (shard, head) where h.shard = u.shard',
    ),
    markSeen: statement(`log_mark_seen${suffix}`, markSeenText(one)),
    markSeenReturning: statement(`log_mark_seen_returning${suffix}`, `${markSeenText(one)} returning d.shard, d.digest`),
    insert: statement(`log_insert${suffix}`, insertText(one)),
  };
}

export const APPEND_TO_MANY = statementsOf(false);
export const APPEND_TO_ONE = statementsOf(true);
