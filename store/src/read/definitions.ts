import type { Definition, Millis } from '@samovar/core';
import { statement } from '../statement.ts';
import type { Queryable } from '../transaction.ts';

export interface DefinitionVersion {
  kind: Definition['kind'];
  key: string;
  version: number;
  createdAt: Millis;
}

const versions = statement(
  'read_definition_versions',
  `select d.kind, d.key, d.version, d.created_at_ms from definitions d
   where d.workspace_id = $1 and d.kind = $2 and d.key = $3 and d.version < $4 order by d.version desc limit $5`,
);

/** Versions of a definition before one, the latest first. */
export async function listDefinitionVersions(db: Queryable, workspaceId: number, kind: Definition['kind'], key: string, before: number | null, limit: number): Promise<DefinitionVersion[]> {
  const { rows } = await db.query<{ kind: Definition['kind']; key: string; version: number; created_at_ms: Millis }>(
    versions, [workspaceId, kind, key, before ?? 0x7fff_ffff, limit],
  );
  return rows.map((row) => ({ kind: row.kind, key: row.key, version: row.version, createdAt: row.created_at_ms }));
}

const publications = statement('read_publication', 'select p.created_at_ms from programs p where p.workspace_id = $1 and p.version = $2');
const firstVersion = statement(
  'read_first_version',
  'select min(d.created_at_ms) as created_at_ms from definitions d where d.workspace_id = $1 and d.kind = $2 and d.key = $3',
);

/** When a program was published; null: it never was. */
export async function readPublishedAt(db: Queryable, workspaceId: number, version: number): Promise<Millis | null> {
  return (await db.query<{ created_at_ms: Millis }>(publications, [workspaceId, version])).rows[0]?.created_at_ms ?? null;
}

/** When a definition was published first; null: it never was. */
export async function readFirstPublishedAt(db: Queryable, workspaceId: number, kind: Definition['kind'], key: string): Promise<Millis | null> {
  return (await db.query<{ created_at_ms: Millis | null }>(firstVersion, [workspaceId, kind, key])).rows[0]?.created_at_ms ?? null;
}

const shardLag = statement(
  'read_shard_lag',
  `select coalesce(max(greatest(h.head - s.log_offset, 0)), 0) as behind, count(*) filter (where h.head > s.log_offset) as shards_behind
   from log_head h join shards s on s.shard = h.shard`,
);

/** How far deciding is behind the log, in sequence numbers (1,024 to the millisecond) of the worst shard. */
export async function readLag(db: Queryable): Promise<{ behind: number; shardsBehind: number }> {
  const [row] = (await db.query<{ behind: number; shards_behind: number }>(shardLag)).rows;
  return { behind: row?.behind ?? 0, shardsBehind: row?.shards_behind ?? 0 };
}
