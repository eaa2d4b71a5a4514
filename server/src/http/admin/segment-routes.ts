import { z } from 'zod';
import { DAY_MS, explain } from '@samovar/core';
import type { SegmentDefinition } from '@samovar/core';
import { countAllMembers, countSegmentMembers, idsOf, readBackfill, readFirstPublishedAt, readMembers, readMembershipSpans } from '@samovar/store';
import type { Member, MembershipSpan, StoredDefinition } from '@samovar/store';
import { exactSince } from '../../segments/exact-since.ts';
import { fillingSegments } from '../../segments/filling-segments.ts';
import { instant, iso, problems, workspaceOf } from './admin-app.ts';
import type { AdminApp } from './admin-app.ts';
import type { AdminDependencies } from './admin-dependencies.ts';
import { ApiError, notFound } from './api-error.ts';
import { contactParams, findContact } from './contact-routes.ts';
import type { FigureReader } from './figure-reader.ts';
import { decodeCursor, encodeCursor, page, pageOf, pageQuery, shardPlace } from './paging.ts';

export const segmentState = z.enum(['current', 'backfilling']).describe('`backfilling`: a new definition is being applied to contacts that were there before it.');
const progress = z.object({ done: z.int(), of: z.int() }).describe('Contacts looked at, of those there are.');
const segmentSummary = z.object({ key: z.string(), name: z.string(), version: z.int(), state: segmentState, members: z.int() }).meta({ id: 'SegmentSummary' });
const sizeOfDay = z.object({ day: z.iso.date(), members: z.int().describe('At the end of the day; of today: now.'), entered: z.int(), left: z.int() }).meta({ id: 'SegmentDay' });
const segment = segmentSummary.extend({ description: z.string().nullable(), backfill: progress.nullable(),
  exactSince: instant.nullable().describe('What arrived before may be missing from what it counts, since it was kept no longer; null: nothing is missing.'), days: z.array(sizeOfDay),
}).meta({ id: 'Segment' });
export const member = z.object({
  contactId: z.uuid(), email: z.string().nullable(), userId: z.string().nullable(), enteredAt: instant, leftAt: instant.nullable(),
  mergedInto: z.uuid().nullable().describe('The contact that it has been made part of since.'),
}).meta({ id: 'Member' });
const cause = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('event'), name: z.string(), id: z.string() }), z.object({ kind: z.literal('time') }),
  z.object({ kind: z.literal('definition'), version: z.int().describe('Of the publication.') }), z.object({ kind: z.literal('merge'), with: z.uuid() }),
  z.object({ kind: z.literal('unmerge'), from: z.uuid() }),
]).nullable().describe('What made it so; null: it was not recorded.');
const span = z.object({ segment: z.string(), contactId: z.uuid(), enteredAt: instant, enteredBy: cause, leftAt: instant.nullable(), leftBy: cause }).meta({ id: 'MembershipSpan' });
const whySegment = z.object({
  inside: z.boolean(), since: instant.nullable(), state: segmentState,
  explanation: z.record(z.string(), z.unknown()).describe('The condition, part by part, with what is observed and whether it holds now.'),
  spans: z.array(span).describe('The latest first.'),
}).meta({ id: 'WhySegment' });
export const keyParams = z.object({ key: z.string().min(1).max(200) });

const DAYS = { usual: 30, most: 400 } as const;
/** Spans shown with an answer; the rest is in the list of the contact's. */
const SHOWN_SPANS = 100;

type Live = { definition: SegmentDefinition; version: number; all: StoredDefinition[] };

/** The live definition of a segment. */
export async function liveSegment({ liveDefinitions }: AdminDependencies, workspaceId: number, key: string): Promise<Live> {
  const all = (await liveDefinitions(workspaceId))?.live ?? [];
  for (const { definition, version } of all) if (definition.kind === 'segment' && definition.key === key) return { definition, version, all };
  throw notFound('segment');
}

