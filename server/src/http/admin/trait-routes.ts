import { z } from 'zod';
import { traitTypeOf } from '@samovar/core';
import type { ContactId, TraitSource } from '@samovar/core';
import { idsOf, readLatestTraitChanges, readTraitHistory } from '@samovar/store';
import type { TraitChangeRow } from '@samovar/store';
import { instant, iso, problems, workspaceOf } from './admin-app.ts';
import type { AdminApp } from './admin-app.ts';
import type { AdminDependencies } from './admin-dependencies.ts';
import { contactParams, findContact } from './contact-routes.ts';
import { decodeCursor, encodeCursor, pageOf, pageQuery } from './paging.ts';

const source = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('event'), id: z.string(), by: z.enum(['browser', 'server', 'import', 'api']).describe('The kind of key it was sent with, or the way by which it came.') }),
  z.object({ kind: z.literal('step'), journey: z.string(), step: z.string() }),
  z.object({ kind: z.literal('merge'), with: z.uuid() }),
  z.object({ kind: z.literal('unmerge'), from: z.uuid() }),
]).meta({ id: 'TraitSource' });
const type = z.enum(['text', 'number', 'boolean', 'date', 'list', 'object']).nullable();
const trait = z.object({
  name: z.string(), value: z.unknown(), type, at: instant.describe('When what it says was so.'), since: instant.describe('Since when it has had this value.'),
  verified: z.boolean().describe('Told with a server key, so that a browser cannot change it.'), source: source.nullable().describe('null: it was not recorded.'),
}).meta({ id: 'Trait' });
const change = z.object({ at: instant.describe('When it took effect.'), toldAt: instant.describe('When what made it so happened.'), before: z.unknown(), after: z.unknown(), type, source }).meta({ id: 'TraitChange' });

/** The last entry seen of each of a contact's ids. */
const place = z.record(z.uuid(), z.int());

/** What is known of a contact, and how that came about. */
export function traitRoutes(app: AdminApp, dependencies: AdminDependencies): void {
  const { db, shardCount } = dependencies;
  app.get('/contacts/:id/traits', {
    schema: { summary: 'Traits with their types, times and sources', tags: ['contacts'], params: contactParams, response: { 200: z.object({ items: z.array(trait) }), ...problems } },
  }, async (request) => {
    const state = await findContact(dependencies, workspaceOf(request), request.params.id);
    const changes = await readLatestTraitChanges(db, idsOf(state), shardCount);
    const items = Object.entries(state.traits).map(([name, { value, at, since, verified }]) => (
      { name, value, type: traitTypeOf(value), at: iso(at), since: iso(since), verified, source: sourceOf(changes.filter((one) => one.trait === name), state.id) }
    ));
    return { items: items.sort((a, b) => (a.name < b.name ? -1 : 1)) };
  });
  app.get('/contacts/:id/traits/:name/history', {
    schema: {
      summary: 'Every value that a trait has had, the latest first', tags: ['contacts'], params: contactParams.extend({ name: z.string().min(1).max(512) }), querystring: z.object(pageQuery),
      response: { 200: pageOf(change), ...problems },
    },
  }, async (request) => {
    const { limit, cursor } = request.query;
    const after = decodeCursor(place, cursor);
    const state = await findContact(dependencies, workspaceOf(request), request.params.id);
    const { rows, place: reached, more } = await readTraitHistory(db, idsOf(state), request.params.name, after ?? {}, limit, shardCount);
    return { items: rows.map(changeView), next: more ? encodeCursor(reached) : null };
  });
}

function changeView({ at, toldAt, before, after, source: from }: TraitChangeRow): z.infer<typeof change> {
  return { at: iso(at), toldAt: iso(toldAt), before, after, type: traitTypeOf(after), source: from };
}

/** Where the value comes from; of what came with a merge, where the other had it from. */
function sourceOf(changes: readonly TraitChangeRow[], id: ContactId, hops = 0): TraitSource | null {
  const own = changes.find((one) => one.contactId === id);
  if (own?.source.kind !== 'merge' || hops > changes.length) return own?.source ?? null;
  return sourceOf(changes, own.source.with, hops + 1) ?? own.source;
}
