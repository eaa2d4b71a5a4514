import { z } from 'zod';
import { listSegment } from '@samovar/core';
import { countAllMembers, countSegmentMembers, insertList, readListImports, readLists, readMembers, removeList, updateList, type ContactList } from '@samovar/store';
import { addToList, clearList, takeOffList, type ListChange } from '../../lists/list-members.ts';
import { isStorable } from '../../lists/list-mapping.ts';
import { instant, iso, problems, workspaceOf } from './admin-app.ts';
import type { AdminApp } from './admin-app.ts';
import type { AdminDependencies } from './admin-dependencies.ts';
import { ApiError } from './api-error.ts';
import { findList } from './find-list.ts';
import { SHOWN_IMPORTS, listImportRoutes } from './list-import-routes.ts';
import { decodeCursor, page, pageOf, pageQuery, shardPlace } from './paging.ts';
import { keyParams, member, pastMoment } from './segment-routes.ts';

/** Lists of a workspace at most: a contact remembers every one that it was on. */
export const LIST_COUNT_LIMIT = 400;
/** People of one request at most; more come as a file. */
export const WHO_COUNT_LIMIT = 1_000;

const text = (most: number): z.ZodString => z.string().max(most).refine(isStorable, 'holds characters that cannot be kept');
const name = text(200).min(1);
const description = text(5_000).nullable();
const list = z.object({ key: z.string(), name: z.string(), description: z.string().nullable(), createdAt: instant, members: z.int() }).meta({ id: 'ContactList' });
const who = z.union([z.strictObject({ contactId: z.uuid() }), z.strictObject({ userId: text(512).min(1) }), z.strictObject({ email: text(512).min(1) })]).meta({ id: 'Who' });
const whom = z.strictObject({ members: z.array(who).min(1).max(WHO_COUNT_LIMIT) });
const added = z.object({ added: z.int().describe('Told to join; who was on it already stays.'), created: z.int().describe('Contacts that were not known before. They have given no consent.') });
const removed = z.object({ removed: z.int(), unknown: z.array(z.int()).describe('Positions of those whom nobody has heard of.') });

/** Lists of people that are kept by hand, beside segments, which keep themselves. */
export function listRoutes(app: AdminApp, dependencies: AdminDependencies): void {
  const { db, clock } = dependencies;
  app.get('/lists', { schema: { summary: 'Lists with the number of their members', tags: ['lists'], response: { 200: z.object({ items: z.array(list) }), ...problems } } }, async (request) => {
    const workspaceId = workspaceOf(request);
    const [lists, members] = await Promise.all([readLists(db, workspaceId), countAllMembers(db, workspaceId)]);
    return { items: lists.map((one) => view(one, members.get(listSegment(one.key)) ?? 0)) };
  });
  app.post('/lists', {
    schema: {
      summary: 'Make a list', tags: ['lists'],
      body: z.strictObject({ key: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,79}$/, 'has to be of small letters, digits, - and _'), name: name.optional(), description: description.default(null) }),
      response: { 201: list, ...problems },
    },
  }, async (request, reply) => {
    const workspaceId = workspaceOf(request);
    const { key, name: called = key, description: described } = request.body;
    if ((await readLists(db, workspaceId)).length >= LIST_COUNT_LIMIT) throw new ApiError('conflict', `A workspace has at most ${LIST_COUNT_LIMIT} lists; delete one that is not needed.`);
    const made = { key, name: called, description: described, createdAt: clock.now() };
    if (!(await insertList(db, workspaceId, made))) throw new ApiError('conflict', `There is a list ${key} already.`);
    return reply.code(201).send(view(made, await countSegmentMembers(db, workspaceId, listSegment(key))));
  });
  app.patch('/lists/:key', {
    schema: {
      summary: 'Change the name or description of a list', tags: ['lists'], params: keyParams, body: z.strictObject({ name: name.optional(), description: description.optional() }),
      response: { 200: list, ...problems },
    },
  }, async (request) => {
    const workspaceId = workspaceOf(request);
    const found = await findList(dependencies, workspaceId, request.params.key);
    const { name: called = found.name, description: described = found.description } = request.body;
    await updateList(db, workspaceId, { key: found.key, name: called, description: described });
    return view({ ...found, name: called, description: described }, await countSegmentMembers(db, workspaceId, listSegment(found.key)));
  });
  app.delete('/lists/:key', {
    schema: {
      summary: 'Take everybody off a list, and delete it', tags: ['lists'], params: keyParams,
      description: 'Conditions that ask for it hold for nobody then. Who was on it, and when, stays known.',
      response: { 200: z.object({ removed: z.int() }), ...problems },
    },
  }, async (request) => {
    const workspaceId = workspaceOf(request);
    const { key } = await findList(dependencies, workspaceId, request.params.key);
    if ((await readListImports(db, workspaceId, key, SHOWN_IMPORTS)).some(({ state }) => state === 'running')) {
      throw new ApiError('conflict', 'A file is being read onto this list; stop that first, or let it end.');
    }
    const count = await clearList(dependencies, workspaceId, key);
    await removeList(db, workspaceId, key);
    return { removed: count };
  });
  listMemberRoutes(app, dependencies);
  listImportRoutes(app, dependencies);
}

