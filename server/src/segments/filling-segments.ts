import { segmentPartsOf } from '@samovar/core';
import { readManifestsSince, type BackfillProgress, type Manifest, type Queryable, type StoredDefinition } from '@samovar/store';

/** Whether everybody has been looked at under the latest program. */
export function isComplete({ shards }: BackfillProgress): boolean {
  return shards.done >= shards.of;
}

/**
 * The segments whose members are not all known yet: those that are new, or that meant something else at any time since the
 * last program for which everybody has been looked at, and those that refer to them. Those of scores and personas are
 * among them, and the scores themselves.
 */
export async function fillingSegments(db: Queryable, workspaceId: number, progress: BackfillProgress | null, live: readonly StoredDefinition[]): Promise<Set<string>> {
  if (progress === null || isComplete(progress)) return new Set();
  const manifests = await readManifestsSince(db, workspaceId, progress.completeVersion);
  const known = [...(progress.completeVersion === 0 ? [[]] : []), ...manifests.map((manifest) => manifest.live)].map(versionsOf);
  const filling = new Set<string>();
  const parts = live.flatMap(({ definition }) => segmentPartsOf(definition));
  for (const { kind, key, version, definition } of live) {
    if (known.some((versions) => versions.get(`${kind} ${key}`) !== version)) for (const part of segmentPartsOf(definition)) filling.add(part.key);
  }
  for (let size = -1; size !== filling.size;) {
    size = filling.size;
    for (const { key, refersTo } of parts) if (refersTo.some((used) => filling.has(used))) filling.add(key);
  }
  return filling;
}

function versionsOf(live: Manifest['live']): Map<string, number> {
  return new Map(live.map(({ kind, key, version }) => [`${kind} ${key}`, version]));
}