export function segmentRoutes(app: AdminApp, dependencies: AdminDependencies, figures: FigureReader): void {
  const { db, shardCount, liveDefinitions } = dependencies;
  app.get('/segments', {
    schema: { summary: 'Segments with the number of their members', tags: ['segments'], response: { 200: z.object({ items: z.array(segmentSummary) }), ...problems } },
  }, async (request) => {
    const workspaceId = workspaceOf(request);
    const [live, members, backfill] = await Promise.all([liveDefinitions(workspaceId), countAllMembers(db, workspaceId), readBackfill(db, workspaceId, shardCount)]);
    const all = live?.live ?? [];
    const filling = await fillingSegments(db, workspaceId, backfill, all);
    return {
      items: all.flatMap(({ definition, version }) => {
        if (definition.kind !== 'segment') return [];
        const { key, name } = definition;
        return [{ key, name, version, state: stateOf(filling, key), members: members.get(key) ?? 0 }];
      }),
    };
  });
  app.get('/segments/:key', {
    schema: {
      summary: 'One segment: whether it is complete, and how its size changed', tags: ['segments'], params: keyParams,
      querystring: z.object({ days: z.coerce.number().int().min(1).max(DAYS.most).default(DAYS.usual).describe('So many days up to today.') }), response: { 200: segment, ...problems },
    },
  }, async (request) => {
    const workspaceId = workspaceOf(request);
    const { key } = request.params;
    const { definition, version, all } = await liveSegment(dependencies, workspaceId, key);
    const [members, backfill] = await Promise.all([countSegmentMembers(db, workspaceId, key), readBackfill(db, workspaceId, shardCount)]);
    const [filling, program] = await Promise.all([fillingSegments(db, workspaceId, backfill, all), dependencies.program(workspaceId)]);
    const since = program === null ? null : await exactSince(db, program, definition, dependencies.clock.now());
    return {
      key, name: definition.name, exactSince: iso(since), description: definition.description, version, members, state: stateOf(filling, key), backfill: filling.has(key) ? (backfill?.contacts ?? null) : null,
      days: await sizesByDay(dependencies, figures, workspaceId, key, members, request.query.days),
    };
  });
  memberRoutes(app, dependencies);
}

