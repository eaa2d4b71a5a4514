import { z } from 'zod';
import { DAY_MS } from '@samovar/core';
import type { JourneyDefinition, Step } from '@samovar/core';
import { ALL_DAYS, listJourneyEnrollments } from '@samovar/store';
import type { CounterRange, CounterSum } from '@samovar/store';
import { problems, workspaceOf } from './admin-app.ts';
import type { AdminApp } from './admin-app.ts';
import type { AdminDependencies } from './admin-dependencies.ts';
import { ApiError, notFound } from './api-error.ts';
import { enrollment, enrollmentView } from './contact-routes.ts';
import type { FigureReader } from './figure-reader.ts';
import { decodeCursor, page, pageOf, pageQuery, shardPlace } from './paging.ts';
import { figureSchema, figuresOf } from './stats.ts';
import type { Figures } from './stats.ts';

const journeySummary = z.object({ key: z.string(), name: z.string(), version: z.int(), figures: figureSchema }).meta({ id: 'JourneySummary' });
const step = z.object({ id: z.string(), kind: z.string(), depth: z.int().describe('How deep it is nested.'), figures: figureSchema }).meta({ id: 'JourneyStep' });
const keyParams = z.object({ key: z.string().min(1).max(200) });

/** Days of one answer of statistics at most. */
const DAY_COUNT_LIMIT = 400;

type Live = { definition: JourneyDefinition; version: number };

async function liveJourneys({ liveDefinitions }: AdminDependencies, workspaceId: number): Promise<Live[]> {
  const live = (await liveDefinitions(workspaceId))?.live ?? [];
  return live.flatMap(({ definition, version }) => (definition.kind === 'journey' ? [{ definition, version }] : []));
}

async function liveJourney(dependencies: AdminDependencies, workspaceId: number, key: string): Promise<Live> {
  const found = (await liveJourneys(dependencies, workspaceId)).find(({ definition }) => definition.key === key);
  if (found === undefined) throw notFound('journey');
  return found;
}

function byThing(sums: readonly CounterSum[]): Map<string, CounterSum[]> {
  const things = new Map<string, CounterSum[]>();
  for (const sum of sums) things.set(sum.thing, [...(things.get(sum.thing) ?? []), sum]);
  return things;
}

/** All steps in reading order. */
function stepsOf(steps: readonly Step[], depth = 0): { id: string; kind: string; depth: number }[] {
  return steps.flatMap((one) => [{ id: one.id, kind: one.kind, depth }, ...branchesOf(one).flatMap((branch) => stepsOf(branch, depth + 1))]);
}

function branchesOf(one: Step): Step[][] {
  switch (one.kind) {
    case 'wait-for': return [one.happened, one.timedOut];
    case 'if': return [one.then, one.else];
    case 'split': return one.arms.map((arm) => arm.steps);
    case 'wait': case 'send': case 'set-trait': case 'tag': case 'exit': return [];
  }
}

const waitingIn = (key: string, steps: readonly { id: string }[], sums: ReadonlyMap<string, CounterSum[]>): number =>
  steps.reduce((total, { id }) => total + figuresOf(sums.get(`step:${key}/${id}`) ?? []).waiting, 0);

export function journeyRoutes(app: AdminApp, dependencies: AdminDependencies, figures: FigureReader): void {
  const { db, shardCount } = dependencies;
  app.get('/journeys', {
    schema: { summary: 'Journeys with their figures', tags: ['journeys'], response: { 200: z.object({ items: z.array(journeySummary) }), ...problems } },
  }, async (request) => {
    const workspaceId = workspaceOf(request);
    const journeys = await liveJourneys(dependencies, workspaceId);
    const things = journeys.flatMap(({ definition }) => [`journey:${definition.key}`, ...stepsOf(definition.steps).map(({ id }) => `step:${definition.key}/${id}`)]);
    const sums = byThing(await figures.read(workspaceId, things, ALL_DAYS, 'total'));
    return {
      items: journeys.map(({ definition, version }) => {
        const { key, name } = definition;
        return { key, name, version, figures: { ...figuresOf(sums.get(`journey:${key}`) ?? []), waiting: waitingIn(key, stepsOf(definition.steps), sums) } };
      }),
    };
  });
  app.get('/journeys/:key', {
    schema: {
      summary: 'One journey with live counts for each step', tags: ['journeys'], params: keyParams,
      response: { 200: journeySummary.extend({ steps: z.array(step) }).meta({ id: 'Journey' }), ...problems },
    },
  }, async (request) => {
    const workspaceId = workspaceOf(request);
    const { definition, version } = await liveJourney(dependencies, workspaceId, request.params.key);
    const { key, name } = definition;
    const steps = stepsOf(definition.steps);
    const sums = byThing(await figures.read(workspaceId, [`journey:${key}`, ...steps.map(({ id }) => `step:${key}/${id}`)], ALL_DAYS, 'total'));
    return {
      key, name, version, figures: { ...figuresOf(sums.get(`journey:${key}`) ?? []), waiting: waitingIn(key, steps, sums) },
      steps: steps.map((one) => ({ ...one, figures: figuresOf(sums.get(`step:${key}/${one.id}`) ?? []) })),
    };
  });
  app.get('/journeys/:key/enrollments', {
    schema: {
      summary: 'Passages through a journey', tags: ['journeys'], params: keyParams,
      querystring: z.object({ ...pageQuery, status: z.enum(['active', 'completed', 'exited']).optional(), step: z.string().max(200).optional().describe('The step at which they wait.') }),
      response: { 200: pageOf(enrollment.extend({ contactId: z.uuid() })), ...problems },
    },
  }, async (request) => {
    const { limit, cursor, status, step: at } = request.query;
    const place = decodeCursor(shardPlace, cursor);
    const filter = { journey: request.params.key, status: status ?? null, step: at ?? null };
    const rows = await listJourneyEnrollments(db, workspaceOf(request), filter, { shard: place?.[0] ?? 0, key: place?.[1] ?? null }, limit, shardCount);
    const { items, next } = page(rows, limit, (last) => [last.shard, last.enrollmentId]);
    return { items: items.map((row) => ({ ...enrollmentView(row), contactId: row.contactId })), next };
  });
  statsRoutes(app, dependencies, figures);
}

