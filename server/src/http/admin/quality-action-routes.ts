import { z } from 'zod';
import { DUPLICATE_KINDS, canonicalCountry, isEventProperty, tidyText } from '@samovar/core';
import type { ProposedValue } from '@samovar/core';
import { beginRun, listDuplicateGroups, readContactsBehind, readLatestRun, writeChoice } from '@samovar/store';
import type { QualityRun, ValueChoice } from '@samovar/store';
import type { ApplyProgress, ApplyQuestions } from '../../quality/apply-choices.ts';
import { mergeEvents } from '../../quality/merge-group.ts';
import { isWrong, proposedValues } from '../../quality/quality-report.ts';
import { shareDone } from '../../quality/report-progress.ts';
import type { ReportQuestions } from '../../quality/report-progress.ts';
import { instant, iso, problems, workspaceOf } from './admin-app.ts';
import type { AdminApp } from './admin-app.ts';
import type { AdminDependencies } from './admin-dependencies.ts';
import { ApiError, notFound } from './api-error.ts';
import { decodeCursor, page, pageOf, pageQuery } from './paging.ts';
import { latestReport } from './quality-routes.ts';

const CHOICES = ['open', 'accepted', 'replaced', 'rejected'] as const;
const valueView = z.object({
  value: z.string(), contacts: z.int(), proposed: z.string().nullable().describe('What the rules would write; null: they do not know.'), choice: z.enum(CHOICES),
  canonical: z.string().nullable().describe('What holds.'), wrong: z.boolean().describe('It is not canonical.'),
}).meta({ id: 'QualityValue' });
const applying = z.object({ id: z.int(), trait: z.string(), status: z.enum(['running', 'done', 'failed']), share: z.number(), written: z.int(), startedAt: instant, endedAt: instant.nullable(), error: z.string().nullable() }).meta({ id: 'QualityApplication' });
const traitParams = z.object({ trait: z.string().min(1).max(200) });

/** What is done about the findings: which value is canonical, writing it, making one contact of several. */
export function qualityActionRoutes(app: AdminApp, dependencies: AdminDependencies): void {
  valueRoutes(app, dependencies);
  applyRoutes(app, dependencies);
  mergeRoute(app, dependencies);
}

async function valuesOf(dependencies: AdminDependencies, workspaceId: number, trait: string): Promise<{ run: QualityRun; values: ProposedValue[] }> {
  const run = await latestReport(dependencies, workspaceId);
  const { countryTraits, categoryTraits } = run.questions as ReportQuestions;
  const known = [...countryTraits, ...categoryTraits];
  if (!known.includes(trait)) throw new ApiError('not_found', `The report does not look at the values of ${trait}. It looks at: ${known.join(', ')}. Settings say which.`);
  return { run, values: (await proposedValues(dependencies.db, run, [trait])).get(trait) ?? [] };
}

function valueRoutes(app: AdminApp, dependencies: AdminDependencies): void {
  const { db, clock, shardCount } = dependencies;
  app.get('/quality/values/:trait', {
    schema: {
      summary: 'The values of a trait, the commonest first, with what should be written instead', tags: ['quality'], params: traitParams,
      querystring: z.object({ ...pageQuery, only: z.enum(['all', 'wrong']).default('all') }), response: { 200: pageOf(valueView), ...problems },
    },
  }, async (request) => {
    const { limit, cursor, only } = request.query;
    const { values } = await valuesOf(dependencies, workspaceOf(request), request.params.trait);
    const start = decodeCursor(z.int().min(0), cursor) ?? 0;
    const some = values.filter((value) => only === 'all' || isWrong(value)).slice(start, start + limit);
    const { items, next } = page(some, limit, () => start + limit);
    return { items: items.map((value) => ({ ...value, wrong: isWrong(value) })), next };
  });
  app.put('/quality/values/:trait', {
    schema: {
      summary: 'Decide what a value should be', tags: ['quality'], params: traitParams,
      description: '`accepted` takes the proposal, `replaced` another value, `rejected` leaves the value as it is, `open` takes the decision back. It holds for later reports too; `apply` writes it.',
      body: z.strictObject({ value: z.string().max(200), choice: z.enum(CHOICES), canonical: z.string().min(1).max(200).optional().describe('With `replaced`. Of a country: its code of two letters.') }),
      response: { 200: valueView, ...problems },
    },
  }, async (request) => {
    const workspaceId = workspaceOf(request);
    const { trait } = request.params;
    const { value, choice, canonical } = request.body;
    const { run, values } = await valuesOf(dependencies, workspaceId, trait);
    const found = values.find((one) => one.value === value);
    if (found === undefined) throw new ApiError('not_found', `No contact of the report has the value ${JSON.stringify(value)} in ${trait}.`);
    const isCountry = (run.questions as ReportQuestions).countryTraits.includes(trait);
    await writeChoice(db, workspaceId, { trait, value }, choiceOf(found, choice, canonical, isCountry), clock.now(), shardCount);
    const after = (await proposedValues(db, run, [trait])).get(trait)?.find((one) => one.value === value);
    if (after === undefined) throw notFound('value');
    return { ...after, wrong: isWrong(after) };
  });
}