function memberRoutes(app: AdminApp, dependencies: AdminDependencies): void {
  const { db, clock, shardCount } = dependencies;
  app.get('/segments/:key/members', {
    schema: {
      summary: 'Members of a segment, now or at a moment', tags: ['segments'], params: keyParams,
      querystring: z.object({ ...pageQuery, at: instant.optional().describe('Who was inside then, by what was known then.') }), response: { 200: pageOf(member), ...problems },
    },
  }, async (request) => {
    const workspaceId = workspaceOf(request);
    const { limit, cursor, at } = request.query;
    const { key } = request.params;
    const place = decodeCursor(shardPlace, cursor);
    const moment = at === undefined ? null : pastMoment(at, clock.now());
    if (moment === null) await liveSegment(dependencies, workspaceId, key);
    else if (await readFirstPublishedAt(db, workspaceId, 'segment', key) === null) throw notFound('segment');
    const rows = await readMembers(db, workspaceId, { segment: key, at: moment }, { shard: place?.[0] ?? 0, key: place?.[1] ?? null }, limit, shardCount);
    const { items, next } = page(rows, limit, (last) => [last.shard, last.contactId]);
    return { items: items.map(memberView), next };
  });
  app.get('/segments/:key/contacts/:id', {
    schema: {
      summary: 'Why a contact is or is not in a segment, and when and why it entered and left', tags: ['segments'], params: keyParams.extend(contactParams.shape),
      response: { 200: whySegment, ...problems },
    },
  }, async (request) => {
    const workspaceId = workspaceOf(request);
    const { key, id } = request.params;
    await liveSegment(dependencies, workspaceId, key);
    const [contact, program] = await Promise.all([findContact(dependencies, workspaceId, id), dependencies.program(workspaceId)]);
    const predicate = program?.segments.find((one) => one.key === key)?.predicate;
    if (program === null || predicate === undefined) throw notFound('segment');
    const spans = await readMembershipSpans(db, idsOf(contact), { segment: key, after: null, limit: SHOWN_SPANS }, shardCount);
    const since = Object.hasOwn(contact.segments, key) ? (contact.segments[key] ?? null) : null;
    return {
      inside: since !== null, since: iso(since), state: contact.programVersion < program.version ? 'backfilling' as const : 'current' as const,
      explanation: explain(predicate, { contact, now: clock.now(), workspace: program.workspace, enrollment: null }), spans: spans.map(spanView),
    };
  });
  app.get('/contacts/:id/segments', {
    schema: {
      summary: 'When a contact was in which segments, and why it entered and left, the latest first', tags: ['contacts'], params: contactParams,
      querystring: z.object({ ...pageQuery, segment: z.string().min(1).max(200).optional().describe('Only this one.') }), response: { 200: pageOf(span), ...problems },
    },
  }, async (request) => {
    const { limit, cursor, segment: only } = request.query;
    const after = decodeCursor(z.tuple([z.int(), z.string(), z.uuid()]), cursor);
    const contact = await findContact(dependencies, workspaceOf(request), request.params.id);
    const place = after === null ? null : { enteredAt: after[0], segment: after[1], contactId: after[2] as MembershipSpan['contactId'] };
    const spans = await readMembershipSpans(db, idsOf(contact), { segment: only ?? null, after: place, limit }, shardCount);
    const last = spans.at(-1);
    return { items: spans.map(spanView), next: last === undefined || spans.length < limit ? null : encodeCursor([last.enteredAt, last.segment, last.contactId]) };
  });
}

export function memberView({ contactId, email, userId, enteredAt, leftAt, mergedInto }: Member): z.infer<typeof member> {
  return { contactId, email, userId, enteredAt: iso(enteredAt), leftAt: iso(leftAt), mergedInto };
}

const stateOf = (filling: ReadonlySet<string>, key: string): 'current' | 'backfilling' => (filling.has(key) ? 'backfilling' : 'current');

/** What was known at a moment that has not come is nothing. */
export function pastMoment(at: string, now: number): number {
  const moment = Date.parse(at);
  if (moment <= now) return moment;
  throw new ApiError('validation_failed', `It is ${iso(now)}; who will be inside later nobody knows.`, [{ pointer: '/querystring/at', message: 'is in the future' }]);
}

/** Counted back from now, so that it is right whatever became of counters of long ago. */
async function sizesByDay({ clock }: AdminDependencies, figures: FigureReader, workspaceId: number, key: string, members: number, days: number): Promise<z.infer<typeof sizeOfDay>[]> {
  const today = Math.floor(clock.now() / DAY_MS);
  const sums = await figures.read(workspaceId, [`segment:${key}`], { fromDay: today - days + 1, toDay: today + 1 }, 'day');
  const of = (day: number, metric: string): number => sums.find((sum) => sum.day === day && sum.metric === metric)?.value ?? 0;
  const sizes: z.infer<typeof sizeOfDay>[] = [];
  let size = members;
  for (let day = today; day > today - days; day -= 1) {
    const [entered, left] = [of(day, 'entered'), of(day, 'left')];
    sizes.unshift({ day: new Date(day * DAY_MS).toISOString().slice(0, 10), members: size, entered, left });
    size -= entered - left;
  }
  return sizes;
}

function spanView({ segment: key, contactId, enteredAt, enteredBy, leftAt, leftBy }: MembershipSpan): z.infer<typeof span> {
  return { segment: key, contactId, enteredAt: iso(enteredAt), enteredBy, leftAt: iso(leftAt), leftBy };
}
