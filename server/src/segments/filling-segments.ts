import { segmentPartsOf } from '@samovar/core';
import { readManifest, readManifestDefinitions, type BackfillProgress, type Queryable, type StoredDefinition } from '@samovar/store';

/** Whether everybody has been looked at under the latest program. */
export function isComplete({ shards }: BackfillProgress): boolean {
  return shards.done >= shards.of;
}

/**
 * The segments whose members are not all known yet: new or changed since the last program for which everybody has been
 * looked at, and those that refer to them. Those of scores and personas are among them, and the scores themselves.
 */
export async function fillingSegments(db: Queryable, workspaceId: number, progress: BackfillProgress | null, live: readonly StoredDefinition[]): Promise<Set<string>> {
  if (progress === null || isComplete(progress)) return new Set();
  const manifest = await readManifest(db, workspaceId, progress.completeVersion);
  const before = manifest === null ? [] : (await readManifestDefinitions(db, workspaceId, manifest)).live;
  const known = new Map(before.map(({ kind, key, version }) => [`${kind} ${key}`, version]));
  const filling = new Set<string>();
  const parts = live.flatMap(({ definition }) => segmentPartsOf(definition));
  for (const { kind, key, version, definition } of live) if (known.get(`${kind} ${key}`) !== version) for (const part of segmentPartsOf(definition)) filling.add(part.key);
  for (let size = -1; size !== filling.size;) {
    size = filling.size;
    for (const { key, refersTo } of parts) if (refersTo.some((used) => filling.has(used))) filling.add(key);
  }
  return filling;
}
