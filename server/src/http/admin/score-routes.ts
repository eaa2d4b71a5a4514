import { z } from 'zod';
import { bandSegment, contactAt, personaSegment } from '@samovar/core';
import type { CompiledScore, Definition, Effect, Program } from '@samovar/core';
import { countAllMembers, idsOf, readBackfill, readMembers, readMembershipSpans } from '@samovar/store';
import { fillingSegments } from '../../segments/filling-segments.ts';
import { readWholeHistory } from '../../worker/shard-history.ts';
import { instant, problems, workspaceOf } from './admin-app.ts';
import type { AdminApp } from './admin-app.ts';
import type { AdminDependencies } from './admin-dependencies.ts';
import { notFound } from './api-error.ts';
import { contactParams, findContact } from './contact-routes.ts';
import { decodeCursor, page, pageOf, pageQuery, shardPlace } from './paging.ts';
import { definitionsOf, standing, standingView, type Since } from './score-view.ts';
import { keyParams, member, memberView, pastMoment, segmentState } from './segment-routes.ts';

const bandCount = z.object({
  band: z.string(), name: z.string(), from: z.number().nullable().describe('null: all that is below the others.'),
  contacts: z.int().nullable().describe('In this band now, and in no higher one. null for the lowest: everybody else, of whom no profile may be made included.'),
}).meta({ id: 'BandCount' });
const scoreSummary = z.object({
  key: z.string(), name: z.string(), version: z.int(), main: z.boolean().describe('Its band is the temperature of contacts.'), state: segmentState, bands: z.array(bandCount),
}).meta({ id: 'ScoreSummary' });
const personaCount = z.object({ persona: z.string(), name: z.string(), contacts: z.int() }).meta({ id: 'PersonaCount' });
const personasSummary = z.object({ key: z.string(), name: z.string(), version: z.int(), state: segmentState, personas: z.array(personaCount) }).meta({ id: 'PersonasSummary' });

type Kind = 'score' | 'personas';
type Of<K extends Kind> = Extract<Definition, { kind: K }>;

/** Scores and personas: what they are, who is where, and why, line by line. */
export function scoreRoutes(app: AdminApp, dependencies: AdminDependencies): void {
  contactScoreRoute(app, dependencies);
  listRoutes(app, dependencies);
  memberRoutes(app, dependencies);
}

function contactScoreRoute(app: AdminApp, dependencies: AdminDependencies): void {
  const { db, clock, shardCount, liveDefinitions } = dependencies;
  app.get('/contacts/:id/scores', {
    schema: {
      summary: 'Scores, bands and personas of a contact, line by line', tags: ['contacts'], params: contactParams,
      description: 'With `at` by the definitions of now, from what was known of the contact then; contacts that are one now are taken for one then.',
      querystring: z.object({ at: instant.optional().describe('How it was then.') }), response: { 200: standing, ...problems },
    },
  }, async (request) => {
    const workspaceId = workspaceOf(request);
    const [contact, program, live] = await Promise.all([findContact(dependencies, workspaceId, request.params.id), dependencies.program(workspaceId), liveDefinitions(workspaceId)]);
    if (program === null) throw notFound('score');
    const definitions = (live?.live ?? []).map(({ definition }) => definition);
    const { workspace } = program;
    const moment = request.query.at === undefined ? null : pastMoment(request.query.at, clock.now());
    if (moment !== null) {
      const history = await readWholeHistory(db, shardCount, contact.id, { kind: 'contact', state: contact }, undefined);
      const then = contactAt(contact, program, history, moment);
      if (then === null) throw notFound('contact at that time');
      const scope = { contact: then.contact, now: moment, workspace, enrollment: null };
      return { ...standingView(program, definitions, scope, sinceOf(then.memberships)), state: 'current' as const };
    }
    const scope = { contact, now: clock.now(), workspace, enrollment: null };
    const state = contact.programVersion < program.version ? 'backfilling' as const : 'current' as const;
    return { ...standingView(program, definitions, scope, sinceOf(await newestChanges(dependencies, program, idsOf(contact)))), state };
  });
}

