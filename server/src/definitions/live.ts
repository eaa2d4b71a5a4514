import type { Definition, Program } from '@samovar/core';
import { readLatestManifest, readManifestDefinitions, type Queryable } from '@samovar/store';
import type { ProgramCache } from './program-cache.ts';

/** The definitions of the latest publication; null: nothing was ever published. */
export async function liveDefinitions(db: Queryable, workspaceId: number): Promise<{ version: number; live: { definition: Definition; version: number }[] } | null> {
  const latest = await readLatestManifest(db, workspaceId);
  if (latest === null) return null;
  const { live } = await readManifestDefinitions(db, workspaceId, latest.manifest);
  return { version: latest.version, live: live.map(({ definition, version }) => ({ definition, version })) };
}

/** The latest publication, compiled; null: nothing was ever published. */
export async function liveProgram(db: Queryable, programs: ProgramCache, workspaceId: number): Promise<Program | null> {
  const latest = await readLatestManifest(db, workspaceId);
  return latest === null ? null : programs.get(db, workspaceId, latest.version);
}