function choiceOf({ value, proposed }: ProposedValue, choice: (typeof CHOICES)[number], canonical: string | undefined, isCountry: boolean): ValueChoice | null {
  const refuse = (message: string): ApiError => new ApiError('validation_failed', message, [{ pointer: '/canonical', message }]);
  if (choice !== 'replaced' && canonical !== undefined) throw refuse('belongs to the choice `replaced`.');
  switch (choice) {
    case 'open': return null;
    case 'rejected': return { choice, canonical: null };
    case 'accepted':
      if (proposed === null) throw new ApiError('conflict', `There is no proposal for ${JSON.stringify(value)} to accept; replace it.`);
      return { choice, canonical: proposed };
    case 'replaced':
      if (canonical === undefined || tidyText(canonical) === '') throw refuse('Name the value to write instead.');
      if (isCountry && canonicalCountry(canonical) !== canonical) throw refuse(`${canonical} is no code of a country (ISO 3166, two capital letters).`);
      return { choice, canonical: tidyText(canonical) };
  }
}

function applyRoutes(app: AdminApp, dependencies: AdminDependencies): void {
  const { db, clock, shardCount } = dependencies;
  app.get('/quality/applications/latest', {
    schema: { summary: 'How far the latest writing of canonical values has come', tags: ['quality'], response: { 200: applying, ...problems } },
  }, async (request) => {
    const run = await readLatestRun(db, workspaceOf(request), 'apply');
    if (run === null) throw notFound('application');
    const progress = run.progress as ApplyProgress;
    return {
      id: run.runId, trait: (run.questions as ApplyQuestions).trait, status: run.status, share: run.status === 'done' ? 1 : shareDone({ phase: 'apply', ...progress }, shardCount),
      written: progress.written, startedAt: iso(run.startedAt), endedAt: iso(run.endedAt), error: run.error,
    };
  });
  app.post('/quality/values/:trait/apply', {
    schema: {
      summary: 'Write the accepted and replaced values of a trait to the contacts, in the background', tags: ['quality'], params: traitParams,
      description: 'Each contact gets a trusted `identify` event, so that segments and journeys see the change; what was told before is kept as `TRAIT_raw`. What was only proposed is not written.',
      response: { 202: z.object({ id: z.int(), begun: z.boolean().describe('false: values are being written already.') }), ...problems },
    },
  }, async (request, reply) => {
    const workspaceId = workspaceOf(request);
    const { trait } = request.params;
    const { run, values } = await valuesOf(dependencies, workspaceId, trait);
    if (isEventProperty(trait)) throw new ApiError('conflict', `${trait} is a property of events, and what happened is not rewritten. Mend it where the events come from.`);
    if (!values.some((value) => (value.choice === 'accepted' || value.choice === 'replaced') && isWrong(value))) {
      throw new ApiError('conflict', `Nothing is decided about ${trait} that could be written. Accept or replace values first.`);
    }
    const questions: ApplyQuestions = { trait, reportId: run.runId };
    const progress: ApplyProgress = { shard: 0, after: null, written: 0 };
    const begun = await beginRun(db, { workspaceId, kind: 'apply', questions, progress, now: clock.now() });
    dependencies.onQualityRun?.();
    return reply.code(202).send({ id: begun.runId, begun: begun.begun });
  });
}

/** Contacts that are made one at once; a larger group is a mistake of a program. */
const MERGE_LIMIT = 20;

function mergeRoute(app: AdminApp, dependencies: AdminDependencies): void {
  const { db, clock, shardCount, append } = dependencies;
  app.post('/quality/duplicates/:kind/:group/merge', {
    schema: {
      summary: 'Make one contact of a group of duplicates', tags: ['quality'], params: z.object({ kind: z.enum(DUPLICATE_KINDS), group: z.string().regex(/^[0-9a-f]{32}$/) }),
      body: z.strictObject({ into: z.uuid().optional().describe('Whose identifier leads. Without: the contact that was there first.') }).default({}),
      response: { 202: z.object({ events: z.array(z.string()).describe('The ids of the `alias` events that say so.') }), ...problems },
    },
  }, async (request, reply) => {
    const workspaceId = workspaceOf(request);
    const { kind, group } = request.params;
    const run = await latestReport(dependencies, workspaceId);
    const shard = Number.parseInt(group.slice(0, 4), 16) % shardCount;
    const before = (BigInt(`0x${group}`) - 1n).toString(16).padStart(32, '0');
    const [found] = await listDuplicateGroups(db, run, kind, { shard, key: group === '0'.repeat(32) ? null : before }, MERGE_LIMIT + 1, 1, shard + 1);
    if (found?.digest !== group) throw notFound('group of duplicates');
    if (found.contacts > MERGE_LIMIT) throw new ApiError('conflict', `The group has ${found.contacts} contacts; at most ${MERGE_LIMIT} are made one at once, since what so many share is rarely their own.`);
    const states = [...new Map([...(await readContactsBehind(db, found.members, shardCount)).values()].map((state) => [state.id, state])).values()];
    const { into } = request.body;
    if (into !== undefined && !states.some(({ id }) => id === into)) throw new ApiError('validation_failed', 'This contact is not in the group.', [{ pointer: '/into', message: 'is not in the group' }]);
    const records = mergeEvents(states, into ?? null, clock.now());
    if (records.length > 0) await append(records);
    return reply.code(202).send({ events: records.map(({ record }) => record.messageId) });
  });
}