type Change = Pick<Extract<Effect, { kind: 'membership' }>, 'segment' | 'entered' | 'at'>;

/** A contact came into its band when it came up into it, or down out of the next one: whichever was later. */
function sinceOf(changes: readonly Change[]): Since {
  const latest = (segment: string | null | undefined, entered: boolean): number =>
    Math.max(-Infinity, ...changes.filter((change) => change.segment === segment && change.entered === entered).map(({ at }) => at));
  return {
    band: (score, key) => {
      const position = score.bands.findIndex((band) => band.key === key);
      const since = Math.max(latest(score.bands[position]?.segment, true), latest(score.bands[position + 1]?.segment, false));
      return since === -Infinity ? null : since;
    },
  };
}

/** When the contact last came into each band, and last left it. */
async function newestChanges({ db, shardCount }: AdminDependencies, program: Program, ids: ReturnType<typeof idsOf>): Promise<Change[]> {
  const segments = [...program.scores.values()].flatMap(({ bands }: CompiledScore) => bands.flatMap(({ segment }) => segment ?? []));
  const spans = await Promise.all(segments.map((segment) => readMembershipSpans(db, ids, { segment, after: null, limit: 1 }, shardCount)));
  return spans.flat().flatMap(({ segment, enteredAt, leftAt }) => [
    { segment, entered: true, at: enteredAt }, ...(leftAt === null ? [] : [{ segment, entered: false, at: leftAt }]),
  ]);
}

function listRoutes(app: AdminApp, dependencies: AdminDependencies): void {
  app.get('/scores', { schema: { summary: 'Scores with the number of contacts in each band', tags: ['scores'], response: { 200: z.object({ items: z.array(scoreSummary) }), ...problems } } },
    async (request) => ({ items: await scores(dependencies, workspaceOf(request)) }));
  app.get('/scores/:key', {
    schema: { summary: 'One score: its rules, and the number of contacts in each band', tags: ['scores'], params: keyParams, response: { 200: scoreSummary.extend({ definition: z.record(z.string(), z.unknown()) }).meta({ id: 'Score' }), ...problems } },
  }, async (request) => {
    const { definition } = await liveOne(dependencies, workspaceOf(request), 'score', request.params.key);
    const [found] = (await scores(dependencies, workspaceOf(request))).filter(({ key }) => key === definition.key);
    if (found === undefined) throw notFound('score');
    return { ...found, definition: { ...definition } };
  });
  app.get('/personas', { schema: { summary: 'Sets of personas with the number of contacts of each', tags: ['scores'], response: { 200: z.object({ items: z.array(personasSummary) }), ...problems } } },
    async (request) => ({ items: await personaSets(dependencies, workspaceOf(request)) }));
  app.get('/personas/:key', {
    schema: { summary: 'One set of personas, and the number of contacts of each', tags: ['scores'], params: keyParams, response: { 200: personasSummary.extend({ definition: z.record(z.string(), z.unknown()) }).meta({ id: 'Personas' }), ...problems } },
  }, async (request) => {
    const { definition } = await liveOne(dependencies, workspaceOf(request), 'personas', request.params.key);
    const [found] = (await personaSets(dependencies, workspaceOf(request))).filter(({ key }) => key === definition.key);
    if (found === undefined) throw notFound('set of personas');
    return { ...found, definition: { ...definition } };
  });
}

