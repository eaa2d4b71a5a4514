import type { Condition, Definition } from '@samovar/core';
import { readManifest, readManifestDefinitions, type BackfillProgress, type Queryable, type StoredDefinition } from '@samovar/store';

/** Whether everybody has been looked at under the latest program. */
export function isComplete({ shards }: BackfillProgress): boolean {
  return shards.done >= shards.of;
}

/**
 * The segments whose members are not all known yet: new or changed since the last program for which everybody has been
 * looked at, and those that refer to them.
 */
export async function fillingSegments(db: Queryable, workspaceId: number, progress: BackfillProgress | null, live: readonly StoredDefinition[]): Promise<Set<string>> {
  if (progress === null || isComplete(progress)) return new Set();
  const manifest = await readManifest(db, workspaceId, progress.completeVersion);
  const before = manifest === null ? [] : (await readManifestDefinitions(db, workspaceId, manifest)).live;
  const known = new Map(before.filter(({ kind }) => kind === 'segment').map(({ key, version }) => [key, version]));
  const filling = new Set<string>();
  const segments = live.flatMap(({ definition, version }) => (definition.kind === 'segment' ? [{ key: definition.key, version, uses: segmentsUsed(definition) }] : []));
  for (const { key, version } of segments) if (known.get(key) !== version) filling.add(key);
  for (let size = -1; size !== filling.size;) {
    size = filling.size;
    for (const { key, uses } of segments) if (uses.some((used) => filling.has(used))) filling.add(key);
  }
  return filling;
}

function segmentsUsed(definition: Extract<Definition, { kind: 'segment' }>): string[] {
  return referredSegments(definition.match);
}

function referredSegments(condition: Condition): string[] {
  if ('of' in condition) return condition.of.flatMap(referredSegments);
  return condition.kind === 'segment' ? [condition.segment] : [];
}
