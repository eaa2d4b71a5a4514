import type { Effect, Json } from '@samovar/core';
import { int4Array, int8Array, textArray, utf8Array, uuidArray } from '../binary-arrays.ts';
import { storableText } from '../log/encoding.ts';
import { statement } from '../statement.ts';
import type { Queryable } from '../transaction.ts';
import type { Of } from './write.ts';

const insert = statement(
  'shard_insert_trait_changes',
  `insert into trait_changes as t (shard, contact_id, n, workspace_id, at_ms, told_at_ms, trait, before, after, source)
   select s.shard, u.* from shards s,
     unnest($2::uuid[], $3::int[], $4::int[], $5::bigint[], $6::bigint[], $7::text[], $8::bytea[], $9::bytea[], $10::bytea[]) u
   where s.shard = $1`,
);

export type TraitWrite = Omit<Extract<Effect, { kind: 'trait' }>, 'kind'>;

const json = (value: Json): string | null => (value === null ? null : JSON.stringify(value));

export function writeTraitChanges(tx: Queryable, shard: number, rows: readonly Of<TraitWrite>[]): void {
  if (rows.length === 0) return;
  void tx.query(insert, [
    shard, uuidArray(rows.map((row) => row.contactId)), int4Array(rows.map((row) => row.value.n)), int4Array(rows.map((row) => row.workspaceId)),
    int8Array(rows.map((row) => row.value.at)), int8Array(rows.map((row) => row.value.toldAt)), textArray(rows.map((row) => storableText(row.value.trait))),
    utf8Array(rows.map((row) => json(row.value.before))), utf8Array(rows.map((row) => json(row.value.after))), utf8Array(rows.map((row) => JSON.stringify(row.value.source))),
  ]);
}
