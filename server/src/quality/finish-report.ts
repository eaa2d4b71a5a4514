import { DAY_MS, shardOf } from '@samovar/core';
import type { ContactId } from '@samovar/core';
import { addFigure, countDuplicateGroups, dropLoneKeys, dropOlderFindings, readDuplicateMembers, readSourceDays } from '@samovar/store';
import type { Database, DuplicateMember, QualityRun, Queryable } from '@samovar/store';
import type { ReportProgress } from './report-progress.ts';
import { SILENCE_NOTICED_DAYS, addSourceDays } from './source-summary.ts';

/** Members of groups that are noted together. */
const MEMBERS_AT_ONCE = 1_000;
/** Rows of one shard about sources: names times days. Those beyond are the rarest. */
const SOURCE_ROW_LIMIT = 20_000;

interface FinishContext {
  db: Database;
  shardCount: number;
}

/** Notes with each contact of one shard's groups that it has duplicates. */
export async function noteDuplicates({ shardCount }: Pick<FinishContext, 'shardCount'>, tx: Queryable, run: QualityRun): Promise<ReportProgress> {
  const progress = structuredClone(run.progress as ReportProgress);
  let after: DuplicateMember | null = null;
  for (;;) {
    const members: DuplicateMember[] = await readDuplicateMembers(tx, progress.shard, run, after, MEMBERS_AT_ONCE);
    for (const [figure, byShard] of groupMembers(members, shardCount)) {
      for (const [shard, contacts] of byShard) await addFigure(tx, shard, run, figure, contacts);
    }
    for (const { kind } of members) {
      const figure = `duplicate-${kind}`;
      progress.tally.figures[figure] = (progress.tally.figures[figure] ?? 0) + 1;
    }
    if (members.length < MEMBERS_AT_ONCE) break;
    after = members.at(-1) ?? null;
  }
  for (const [kind, groups] of Object.entries(await countDuplicateGroups(tx, progress.shard, run))) progress.groups[kind] = (progress.groups[kind] ?? 0) + groups;
  await dropLoneKeys(tx, progress.shard, run);
  progress.shard += 1;
  if (progress.shard >= shardCount) Object.assign(progress, { phase: 'sources', shard: 0 } satisfies Partial<ReportProgress>);
  return progress;
}

function groupMembers(members: readonly DuplicateMember[], shardCount: number): Map<string, Map<number, { contactId: ContactId; detail: string }[]>> {
  const figures = new Map<string, Map<number, { contactId: ContactId; detail: string }[]>>();
  for (const { kind, digest, contactId } of members) {
    const byShard = figures.get(`duplicate-${kind}`) ?? new Map<number, { contactId: ContactId; detail: string }[]>();
    figures.set(`duplicate-${kind}`, byShard);
    const shard = shardOf(contactId, shardCount);
    byShard.set(shard, [...(byShard.get(shard) ?? []), { contactId, detail: digest.toString('hex') }]);
  }
  return figures;
}

/** Adds what came from where in one shard, and forgets what older reports found there. */
export async function noteSources({ db, shardCount }: FinishContext, run: QualityRun): Promise<{ progress: ReportProgress; done: boolean }> {
  const progress = structuredClone(run.progress as ReportProgress);
  const fromDay = Math.floor(run.startedAt / DAY_MS) - SILENCE_NOTICED_DAYS;
  addSourceDays(progress.sources, await readSourceDays(db, progress.shard, run.workspaceId, fromDay, SOURCE_ROW_LIMIT));
  progress.shard += 1;
  return { progress, done: progress.shard >= shardCount };
}

/** What older reports have found is of no use beside a newer one; their sums stay. */
export async function forgetOlderFindings({ db, shardCount }: FinishContext, run: QualityRun): Promise<void> {
  for (let shard = 0; shard < shardCount; shard += 1) await dropOlderFindings(db, shard, run);
}
