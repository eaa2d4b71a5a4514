import { z } from 'zod';
import { readTraitExamples, readTraitTypes } from '@samovar/store';
import type { TraitTypeCount } from '@samovar/store';
import { problems, workspaceOf } from './admin-app.ts';
import type { AdminApp } from './admin-app.ts';
import type { AdminDependencies } from './admin-dependencies.ts';

const type = z.enum(['text', 'number', 'boolean', 'date', 'list', 'object']);
const example = z.object({ type, refused: z.boolean(), contactId: z.uuid() });
const trait = z.object({
  name: z.string(),
  declared: z.object({ schema: z.string(), type, values: z.array(z.union([z.string(), z.number()])).nullable(), description: z.string().nullable(), personal: z.boolean() }).nullable(),
  types: z.array(z.object({ type, contacts: z.int().describe('How many have a value of it now.') })).describe('The most frequent first.'),
  refused: z.array(z.object({ type, times: z.int() })).describe('What the declaration has not let through.'),
  conflict: z.boolean().describe('Values are of several types, of another than declared, or were refused.'),
  examples: z.array(example).describe('Of conflicts: contacts to look at, which may have changed since.'),
}).meta({ id: 'SchemaTrait' });

/** Traits that are listed at most; a workspace with more writes values into names. */
const TRAIT_LIST_LIMIT = 2_000;
/** Examples of each type. */
const EXAMPLE_LIMIT = 3;

/** What is known about contacts: which traits there are, of which types, and what they are declared to be. */
export function schemaRoutes(app: AdminApp, dependencies: AdminDependencies): void {
  app.get('/schema', {
    schema: {
      summary: 'Traits with the types that were learned and declared, and where they disagree', tags: ['definitions'],
      response: { 200: z.object({ items: z.array(trait), others: z.int().describe('Contacts times traits whose names hold values, e.g. dates; they are counted together.') }), ...problems },
    },
  }, async (request) => {
    const workspaceId = workspaceOf(request);
    const { db, shardCount } = dependencies;
    const [counts, live] = await Promise.all([readTraitTypes(db, workspaceId, shardCount), dependencies.liveDefinitions(workspaceId)]);
    const declared = new Map((live?.live ?? []).flatMap(({ definition }) => (
      definition.kind === 'schema' ? Object.entries(definition.traits).map(([name, one]) => [name, { schema: definition.key, ...one }] as const) : []
    )));
    const others = counts.filter((one) => one.trait === '*').reduce((sum, { value }) => sum + value, 0);
    const names = [...new Set([...declared.keys(), ...counts.map((one) => one.trait)])].filter((name) => name !== '*');
    const items = names.map((name) => traitOf(name, declared.get(name) ?? null, counts.filter((one) => one.trait === name)))
      .sort((a, b) => total(b) - total(a) || (a.name < b.name ? -1 : 1)).slice(0, TRAIT_LIST_LIMIT);
    await addExamples(items, (traits) => readTraitExamples(db, workspaceId, traits, shardCount));
    return { items, others };
  });
}

type Item = z.infer<typeof trait>;
type TypeName = z.infer<typeof type>;

const total = ({ types }: Item): number => types.reduce((sum, { contacts }) => sum + contacts, 0);

function traitOf(name: string, declared: Item['declared'], counts: readonly TraitTypeCount[]): Item {
  const types = counts.filter((one) => !one.type.startsWith('refused:') && one.value > 0).map((one) => ({ type: one.type as TypeName, contacts: one.value })).sort((a, b) => b.contacts - a.contacts);
  const refused = counts.filter((one) => one.type.startsWith('refused:')).map((one) => ({ type: one.type.slice('refused:'.length) as TypeName, times: one.value }));
  const fits = (one: TypeName): boolean => declared === null || one === declared.type || (declared.type === 'text' && one === 'date');
  const mixed = declared === null && new Set(types.map((one) => one.type)).size > 1;
  return { name, declared, types, refused, conflict: mixed || refused.length > 0 || types.some((one) => !fits(one.type)), examples: [] };
}

async function addExamples(items: readonly Item[], read: (traits: string[]) => Promise<{ trait: string; type: string; contactId: string }[]>): Promise<void> {
  const conflicts = items.filter((item) => item.conflict);
  const found = await read(conflicts.map((item) => item.name));
  for (const item of conflicts) {
    const times = new Map<string, number>();
    for (const one of found) {
      const known = times.get(one.type) ?? 0;
      if (one.trait !== item.name || known >= EXAMPLE_LIMIT) continue;
      times.set(one.type, known + 1);
      item.examples.push({ type: one.type.replace('refused:', '') as TypeName, refused: one.type.startsWith('refused:'), contactId: one.contactId });
    }
  }
}
