import type { Program } from '@samovar/core';
import { readLatestManifest, readManifestDefinitions, type Queryable, type StoredDefinition } from '@samovar/store';
import type { ProgramCache } from './program-cache.ts';

/** The definitions of the latest publication; null: nothing was ever published. */
export async function liveDefinitions(db: Queryable, workspaceId: number): Promise<{ version: number; live: StoredDefinition[] } | null> {
  const latest = await readLatestManifest(db, workspaceId);
  if (latest === null) return null;
  const { live } = await readManifestDefinitions(db, workspaceId, latest.manifest);
  return { version: latest.version, live };
}

/** The latest publication, compiled; null: nothing was ever published. */
export async function liveProgram(db: Queryable, programs: ProgramCache, workspaceId: number): Promise<Program | null> {
  const latest = await readLatestManifest(db, workspaceId);
  return latest === null ? null : programs.get(db, workspaceId, latest.version);
}
