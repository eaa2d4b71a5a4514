import type { Millis } from '@samovar/core';
import { statement } from '../statement.ts';
import type { Queryable } from '../transaction.ts';

/** Where bringing the contacts of a workspace up to its latest program stands, over all shards. */
export interface BackfillProgress {
  /** The latest publication for which everybody has to be looked at. */
  version: number;
  /** The latest for which everybody has been, in every shard. */
  completeVersion: number;
  shards: { done: number; of: number };
  /** Contacts looked at, of those that were there when it began; of shards that have not begun yet as many are expected as of the others. */
  contacts: { done: number; of: number };
  startedAt: Millis;
  pausedAt: Millis | null;
}

const latestSweep = statement(
  'backfills_latest_sweep',
  `select p.version, p.created_at_ms from programs p
   where p.workspace_id = $1 and (p.manifest ->> 'sweep')::boolean order by p.version desc limit 1`,
);

const progress = statement(
  'backfills_progress',
  `select count(*) filter (where p.version >= $2) as begun, count(*) filter (where p.swept_version >= $2) as done, count(*) as known,
     coalesce(min(p.swept_version), 0) as complete_version,
     coalesce(sum(least(p.swept, p.sweep_total)) filter (where p.version >= $2), 0)::int8 as swept,
     coalesce(sum(p.sweep_total) filter (where p.version >= $2), 0)::int8 as total
   from shard_programs p where p.workspace_id = $1`,
);

const paused = statement('backfills_paused', 'select b.at_ms from paused_backfills b where b.workspace_id = $1');

/** null: nothing that concerns contacts was ever published. */
export async function readBackfill(db: Queryable, workspaceId: number, shardCount: number): Promise<BackfillProgress | null> {
  const [sweep] = (await db.query<{ version: number; created_at_ms: Millis }>(latestSweep, [workspaceId])).rows;
  if (sweep === undefined) return null;
  const { rows } = await db.query<{ begun: number; done: number; known: number; complete_version: number; swept: number; total: number }>(progress, [workspaceId, sweep.version]);
  const { begun, done, known, complete_version: complete, swept, total } = rows[0] ?? { begun: 0, done: 0, known: 0, complete_version: 0, swept: 0, total: 0 };
  const [pause] = (await db.query<{ at_ms: Millis }>(paused, [workspaceId])).rows;
  return {
    version: sweep.version, completeVersion: known < shardCount ? 0 : complete, shards: { done, of: shardCount },
    contacts: { done: swept, of: begun === 0 ? 0 : Math.round((total * shardCount) / begun) }, startedAt: sweep.created_at_ms, pausedAt: pause?.at_ms ?? null,
  };
}

const pause = statement('backfills_pause', 'insert into paused_backfills as b (workspace_id, at_ms) values ($1, $2) on conflict (workspace_id) do nothing');
const resume = statement('backfills_resume', 'delete from paused_backfills b where b.workspace_id = $1');

/** Holds all sweeps of a workspace, those of later publications among them, until it is resumed. */
export async function pauseBackfill(db: Queryable, workspaceId: number, now: Millis): Promise<void> {
  await db.query(pause, [workspaceId, now]);
}

export async function resumeBackfill(db: Queryable, workspaceId: number): Promise<void> {
  await db.query(resume, [workspaceId]);
}

const firstUnfinished = statement(
  'backfills_first_unfinished',
  `select min(p.version) as version from programs p where p.workspace_id = $1 and p.version > $2 and (p.manifest ->> 'sweep')::boolean`,
);

/** The last program before the first one that everybody has still to be looked at for; 0: the empty one. */
export async function readLastComplete(db: Queryable, workspaceId: number, { completeVersion }: BackfillProgress): Promise<number> {
  const { rows } = await db.query<{ version: number | null }>(firstUnfinished, [workspaceId, completeVersion]);
  return (rows[0]?.version ?? completeVersion + 1) - 1;
}
