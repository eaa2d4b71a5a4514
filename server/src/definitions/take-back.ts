import {
  appendControl, lockDefinitions, readBackfill, readLastComplete, readLatestManifest, readManifest, readManifestDefinitions, resumeBackfill, writeProgram,
  type Database, type Manifest, type Queryable, type StoredDefinition,
} from '@samovar/store';
import type { Clock } from '../clock/clock.ts';
import { isComplete } from '../segments/filling-segments.ts';
import { nextManifest, type Candidate, type DefinitionChange } from './apply-files.ts';

export interface TakeBackDependencies {
  db: Database;
  clock: Clock;
  shardCount: number;
  /** Called after the publication, since every shard has something to do then. */
  onPublished: () => void;
}

export type TakeBackResult =
  /** `restores`: the program whose definitions hold again, as `version`. */
  | { kind: 'taken-back'; version: number; restores: number; changes: DefinitionChange[] }
  /** Everybody has been looked at: there is nothing to take back. */
  | { kind: 'complete' }
  /** That is what is being done already. */
  | { kind: 'under-way' };

/**
 * Takes back the publications for which contacts are still being looked at: publishes what held before the first of them
 * as the workspace's next program. Contacts that were reached already are brought back the same way, silently; those who
 * entered a journey meanwhile finish it. Ends a pause.
 */
export async function takeBack(dependencies: TakeBackDependencies, workspaceId: number): Promise<TakeBackResult> {
  const { db, clock, shardCount, onPublished } = dependencies;
  const result = await db.transaction((tx) => publishAgain(tx, workspaceId, shardCount, clock.now()));
  if (result.kind === 'taken-back') onPublished();
  return result;
}

async function publishAgain(tx: Queryable, workspaceId: number, shardCount: number, now: number): Promise<TakeBackResult> {
  await lockDefinitions(tx, workspaceId);
  const [latest, progress] = [await readLatestManifest(tx, workspaceId), await readBackfill(tx, workspaceId, shardCount)];
  if (latest === null || progress === null || isComplete(progress)) return { kind: 'complete' };
  if (latest.manifest.restores !== undefined) return { kind: 'under-way' };
  const restores = await readLastComplete(tx, workspaceId, progress);
  const held = await readManifest(tx, workspaceId, restores);
  const before = (await readManifestDefinitions(tx, workspaceId, latest.manifest)).live;
  const again = held === null ? [] : (await readManifestDefinitions(tx, workspaceId, held)).live;
  const candidates = again.map((one) => candidateOf(one, before));
  const removed = before.filter((old) => !again.some((one) => one.kind === old.kind && one.key === old.key));
  const version = latest.version + 1;
  const next = await nextManifest(tx, { workspaceId, enterExisting: [] }, latest, candidates, removed, version);
  const manifest: Manifest = { ...next, enterExisting: held?.enterExisting ?? {}, sweep: true, restores };
  await writeProgram(tx, workspaceId, version, manifest, now);
  await appendControl(tx, workspaceId, { version, sweep: true }, now);
  await resumeBackfill(tx, workspaceId);
  const changes = [...candidates, ...removed.map((one) => ({ ...one, change: 'removed' as const }))].map(({ kind, key, change, version: own }) => ({ kind, key, change, version: own }));
  return { kind: 'taken-back', version, restores, changes };
}

function candidateOf(one: StoredDefinition, before: readonly StoredDefinition[]): Candidate {
  const now = before.find((other) => other.kind === one.kind && other.key === one.key);
  return { ...one, compiled: null, change: now === undefined ? 'added' : now.version === one.version ? 'unchanged' : 'changed' };
}
