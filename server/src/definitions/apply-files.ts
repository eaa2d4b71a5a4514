import { isDeepStrictEqual } from 'node:util';
import { compileTemplate } from '@samovar/channels';
import { PROGRAM_FORMAT, compileProgram, type Definition, type JourneyDefinition } from '@samovar/core';
import { definitionPath, parseDefinitionFile, parseDirectory, type Problem } from '@samovar/contract';
import {
  appendControl, countSegmentMembers, lockDefinitions, readActiveVersions, readHighestVersions, readLatestManifest, readLogHeads, readTraitTypes, readManifestDefinitions,
  writeDefinition, writeProgram,
  type Database, type Manifest, type Queryable, type StoredDefinition,
} from '@samovar/store';
import type { Clock } from '../clock/clock.ts';
import { contradiction } from './contradiction.ts';
import { retentionWarnings, type Warning } from './retention-warnings.ts';
import { traitWarnings } from './trait-warnings.ts';
import { templateProblems } from './template-problems.ts';

export interface ApplyRequest {
  workspaceId: number;
  files: { path: string; text: string }[];
  /** New or changed segment-triggered journeys in which contacts already inside the segment enter. */
  enterExisting: string[];
  /** Journeys about which it was decided that those inside do not enter; `all`: every one that is not in `enterExisting`. */
  decided: 'all' | 'none';
  dryRun: boolean;
  /** Take away definitions that are in no file. */
  prune: boolean;
}

export interface DefinitionChange {
  kind: Definition['kind'];
  key: string;
  change: 'added' | 'changed' | 'removed' | 'unchanged';
  version: number;
}

/** A journey that starts on entering a segment in which people already are: shall they enter? */
export interface EntryQuestion {
  journey: string;
  segment: string;
  inside: number;
}

export type ApplyResult =
  | { kind: 'applied' | 'dry-run'; version: number; changes: DefinitionChange[]; questions: EntryQuestion[]; warnings: Warning[] }
  | { kind: 'undecided'; questions: EntryQuestion[] }
  | { kind: 'problems'; problems: Problem[] };

export interface ApplyDependencies {
  db: Database;
  clock: Clock;
  /** Called after a publication, since every shard has something to do then. */
  onPublished: () => void;
}

/** A definition as it will hold, and how it differs from what holds now. */
export interface Candidate extends StoredDefinition {
  change: DefinitionChange['change'];
  compiled: unknown;
}

/** Checks files as a whole, compiles them, and publishes them as the workspace's next program: all of it or nothing. */
export async function applyFiles(dependencies: ApplyDependencies, asked: ApplyRequest): Promise<ApplyResult> {
  const request = asked.prune ? asked : { ...asked, files: await withUntouched(dependencies.db, asked) };
  const parsed = parseDirectory(request.files);
  if (parsed.problems.length > 0) return { kind: 'problems', problems: parsed.problems };
  const contradicting = contradiction({ definitions: parsed.definitions, files: request.files });
  if (contradicting !== null) return { kind: 'problems', problems: [contradicting] };
  const compiled = new Map<string, unknown>();
  const problems: Problem[] = [];
  for (const { file, definition } of parsed.definitions) {
    if (definition.kind !== 'template') continue;
    const from = definition.from === null ? null : { name: definition.from.name ?? '', address: definition.from.address };
    const result = await compileTemplate({ ...definition, from });
    if (Array.isArray(result)) problems.push(...templateProblems(file, request.files.find((one) => one.path === file)?.text ?? '', result));
    else compiled.set(definition.key, result);
  }
  if (problems.length > 0) return { kind: 'problems', problems };
  const result = await dependencies.db.transaction(async (tx) => publish(tx, request, parsed.definitions, compiled, dependencies.clock.now()));
  if (result.kind === 'applied') dependencies.onPublished();
  return result;
}

/** The files together with the live definitions that they leave alone, so that they may refer to each other. */
async function withUntouched(db: Queryable, { workspaceId, files }: ApplyRequest): Promise<ApplyRequest['files']> {
  const latest = await readLatestManifest(db, workspaceId);
  if (latest === null) return files;
  const given = new Set<string>();
  for (const file of files) {
    const parsed = parseDefinitionFile(file);
    if (parsed.kind === 'definition') given.add(definitionPath(parsed.definition));
  }
  const { live } = await readManifestDefinitions(db, workspaceId, latest.manifest);
  const untouched = live.filter(({ definition }) => !given.has(definitionPath(definition)));
  return [...files, ...untouched.map(({ definition, source }) => ({ path: definitionPath(definition), text: source }))];
}

