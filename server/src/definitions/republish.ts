import { PROGRAM_FORMAT, compileProgram } from '@samovar/core';
import { appendControl, listWorkspaces, lockDefinitions, readLatestManifest, readManifestDefinitions, writeProgram, type Database, type Queryable } from '@samovar/store';

/**
 * Publishes anew what an earlier version of Samovar published in another format: every contact is brought up from its
 * history, silently, as after any publication. Answers with the workspaces that it did so for.
 */
export async function republishOutdated(db: Database, now: number): Promise<number[]> {
  const outdated: number[] = [];
  for (const { workspaceId } of await listWorkspaces(db)) {
    if (await db.transaction((tx) => republish(tx, workspaceId, now))) outdated.push(workspaceId);
  }
  return outdated;
}

async function republish(tx: Queryable, workspaceId: number, now: number): Promise<boolean> {
  await lockDefinitions(tx, workspaceId);
  const latest = await readLatestManifest(tx, workspaceId);
  if (latest === null || latest.manifest.format === PROGRAM_FORMAT) return false;
  const version = latest.version + 1;
  const { enterExisting } = latest.manifest;
  const { keptSince } = compileProgram({ workspaceId, version, ...await readManifestDefinitions(tx, workspaceId, latest.manifest), enterExisting, keptSince: {} });
  await writeProgram(tx, workspaceId, version, { ...latest.manifest, format: PROGRAM_FORMAT, keptSince, sweep: true }, now);
  await appendControl(tx, workspaceId, { version, sweep: true }, now);
  return true;
}