const statsRow = z.object({ day: z.iso.date().nullable(), journey: z.string(), step: z.string().nullable(), figures: figureSchema }).meta({ id: 'StatsRow' });
const day = z.iso.date().describe('A day in UTC.');

/** What a row of statistics is about. */
interface Subject {
  journey: string;
  step: string | null;
}

function statsRoutes(app: AdminApp, dependencies: AdminDependencies, figures: FigureReader): void {
  const { clock } = dependencies;
  app.get('/stats', {
    schema: {
      summary: 'What journeys did, per journey or step, in all or per day', tags: ['journeys'],
      querystring: z.object({
        journey: z.string().max(200).optional().describe('Without: every journey.'), by: z.enum(['journey', 'step']).default('journey'), per: z.enum(['total', 'day']).default('total'),
        from: day.optional(), to: day.optional().describe('The last day.'),
      }),
      response: { 200: z.object({ items: z.array(statsRow) }), ...problems },
    },
  }, async (request) => {
    const workspaceId = workspaceOf(request);
    const { journey, by, per, from, to } = request.query;
    const range = rangeOf(from, to, per, clock.now());
    const journeys = journey === undefined ? await liveJourneys(dependencies, workspaceId) : [await liveJourney(dependencies, workspaceId, journey)];
    const subjects = new Map(journeys.flatMap(({ definition: { key, steps } }): [string, Subject][] => by === 'journey'
      ? [[`journey:${key}`, { journey: key, step: null }]]
      : stepsOf(steps).map(({ id }) => [`step:${key}/${id}`, { journey: key, step: id }])));
    const sums = await figures.read(workspaceId, [...subjects.keys()], range, per);
    return { items: rowsOf(subjects, sums, per) };
  });
}

function rangeOf(from: string | undefined, to: string | undefined, per: 'total' | 'day', now: number): CounterRange {
  const end = to === undefined ? now : Date.parse(to);
  const start = from === undefined ? (per === 'day' ? end - 30 * DAY_MS : 0) : Date.parse(from);
  const range = { fromDay: Math.floor(start / DAY_MS), toDay: Math.floor(end / DAY_MS) + 1 };
  if (per === 'day' && range.toDay - range.fromDay > DAY_COUNT_LIMIT) {
    throw new ApiError('validation_failed', `At most ${DAY_COUNT_LIMIT} days at once.`, [{ pointer: '/querystring/from', message: `is more than ${DAY_COUNT_LIMIT} days before the end` }]);
  }
  return range;
}

function rowsOf(subjects: ReadonlyMap<string, Subject>, sums: readonly CounterSum[], per: 'total' | 'day'): z.infer<typeof statsRow>[] {
  const groups = new Map<string, { thing: string; day: number | null; sums: CounterSum[] }>();
  if (per === 'total') for (const thing of subjects.keys()) groups.set(thing, { thing, day: null, sums: [] });
  for (const sum of sums) {
    const name = per === 'total' ? sum.thing : `${sum.thing} ${sum.day}`;
    const group = groups.get(name) ?? { thing: sum.thing, day: sum.day, sums: [] };
    group.sums.push(sum);
    groups.set(name, group);
  }
  return [...groups.values()]
    .sort((a, b) => (a.day ?? 0) - (b.day ?? 0))
    .flatMap(({ thing, day: of, sums: some }) => {
      const subject = subjects.get(thing);
      const row: Figures = figuresOf(some);
      return subject === undefined ? [] : [{ day: of === null ? null : new Date(of * DAY_MS).toISOString().slice(0, 10), ...subject, figures: row }];
    });
}
