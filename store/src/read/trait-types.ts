import type { ContactId } from '@samovar/core';
import { textArray } from '../binary-arrays.ts';
import { statement } from '../statement.ts';
import type { Queryable } from '../transaction.ts';
import { allShards } from './by-shard.ts';

/** How often a trait is of a type, or `refused:TYPE`. */
export interface TraitTypeCount {
  trait: string;
  type: string;
  value: number;
}

/** The counters whose things begin with `trait:`, one walk of an index for each shard. */
const readCounts = statement(
  'read_trait_types',
  `select c.thing, c.metric, sum(c.value)::int8 as value from (
     select h.thing, h.metric, h.value from counters h where h.shard = any($1::smallint[]) and h.workspace_id = $2 and h.thing >= 'trait:' and h.thing < 'trait;'
     union all
     select d.thing, d.metric, d.value from counters_by_day d where d.shard = any($1::smallint[]) and d.workspace_id = $2 and d.thing >= 'trait:' and d.thing < 'trait;'
   ) c group by c.thing, c.metric having sum(c.value) <> 0`,
);
const readExamples = statement(
  'read_trait_examples',
  `select t.trait, t.type, t.contact_id from trait_examples t
   where t.shard = any($1::smallint[]) and t.workspace_id = $2 and t.trait = any($3::text[]) order by t.at_ms desc`,
);

/** Which types of values the contacts of a workspace have for each trait, and how many were refused. */
export async function readTraitTypes(db: Queryable, workspaceId: number, shardCount: number): Promise<TraitTypeCount[]> {
  const { rows } = await db.query<{ thing: string; metric: string; value: number }>(readCounts, [allShards(shardCount), workspaceId]);
  return rows.map(({ thing, metric, value }) => ({ trait: thing.slice('trait:'.length), type: metric, value }));
}

/** Contacts in which traits had, or were refused, values of each type, the latest first. */
export async function readTraitExamples(db: Queryable, workspaceId: number, traits: readonly string[], shardCount: number): Promise<{ trait: string; type: string; contactId: ContactId }[]> {
  if (traits.length === 0) return [];
  const { rows } = await db.query<{ trait: string; type: string; contact_id: ContactId }>(readExamples, [allShards(shardCount), workspaceId, textArray(traits)]);
  return rows.map(({ trait, type, contact_id: contactId }) => ({ trait, type, contactId }));
}
