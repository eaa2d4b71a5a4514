import { int4Array, textArray } from '../binary-arrays.ts';
import { statement } from '../statement.ts';
import type { Queryable } from '../transaction.ts';
import { upgradeDefinition } from './upgrade-definition.ts';
import type { Definition, JourneyDefinition, Millis } from '@samovar/core';

/** Which definition versions hold together; one per publication. */
export interface Manifest {
  /** The form in which it was compiled (`PROGRAM_FORMAT` of core); absent: the first. */
  format?: number;
  live: { kind: Definition['kind']; key: string; version: number }[];
  /** Older journey versions in which contacts may still be. */
  pinned: { key: string; version: number }[];
  /** Journey → the program version with which contacts already in its segment enter. */
  enterExisting: Record<string, number>;
  /** Absent in the first format. */
  keptSince?: Record<string, number>;
  /** Whether every contact has to be looked at, since segments changed or contacts shall enter. */
  sweep: boolean;
  /** The program that this publication brings back, taking back those after it. */
  restores?: number;
}

export interface StoredDefinition {
  kind: Definition['kind'];
  key: string;
  version: number;
  definition: Definition;
  /** The file as it was applied, comments and all. */
  source: string;
}

interface DefinitionRow {
  kind: Definition['kind'];
  key: string;
  version: number;
  body: Definition;
  source: string;
}

const latestProgram = statement('definitions_latest_program', 'select p.version, p.manifest from programs p where p.workspace_id = $1 order by p.version desc limit 1');
const programVersion = statement('definitions_program', 'select p.version, p.manifest from programs p where p.workspace_id = $1 and p.version = $2');

/** The latest published program, whether or not all shards have switched to it; null: nothing was ever published. */
export async function readLatestManifest(db: Queryable, workspaceId: number): Promise<{ version: number; manifest: Manifest } | null> {
  return (await db.query<{ version: number; manifest: Manifest }>(latestProgram, [workspaceId])).rows[0] ?? null;
}

export async function readManifest(db: Queryable, workspaceId: number, version: number): Promise<Manifest | null> {
  return (await db.query<{ version: number; manifest: Manifest }>(programVersion, [workspaceId, version])).rows[0]?.manifest ?? null;
}

const programsSince = statement('definitions_programs_since', 'select p.manifest from programs p where p.workspace_id = $1 and p.version >= $2 order by p.version');

/** The programs that were published from a version on, in order. */
export async function readManifestsSince(db: Queryable, workspaceId: number, version: number): Promise<Manifest[]> {
  return (await db.query<{ manifest: Manifest }>(programsSince, [workspaceId, version])).rows.map((row) => row.manifest);
}

const readSome = statement(
  'definitions_read',
  `select d.kind, d.key, d.version, d.body, d.source from definitions d
   join unnest($2::text[], $3::text[], $4::int[]) u (kind, key, version) on d.kind = u.kind and d.key = u.key and d.version = u.version
   where d.workspace_id = $1 order by d.kind, d.key, d.version`,
);

export async function readDefinitions(db: Queryable, workspaceId: number, wanted: readonly { kind: Definition['kind']; key: string; version: number }[]): Promise<StoredDefinition[]> {
  const { rows } = await db.query<DefinitionRow>(readSome, [
    workspaceId, textArray(wanted.map((one) => one.kind)), textArray(wanted.map((one) => one.key)), int4Array(wanted.map((one) => one.version)),
  ]);
  return rows.map(({ body, ...row }) => ({ ...row, definition: upgradeDefinition(body) }));
}

/** The definitions of a manifest: those that hold and those that are pinned. */
export async function readManifestDefinitions(db: Queryable, workspaceId: number, manifest: Manifest): Promise<{ live: StoredDefinition[]; pinned: { definition: JourneyDefinition; version: number }[] }> {
  const pinned = await readDefinitions(db, workspaceId, manifest.pinned.map((one) => ({ kind: 'journey', ...one })));
  return {
    live: await readDefinitions(db, workspaceId, manifest.live),
    pinned: pinned.flatMap(({ definition, version }) => (definition.kind === 'journey' ? [{ definition, version }] : [])),
  };
}

const highestVersion = statement('definitions_highest', 'select d.kind, d.key, max(d.version) as version from definitions d where d.workspace_id = $1 group by d.kind, d.key');

/** The highest version ever given to each definition, by `kind/key`. */
export async function readHighestVersions(db: Queryable, workspaceId: number): Promise<Map<string, number>> {
  const { rows } = await db.query<{ kind: string; key: string; version: number }>(highestVersion, [workspaceId]);
  return new Map(rows.map((row) => [`${row.kind}/${row.key}`, row.version]));
}

const insertDefinition = statement(
  'definitions_insert',
  `insert into definitions as d (workspace_id, kind, key, version, body, source, compiled, created_at_ms)
   values ($1, $2, $3, $4, $5::json, $6, $7::json, $8)`,
);

export async function writeDefinition(tx: Queryable, workspaceId: number, stored: StoredDefinition, compiled: unknown, now: Millis): Promise<void> {
  await tx.query(insertDefinition, [
    workspaceId, stored.kind, stored.key, stored.version, JSON.stringify(stored.definition), stored.source,
    compiled === null ? null : JSON.stringify(compiled), now,
  ]);
}

const publishedAt = statement('definitions_program_published_at', 'select p.created_at_ms from programs p where p.workspace_id = $1 and p.version = $2');

/** When a program was published; null: there is none of this version. */
export async function readProgramPublishedAt(db: Queryable, workspaceId: number, version: number): Promise<Millis | null> {
  return (await db.query<{ created_at_ms: Millis }>(publishedAt, [workspaceId, version])).rows[0]?.created_at_ms ?? null;
}

const insertProgram = statement('definitions_insert_program', 'insert into programs as p (workspace_id, version, manifest, created_at_ms) values ($1, $2, $3::jsonb, $4)');

export async function writeProgram(tx: Queryable, workspaceId: number, version: number, manifest: Manifest, now: Millis): Promise<void> {
  await tx.query(insertProgram, [workspaceId, version, JSON.stringify(manifest), now]);
}

const lockWorkspace = statement('definitions_lock', 'select w.workspace_id from workspaces w where w.workspace_id = $1 for update');

/** Lets one publication of a workspace happen at a time. */
export async function lockDefinitions(tx: Queryable, workspaceId: number): Promise<void> {
  await tx.query(lockWorkspace, [workspaceId]);
}

const activeVersions = statement(
  'definitions_active_versions',
  `select e.journey, e.version from enrollments e where e.workspace_id = $1 and e.status = 'active' group by e.journey, e.version`,
);

/** Journey versions in which contacts are right now. */
export async function readActiveVersions(db: Queryable, workspaceId: number): Promise<{ key: string; version: number }[]> {
  const { rows } = await db.query<{ journey: string; version: number }>(activeVersions, [workspaceId]);
  return rows.map((row) => ({ key: row.journey, version: row.version }));
}

const countMembers = statement('definitions_count_members', 'select count(*) as inside from memberships m where m.workspace_id = $1 and m.segment = $2 and m.left_at_ms is null');

export async function countSegmentMembers(db: Queryable, workspaceId: number, segment: string): Promise<number> {
  return (await db.query<{ inside: number }>(countMembers, [workspaceId, segment])).rows[0]?.inside ?? 0;
}