function listMemberRoutes(app: AdminApp, dependencies: AdminDependencies): void {
  const { db, clock, shardCount } = dependencies;
  app.get('/lists/:key/members', {
    schema: {
      summary: 'Members of a list, now or at a moment', tags: ['lists'], params: keyParams, querystring: z.object({ ...pageQuery, at: instant.optional() }),
      response: { 200: pageOf(member), ...problems },
    },
  }, async (request) => {
    const workspaceId = workspaceOf(request);
    const { limit, cursor, at } = request.query;
    const { key } = await findList(dependencies, workspaceId, request.params.key);
    const place = decodeCursor(shardPlace, cursor);
    const moment = at === undefined ? null : pastMoment(at, clock.now());
    const rows = await readMembers(db, workspaceId, { segment: listSegment(key), at: moment }, { shard: place?.[0] ?? 0, key: place?.[1] ?? null }, limit, shardCount);
    const { items, next } = page(rows, limit, (last) => [last.shard, last.contactId]);
    return { items: items.map(({ shard: _, enteredAt, leftAt, ...rest }) => ({ ...rest, enteredAt: iso(enteredAt), leftAt: iso(leftAt) })), next };
  });
  app.post('/lists/:key/members', {
    schema: {
      summary: 'Put people on a list', tags: ['lists'], params: keyParams, body: whom, response: { 202: added, ...problems },
      description: 'By contact id, user id or e-mail address: all of them or, where one is wrong, none. Somebody unknown becomes a contact, without any consent. Journeys that start on joining start.',
    },
  }, async (request, reply) => {
    const workspaceId = workspaceOf(request);
    const { key } = await findList(dependencies, workspaceId, request.params.key);
    const { changed, created } = orRefuse(await addToList(dependencies, workspaceId, key, request.body.members));
    return reply.code(202).send({ added: changed, created });
  });
  app.delete('/lists/:key/members', {
    schema: { summary: 'Take people off a list', tags: ['lists'], params: keyParams, body: whom, response: { 202: removed, ...problems } },
  }, async (request, reply) => {
    const workspaceId = workspaceOf(request);
    const { key } = await findList(dependencies, workspaceId, request.params.key);
    const { changed, unknown } = orRefuse(await takeOffList(dependencies, workspaceId, key, request.body.members));
    return reply.code(202).send({ removed: changed, unknown });
  });
}

function orRefuse(change: ListChange): Extract<ListChange, { kind: 'done' }> {
  if (change.kind === 'done') return change;
  throw new ApiError('validation_failed', `${change.problems.length} of them cannot be meant; nothing was changed.`, change.problems.map(({ index, message }) => ({ pointer: `/members/${index}`, message })));
}

function view({ key, name: called, description: described, createdAt }: ContactList, members: number): z.infer<typeof list> {
  return { key, name: called, description: described, createdAt: iso(createdAt), members };
}
