import type { ContactId, Millis } from '@samovar/core';
import { int4Array, int8Array, textArray, uuidArray } from '../binary-arrays.ts';
import { storableText } from '../log/encoding.ts';
import { statement } from '../statement.ts';
import type { Queryable } from '../transaction.ts';

/** A contact that has a value of a type for a trait, or was refused one. */
export interface TraitExample {
  workspaceId: number;
  trait: string;
  type: string;
  contactId: ContactId;
  at: Millis;
}

const upsert = statement(
  'shard_upsert_trait_examples',
  `insert into trait_examples as t (shard, workspace_id, trait, type, contact_id, at_ms)
   select s.shard, u.* from shards s, unnest($2::int[], $3::text[], $4::text[], $5::uuid[], $6::bigint[]) u where s.shard = $1
   on conflict (shard, workspace_id, trait, type) do update set contact_id = excluded.contact_id, at_ms = excluded.at_ms`,
);

/** One row for each trait and type at most. */
export function writeTraitExamples(tx: Queryable, shard: number, rows: readonly TraitExample[]): void {
  if (rows.length === 0) return;
  void tx.query(upsert, [
    shard, int4Array(rows.map((row) => row.workspaceId)), textArray(rows.map((row) => storableText(row.trait))), textArray(rows.map((row) => row.type)),
    uuidArray(rows.map((row) => row.contactId)), int8Array(rows.map((row) => row.at)),
  ]);
}
