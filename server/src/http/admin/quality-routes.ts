import { z } from 'zod';
import { DUPLICATE_KINDS, FIGURE_GROUPS } from '@samovar/core';
import { beginRun, listDuplicateGroups, listFindings, readContactsBehind, readLatestRun, writeQualitySettings } from '@samovar/store';
import type { ContactId } from '@samovar/core';
import type { QualityRun } from '@samovar/store';
import { isWrong, proposedValues, readReport } from '../../quality/quality-report.ts';
import { newReportProgress, shareDone } from '../../quality/report-progress.ts';
import type { ReportProgress } from '../../quality/report-progress.ts';
import { qualitySettings, questionsOf, settingsOf } from '../../quality/quality-settings.ts';
import { instant, iso, problems, workspaceOf } from './admin-app.ts';
import type { AdminApp } from './admin-app.ts';
import type { AdminDependencies } from './admin-dependencies.ts';
import { ApiError } from './api-error.ts';
import { decodeCursor, page, pageOf, pageQuery, shardPlace } from './paging.ts';

const count = z.int().min(0);
const figure = z.object({
  key: z.string().describe('Leads to the contacts: `/api/quality/KEY/contacts`.'), group: z.enum(FIGURE_GROUPS), title: z.string(), contacts: count, of: count,
  share: z.number().nullable().describe('null: of none.'), groups: count.nullable().describe('Of duplicates: how many groups.'),
}).meta({ id: 'QualityFigure' });
const cohort = z.object({
  month: z.string().describe('Of the first subscription, in UTC.'), subscribed: count,
  after: z.array(z.object({ days: z.int(), of: count.describe('Of how many that time has come.'), stayed: count })),
}).meta({ id: 'QualityCohort' });
const source = z.object({
  source: z.string(), name: z.string(), events: count, lastAt: instant, silent: z.boolean().describe('It came daily and has stopped.'),
}).meta({ id: 'QualitySource' });
const report = z.object({
  id: z.int(), madeAt: instant.describe('Everything is counted as of this instant.'), endedAt: instant.nullable(), contacts: count, figures: z.array(figure), cohorts: z.array(cohort),
  sources: z.array(source), warnings: z.array(z.string()),
}).meta({ id: 'QualityReport' });
const running = z.object({ id: z.int(), startedAt: instant, share: z.number().min(0).max(1), contacts: count.describe('So many have been looked at.') }).meta({ id: 'QualityRunning' });
const failed = z.object({ id: z.int(), at: instant.nullable(), reason: z.string() });

export const NO_REPORT = 'No data quality report has been made yet. `POST /api/quality` makes one.';

/** The latest report of the workspace that is complete. */
export async function latestReport({ db }: AdminDependencies, workspaceId: number): Promise<QualityRun> {
  const run = await readLatestRun(db, workspaceId, 'report', 'done');
  if (run === null) throw new ApiError('not_found', NO_REPORT);
  return run;
}

/** The report on the quality of the data. */
export function qualityRoutes(app: AdminApp, dependencies: AdminDependencies): void {
  reportRoutes(app, dependencies);
  settingsRoutes(app, dependencies);
  duplicateRoutes(app, dependencies);
  contactsRoute(app, dependencies);
}

function reportRoutes(app: AdminApp, dependencies: AdminDependencies): void {
  const { db, clock, shardCount } = dependencies;
  app.get('/quality', {
    schema: {
      summary: 'The latest report on the quality of the data, and the progress of one that is being made', tags: ['quality'],
      response: { 200: z.object({ report: report.nullable(), running: running.nullable(), failed: failed.nullable().describe('The latest one, where it failed.') }), ...problems },
    },
  }, async (request) => {
    const workspaceId = workspaceOf(request);
    const [done, latest] = await Promise.all([readLatestRun(db, workspaceId, 'report', 'done'), readLatestRun(db, workspaceId, 'report')]);
    return {
      report: done === null ? null : await reportView(dependencies, done),
      running: latest?.status === 'running' ? runningView(latest, shardCount) : null,
      failed: latest?.status === 'failed' ? { id: latest.runId, at: iso(latest.endedAt), reason: latest.error ?? '' } : null,
    };
  });
  app.post('/quality', {
    schema: {
      summary: 'Make a new report in the background', tags: ['quality'],
      body: z.strictObject({ checkDomains: z.boolean().default(true).describe('Whether name servers are asked if the domains of addresses take mail.') }).default({ checkDomains: true }),
      response: { 202: z.object({ id: z.int(), begun: z.boolean().describe('false: one is being made already.') }), ...problems },
    },
  }, async (request, reply) => {
    const workspaceId = workspaceOf(request);
    const live = await dependencies.liveDefinitions(workspaceId);
    const questions = questionsOf(await settingsOf(db, workspaceId), (live?.live ?? []).map(({ definition }) => definition), request.body.checkDomains);
    const { runId, begun } = await beginRun(db, { workspaceId, kind: 'report', questions, progress: newReportProgress(), now: clock.now() });
    dependencies.onQualityRun?.();
    return reply.code(202).send({ id: runId, begun });
  });
}

async function reportView({ db }: AdminDependencies, run: QualityRun): Promise<z.infer<typeof report>> {
  const { figures, cohorts, sources, ...rest } = await readReport(db, run);
  return {
    ...rest, id: run.runId, madeAt: iso(run.startedAt), endedAt: iso(run.endedAt),
    figures: figures.map((one) => ({ ...one, share: one.of === 0 ? null : one.contacts / one.of })),
    cohorts: cohorts.map(({ after, ...row }) => ({ ...row, after: Object.entries(after).map(([days, figures]) => ({ days: Number(days), ...figures })) })),
    sources: sources.map((one) => ({ ...one, lastAt: iso(one.lastAt) })),
  };
}

