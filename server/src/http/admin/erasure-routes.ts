import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { appendErasures, listErasures, readErasure } from '@samovar/store';
import type { ErasureReceipt } from '@samovar/store';
import { instant, iso, keyOf, problems, workspaceOf } from './admin-app.ts';
import type { AdminApp } from './admin-app.ts';
import type { AdminDependencies } from './admin-dependencies.ts';
import { notFound } from './api-error.ts';
import { contactParams, findContact } from './contact-routes.ts';
import { decodeCursor, page, pageOf, pageQuery } from './paging.ts';

const receipt = z.object({
  id: z.uuid(), at: instant, reason: z.string(), by: z.string(), status: z.enum(['running', 'done']),
  removed: z.record(z.string(), z.int()).describe('Table → rows that were removed, or emptied where the row itself is a figure.'),
  kept: z.array(z.object({ what: z.string(), why: z.string() })), backups: z.string(),
}).meta({ id: 'ErasureReceipt', description: 'It names nobody: keep the letter that asked for it where you keep letters.' });

const KEPT: z.infer<typeof receipt>['kept'] = [
  { what: 'Counters of journeys, steps, segments and revenue', why: 'They are sums and name nobody.' },
  { what: 'Places in the log: time and name of what happened', why: 'Others are ordered by them. Content and contact are blanked.' },
  { what: 'Messages without recipient, content and contact', why: 'How many were sent, and when, is a figure.' },
  { what: 'Suppressed addresses as digests', why: 'Whoever asked not to be written to is not written to, also when they are imported once more.' },
  { what: 'Tombstones: ids derived from the identifiers by hashing', why: 'What happened before the erasure and is told again finds them and is ignored.' },
  { what: 'Digests of message ids, for at most two weeks', why: 'An event that is sent again is dropped.' },
];
const BACKUPS = 'Backups made before still hold the contact until they are deleted. After restoring one, apply the erasures that were made since: samovar erasures apply.';

function viewOf({ erasure, at, reason, by, done, removed }: ErasureReceipt): z.infer<typeof receipt> {
  return { id: erasure, at: iso(at), reason, by, status: done ? 'done' : 'running', removed, kept: KEPT, backups: BACKUPS };
}

/** Forgetting contacts, and the receipts of it. */
export function erasureRoutes(app: AdminApp, dependencies: AdminDependencies): void {
  const { db, clock, shardCount } = dependencies;
  app.post('/contacts/:id/erase', {
    schema: {
      summary: 'Forget a contact', tags: ['privacy'], params: contactParams,
      description: 'Everything about the contact and those merged into it goes, in every table and shard. It cannot be undone. Figures stay. '
        + 'It is done in its place among the events of the contact, usually within a second; ask for the receipt until it is `done`.',
      body: z.strictObject({ reason: z.string().trim().min(1).max(500), by: z.string().trim().min(1).max(200).optional().describe('Who asked for it here; default: the label of the key.') }),
      response: { 202: receipt, ...problems },
    },
  }, async (request, reply) => {
    const workspaceId = workspaceOf(request);
    const { id } = await findContact(dependencies, workspaceId, request.params.id);
    const erasure = randomUUID();
    const at = clock.now();
    const { reason, by = keyOf(request).label } = request.body;
    await appendErasures(db, [{ workspaceId, erasure, contactId: id, at, reason, by }], at, shardCount);
    const written = await readErasure(db, workspaceId, erasure);
    return reply.code(202).send(viewOf(written ?? { erasure, at, reason, by, done: false, removed: {} }));
  });
  app.get('/erasures', {
    schema: { summary: 'Receipts of erasures, the latest first', tags: ['privacy'], querystring: z.object(pageQuery), response: { 200: pageOf(receipt), ...problems } },
  }, async (request) => {
    const { limit, cursor } = request.query;
    const place = decodeCursor(z.tuple([z.int(), z.uuid()]), cursor);
    const rows = await listErasures(db, workspaceOf(request), place === null ? null : { at: place[0], erasure: place[1] }, limit);
    const { items, next } = page(rows, limit, (last) => [last.at, last.erasure]);
    return { items: items.map(viewOf), next };
  });
  app.get('/erasures/:id', { schema: { summary: 'One receipt', tags: ['privacy'], params: contactParams, response: { 200: receipt, ...problems } } }, async (request) => {
    const found = await readErasure(db, workspaceOf(request), request.params.id);
    if (found === null) throw notFound('erasure');
    return viewOf(found);
  });
}
