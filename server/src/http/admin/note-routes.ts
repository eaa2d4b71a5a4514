import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { idsOf, readTimeline, removeNote, writeNote } from '@samovar/store';
import { instant, iso, keyOf, problems, workspaceOf } from './admin-app.ts';
import type { AdminApp } from './admin-app.ts';
import type { AdminDependencies } from './admin-dependencies.ts';
import { notFound } from './api-error.ts';
import { contactParams, findContact } from './contact-routes.ts';
import { decodeCursor, encodeCursor, pageOf, pageQuery } from './paging.ts';

const note = z.object({ id: z.uuid(), at: instant, by: z.string(), text: z.string() }).meta({ id: 'Note' });
const place = z.record(z.string().regex(/^n[0-9a-f]{8}$/), z.tuple([z.int(), z.uuid()]));

/** Longest note; who has more to say has a document to link to. */
const NOTE_LENGTH_LIMIT = 10_000;

/** What people write down about a contact. */
export function noteRoutes(app: AdminApp, dependencies: AdminDependencies): void {
  const { db, clock, shardCount } = dependencies;
  app.get('/contacts/:id/notes', {
    schema: { summary: 'Notes about a contact, the latest first', tags: ['contacts'], params: contactParams, querystring: z.object(pageQuery), response: { 200: pageOf(note), ...problems } },
  }, async (request) => {
    const { limit, cursor } = request.query;
    const after = decodeCursor(place, cursor);
    const state = await findContact(dependencies, workspaceOf(request), request.params.id);
    const { entries, place: reached, more } = await readTimeline(db, idsOf(state), after ?? {}, limit, shardCount, new Set(['note']));
    const items = entries.flatMap((one) => (one.kind === 'note' ? [{ id: one.note.noteId, at: iso(one.at), by: one.note.by, text: one.note.text }] : []));
    return { items, next: more ? encodeCursor(reached) : null };
  });
  app.post('/contacts/:id/notes', {
    schema: {
      summary: 'Write a note about a contact', tags: ['contacts'], params: contactParams,
      body: z.strictObject({ text: z.string().trim().min(1).max(NOTE_LENGTH_LIMIT), by: z.string().min(1).max(200).optional().describe('Default: the label of the key.') }),
      response: { 201: note, ...problems },
    },
  }, async (request, reply) => {
    const workspaceId = workspaceOf(request);
    const { text, by = keyOf(request).label } = request.body;
    const { id: contactId } = await findContact(dependencies, workspaceId, request.params.id);
    const written = { contactId, noteId: randomUUID(), at: clock.now(), by, text };
    await writeNote(db, workspaceId, written, shardCount);
    return reply.code(201).send({ id: written.noteId, at: iso(written.at), by, text });
  });
  app.delete('/contacts/:id/notes/:noteId', {
    schema: { summary: 'Remove a note', tags: ['contacts'], params: contactParams.extend({ noteId: z.uuid() }), response: { 204: z.null(), ...problems } },
  }, async (request, reply) => {
    const workspaceId = workspaceOf(request);
    const state = await findContact(dependencies, workspaceId, request.params.id);
    if (!(await removeNote(db, workspaceId, idsOf(state), request.params.noteId, shardCount))) throw notFound('note');
    return reply.code(204).send(null);
  });
}
