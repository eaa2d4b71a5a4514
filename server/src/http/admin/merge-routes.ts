import { z } from 'zod';
import { contactIdOf } from '@samovar/core';
import type { ContactId, ContactState, UnmergeRecord } from '@samovar/core';
import { idsOf } from '@samovar/store';
import { keyOf, problems, workspaceOf } from './admin-app.ts';
import type { AdminApp } from './admin-app.ts';
import type { AdminDependencies } from './admin-dependencies.ts';
import { ApiError } from './api-error.ts';
import { contactParams, findContact } from './contact-routes.ts';

const part = z.object({
  id: z.uuid(), identifier: z.object({ kind: z.string(), value: z.string() }).nullable().describe('null: it is not remembered.'),
  joinedTo: z.uuid().describe('The contact that it was merged into, which may be a part itself.'), hasHistory: z.boolean().describe('Whether anything was told under it.'),
}).meta({ id: 'ContactPart' });

/** The parts of a contact that was put together, and taking one out again. */
export function mergeRoutes(app: AdminApp, dependencies: AdminDependencies): void {
  app.get('/contacts/:id/parts', {
    schema: {
      summary: 'What was merged into a contact, and what it is kept apart from', tags: ['contacts'], params: contactParams,
      response: { 200: z.object({ parts: z.array(part), keptApart: z.array(z.uuid()) }), ...problems },
    },
  }, async (request) => {
    const state = await findContact(dependencies, workspaceOf(request), request.params.id);
    return { parts: partsOf(state), keptApart: state.apart ?? [] };
  });
  app.post('/contacts/:id/unmerge', {
    schema: {
      summary: 'Take out of a contact what was merged into it by mistake', tags: ['contacts'], params: contactParams,
      description: 'What came with the part, and what was told under it since, goes with it; what was decided while both were one stays. The stricter consent stays on both. Nothing is sent because of it, and both are kept apart until an `alias` with a server key says otherwise.',
      body: z.strictObject({ mergedId: z.uuid(), reason: z.string().max(500).nullable().default(null), by: z.string().min(1).max(200).optional().describe('Default: the label of the key.') }),
      response: { 202: z.object({ contact: z.uuid(), mergedId: z.uuid() }).describe('It is done within moments: `mergedId` is a contact of its own then.'), ...problems },
    },
  }, async (request, reply) => {
    const workspaceId = workspaceOf(request);
    const { mergedId, reason, by = keyOf(request).label } = request.body;
    const state = await findContact(dependencies, workspaceId, request.params.id);
    if (!partsOf(state).some(({ id }) => id === mergedId)) throw new ApiError('conflict', 'This is no part of the contact. GET /api/contacts/{id}/parts lists them.');
    const record: UnmergeRecord = { kind: 'unmerge', receivedAt: dependencies.clock.now(), by, reason };
    await dependencies.append([{ workspaceId, contactId: mergedId as ContactId, record }]);
    return reply.code(202).send({ contact: state.id, mergedId });
  });
}

/** Everything whose row leads to the contact: what was merged, and identifiers under which nobody had lived before. */
function partsOf(state: ContactState): z.infer<typeof part>[] {
  const named = new Map(state.identifiers.map((identifier) => [contactIdOf(state.workspaceId, identifier), identifier]));
  const ids = new Set<ContactId>([...idsOf(state).slice(1), ...named.keys()]);
  return [...ids].map((id) => ({
    id, identifier: named.get(id) ?? null, joinedTo: state.joinedTo?.[id] ?? state.id, hasHistory: Object.hasOwn(state.absorbed, id),
  }));
}