function runningView(run: QualityRun, shardCount: number): z.infer<typeof running> {
  const progress = run.progress as ReportProgress;
  return { id: run.runId, startedAt: iso(run.startedAt), share: shareDone(progress, shardCount), contacts: progress.tally.contacts };
}

function settingsRoutes(app: AdminApp, { db }: AdminDependencies): void {
  app.get('/quality/settings', { schema: { summary: 'What the report looks at', tags: ['quality'], response: { 200: qualitySettings, ...problems } } }, (request) => settingsOf(db, workspaceOf(request)));
  app.put('/quality/settings', {
    schema: { summary: 'Choose what the next report looks at', tags: ['quality'], body: qualitySettings, response: { 200: qualitySettings, ...problems } },
  }, async (request) => {
    await writeQualitySettings(db, workspaceOf(request), request.body);
    return request.body;
  });
}

const summary = z.object({ contactId: z.uuid(), userId: z.string().nullable(), email: z.string().nullable() });

function contactsRoute(app: AdminApp, dependencies: AdminDependencies): void {
  const { db, shardCount } = dependencies;
  app.get('/quality/:figure/contacts', {
    schema: {
      summary: 'The contacts behind a figure of the latest report', tags: ['quality'], params: z.object({ figure: z.string().max(300) }),
      querystring: z.object({ ...pageQuery, value: z.string().max(200).optional().describe('Of a figure `value:TRAIT`: only contacts with this value.') }),
      response: { 200: pageOf(summary.extend({ detail: z.string().nullable().describe('More about it: the value, what is wrong, the group of duplicates.') })), ...problems },
    },
  }, async (request) => {
    const { limit, cursor, value } = request.query;
    const run = await latestReport(dependencies, workspaceOf(request));
    const key = request.params.figure;
    const { figures } = await readReport(db, run);
    if (!figures.some((one) => one.key === key)) throw new ApiError('not_found', `The report has no figure ${key}. It has: ${figures.map((one) => one.key).join(', ')}.`);
    const trait = key.startsWith('value:') ? key.slice('value:'.length) : null;
    if (value !== undefined && trait === null) throw new ApiError('validation_failed', 'Only a figure `value:TRAIT` can be asked for one value.', [{ pointer: '/querystring/value', message: 'belongs to figures `value:TRAIT`' }]);
    const values = trait === null ? null : value === undefined ? await wrongValues(dependencies, run, trait) : [value];
    const place = decodeCursor(shardPlace, cursor);
    const rows = await listFindings(db, run, { key, values }, { shard: place?.[0] ?? 0, key: place?.[1] ?? null }, limit, shardCount);
    const { items, next } = page(rows, limit, (last) => [last.shard, last.contactId]);
    return { items: items.map(({ contactId, userId, email, detail }) => ({ contactId, userId, email, detail })), next };
  });
}

async function wrongValues({ db }: AdminDependencies, run: QualityRun, trait: string): Promise<string[]> {
  return ((await proposedValues(db, run, [trait])).get(trait) ?? []).filter(isWrong).map(({ value }) => value);
}

/** Contacts of a group that are listed with it. */
const MEMBERS_SHOWN = 20;
const group = z.object({ id: z.string().describe('As in `detail` of the contacts.'), contacts: count, members: z.array(summary).describe(`The first ${MEMBERS_SHOWN}.`) }).meta({ id: 'DuplicateGroup' });

function duplicateRoutes(app: AdminApp, dependencies: AdminDependencies): void {
  const { db, shardCount } = dependencies;
  app.get('/quality/duplicates/:kind', {
    schema: {
      summary: 'Groups of contacts that seem to be the same person', tags: ['quality'], params: z.object({ kind: z.enum(DUPLICATE_KINDS) }), querystring: z.object(pageQuery),
      response: { 200: pageOf(group), ...problems },
    },
  }, async (request) => {
    const { limit, cursor } = request.query;
    const run = await latestReport(dependencies, workspaceOf(request));
    const place = decodeCursor(z.tuple([z.int().min(0).max(32_767), z.string().regex(/^[0-9a-f]{32}$/)]), cursor);
    const groups = await listDuplicateGroups(db, run, request.params.kind, { shard: place?.[0] ?? 0, key: place?.[1] ?? null }, MEMBERS_SHOWN, limit, shardCount);
    const found = await readContactsBehind(db, groups.flatMap(({ members }) => members), shardCount);
    const { items, next } = page(groups, limit, (last) => [last.shard, last.digest]);
    return { items: items.map(({ digest, contacts, members }) => ({ id: digest, contacts, members: [...new Set(members)].flatMap((id) => memberView(found, id)) })), next };
  });
}

/** A contact that was merged since stands there once, as the one that it has become. */
function memberView(found: Awaited<ReturnType<typeof readContactsBehind>>, id: ContactId): z.infer<typeof summary>[] {
  const state = found.get(id);
  if (state === undefined || state.id !== id) return [];
  const email = state.traits['email']?.value;
  const user = [state.home, ...state.identifiers].find(({ kind }) => kind === 'user');
  return [{ contactId: state.id, userId: user?.value ?? null, email: typeof email === 'string' ? email : null }];
}