function memberRoutes(app: AdminApp, dependencies: AdminDependencies): void {
  const members = async (workspaceId: number, segment: string, { limit, cursor }: { limit: number; cursor?: string | undefined }): Promise<{ items: z.infer<typeof member>[]; next: string | null }> => {
    const place = decodeCursor(shardPlace, cursor);
    const rows = await readMembers(dependencies.db, workspaceId, { segment }, { shard: place?.[0] ?? 0, key: place?.[1] ?? null }, limit, dependencies.shardCount);
    const { items, next } = page(rows, limit, (last) => [last.shard, last.contactId]);
    return { items: items.map(memberView), next };
  };
  app.get('/scores/:key/bands/:band/contacts', {
    schema: {
      summary: 'Contacts in a band of a score, or in a higher one', tags: ['scores'], params: keyParams.extend({ band: z.string().min(1).max(200) }), querystring: z.object(pageQuery),
      response: { 200: pageOf(member), ...problems },
    },
  }, async (request) => {
    const { key, band } = request.params;
    const { definition } = await liveOne(dependencies, workspaceOf(request), 'score', key);
    if (!definition.bands.some((one) => one.key === band && one.from !== null)) throw notFound('band with a threshold');
    return members(workspaceOf(request), bandSegment(key, band), request.query);
  });
  app.get('/personas/:key/:persona/contacts', {
    schema: { summary: 'Contacts that are of a persona', tags: ['scores'], params: keyParams.extend({ persona: z.string().min(1).max(200) }), querystring: z.object(pageQuery), response: { 200: pageOf(member), ...problems } },
  }, async (request) => {
    const { key, persona } = request.params;
    const { definition } = await liveOne(dependencies, workspaceOf(request), 'personas', key);
    if (![...definition.choose, definition.otherwise].some((one) => one?.persona === persona)) throw notFound('persona');
    return members(workspaceOf(request), personaSegment(key, persona), request.query);
  });
}

async function liveOne<K extends Kind>({ liveDefinitions }: AdminDependencies, workspaceId: number, kind: K, key: string): Promise<{ definition: Of<K> }> {
  const stored = (await liveDefinitions(workspaceId))?.live.filter((one) => one.kind === kind && one.key === key) ?? [];
  const [definition] = definitionsOf(stored.map((one) => one.definition), kind);
  if (definition === undefined) throw notFound(kind === 'score' ? 'score' : 'set of personas');
  return { definition };
}

/** Of one kind, with what is needed to count: members of all segments, and which of them are not complete. */
async function counted<K extends Kind>({ db, shardCount, liveDefinitions }: AdminDependencies, workspaceId: number, kind: K): Promise<{ all: { definition: Of<K>; version: number }[]; members: Map<string, number>; filling: Set<string> }> {
  const [live, members, backfill] = await Promise.all([liveDefinitions(workspaceId), countAllMembers(db, workspaceId), readBackfill(db, workspaceId, shardCount)]);
  const stored = live?.live ?? [];
  const versions = new Map(stored.map(({ definition, version }) => [definition, version]));
  const all = definitionsOf(stored.map(({ definition }) => definition), kind).map((definition) => ({ definition, version: versions.get(definition) ?? 0 }));
  return { all, members, filling: await fillingSegments(db, workspaceId, backfill, stored) };
}

async function scores(dependencies: AdminDependencies, workspaceId: number): Promise<z.infer<typeof scoreSummary>[]> {
  const { all, members, filling } = await counted(dependencies, workspaceId, 'score');
  return all.map(({ definition: { key, name, main, bands }, version }) => {
    const from = (position: number): number => members.get(bandSegment(key, bands[position]?.key ?? '')) ?? 0;
    return {
      key, name, version, main, state: filling.has(`score/${key}`) ? 'backfilling' : 'current',
      bands: bands.map((band, position) => ({ band: band.key, name: band.name, from: band.from, contacts: band.from === null ? null : from(position) - from(position + 1) })),
    };
  });
}

async function personaSets(dependencies: AdminDependencies, workspaceId: number): Promise<z.infer<typeof personasSummary>[]> {
  const { all, members, filling } = await counted(dependencies, workspaceId, 'personas');
  return all.map(({ definition: { key, name, choose, otherwise }, version }) => {
    const personas = [...choose, ...(otherwise === null ? [] : [otherwise])].map(({ persona, name: shown }) => ({ persona, name: shown, contacts: members.get(personaSegment(key, persona)) ?? 0 }));
    return { key, name, version, state: personas.some(({ persona }) => filling.has(personaSegment(key, persona))) ? 'backfilling' : 'current', personas };
  });
}