async function publish(
  tx: Queryable, request: ApplyRequest, files: { file: string; definition: Definition }[], compiled: Map<string, unknown>, now: number,
): Promise<ApplyResult> {
  const { workspaceId } = request;
  await lockDefinitions(tx, workspaceId);
  const latest = await readLatestManifest(tx, workspaceId);
  const before = latest === null ? [] : (await readManifestDefinitions(tx, workspaceId, latest.manifest)).live;
  const candidates = await compare(tx, request, before, files, compiled);
  const removed = before.filter((old) => !candidates.some((one) => one.kind === old.kind && one.key === old.key));
  const changes: DefinitionChange[] = [
    ...candidates.map(({ kind, key, change, version }) => ({ kind, key, change, version })),
    ...removed.map(({ kind, key, version }) => ({ kind, key, change: 'removed' as const, version })),
  ];
  const questions = await entryQuestions(tx, workspaceId, candidates);
  const open = request.decided === 'all' ? [] : questions.filter((question) => question.inside > 0 && !request.enterExisting.includes(question.journey));
  const nothingNew = changes.every((change) => change.change === 'unchanged');
  const version = (latest?.version ?? 0) + (nothingNew ? 0 : 1);
  const definitions = candidates.map(({ definition }) => definition);
  const learned = await readTraitTypes(tx, workspaceId, (await readLogHeads(tx)).size);
  const warnings = [...retentionWarnings(definitions, now), ...traitWarnings(definitions, learned)];
  if (request.dryRun) return { kind: 'dry-run', version, changes, questions, warnings };
  if (open.length > 0) return { kind: 'undecided', questions: open };
  if (nothingNew) return { kind: 'applied', version, changes, questions, warnings };

  const manifest = await nextManifest(tx, request, latest, candidates, removed, version);
  for (const one of candidates) {
    if (one.change === 'added' || one.change === 'changed') await writeDefinition(tx, workspaceId, one, one.compiled, now);
  }
  await writeProgram(tx, workspaceId, version, manifest, now);
  await appendControl(tx, workspaceId, { version, sweep: manifest.sweep }, now);
  return { kind: 'applied', version, changes, questions, warnings };
}

async function compare(
  tx: Queryable, request: ApplyRequest, before: StoredDefinition[], files: { file: string; definition: Definition }[], compiled: Map<string, unknown>,
): Promise<Candidate[]> {
  const highest = await readHighestVersions(tx, request.workspaceId);
  return files.map(({ file, definition }): Candidate => {
    const key = keyOf(definition);
    const old = before.find((one) => one.kind === definition.kind && one.key === key);
    const source = request.files.find((one) => one.path === file)?.text ?? '';
    const same = old !== undefined && isDeepStrictEqual(old.definition, definition);
    const version = same ? old.version : (highest.get(`${definition.kind}/${key}`) ?? 0) + 1;
    return {
      kind: definition.kind, key, version, definition, source, compiled: compiled.get(key) ?? null,
      change: old === undefined ? 'added' : same ? 'unchanged' : 'changed',
    };
  });
}

function keyOf(definition: Definition): string {
  return definition.kind === 'workspace' ? 'workspace' : definition.key;
}

async function entryQuestions(tx: Queryable, workspaceId: number, candidates: Candidate[]): Promise<EntryQuestion[]> {
  const questions: EntryQuestion[] = [];
  for (const { definition, change } of candidates) {
    if (definition.kind !== 'journey' || change !== 'added') continue;
    const { trigger } = definition;
    if (trigger.kind !== 'segment' || trigger.change !== 'enters') continue;
    questions.push({ journey: definition.key, segment: trigger.segment, inside: await countSegmentMembers(tx, workspaceId, trigger.segment) });
  }
  return questions;
}

/** Kinds of definitions that no condition looks at: contacts need not be looked at again because of them. */
const UNSEEN_BY_SEGMENTS: ReadonlySet<Definition['kind']> = new Set(['journey', 'template', 'topic', 'schema']);

/** The manifest of the next publication, in which exactly the candidates hold. */
export async function nextManifest(
  tx: Queryable, request: Pick<ApplyRequest, 'workspaceId' | 'enterExisting'>, latest: { manifest: Manifest } | null, candidates: Candidate[], removed: StoredDefinition[], version: number,
): Promise<Manifest> {
  const { workspaceId } = request;
  const live = candidates.map(({ kind, key, version: own }) => ({ kind, key, version: own }));
  const pinned = await pinnedVersions(tx, workspaceId, latest, live);
  const segmentsChanged = [...candidates, ...removed.map((one) => ({ ...one, change: 'removed' as const }))]
    .some((one) => !UNSEEN_BY_SEGMENTS.has(one.kind) && one.change !== 'unchanged');
  const enterExisting = { ...latest?.manifest.enterExisting };
  for (const journey of request.enterExisting) enterExisting[journey] = version;
  const olderJourneys = await readPinnedJourneys(tx, workspaceId, pinned);
  const program = compileProgram({
    workspaceId, version, live: candidates.map((one) => ({ definition: one.definition, version: one.version })), pinned: olderJourneys,
    enterExisting, keptSince: latest?.manifest.keptSince ?? {},
  });
  const newLeaves = program.newestLeafSince === version;
  return { format: PROGRAM_FORMAT, live, pinned, enterExisting, keptSince: program.keptSince, sweep: segmentsChanged || newLeaves || request.enterExisting.length > 0 };
}

/** Versions in which contacts are, and those that were live until now: contacts may be entering them this moment. */
async function pinnedVersions(tx: Queryable, workspaceId: number, latest: { manifest: Manifest } | null, live: Manifest['live']): Promise<Manifest['pinned']> {
  const wanted = new Map<string, { key: string; version: number }>();
  const until = (latest?.manifest.live ?? []).filter((one) => one.kind === 'journey');
  for (const { key, version } of [...(await readActiveVersions(tx, workspaceId)), ...until]) wanted.set(`${key}/${version}`, { key, version });
  for (const { kind, key, version } of live) if (kind === 'journey') wanted.delete(`${key}/${version}`);
  return [...wanted.values()];
}

async function readPinnedJourneys(tx: Queryable, workspaceId: number, pinned: Manifest['pinned']): Promise<{ definition: JourneyDefinition; version: number }[]> {
  const manifest: Manifest = { live: [], pinned, enterExisting: {}, sweep: false };
  return (await readManifestDefinitions(tx, workspaceId, manifest)).pinned;
}
