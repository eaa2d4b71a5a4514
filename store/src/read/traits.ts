import { shardOf } from '@samovar/core';
import type { ContactId, Json, Millis, TraitSource } from '@samovar/core';
import { statement } from '../statement.ts';
import type { Queryable } from '../transaction.ts';
import { FROM_TOP, latestOfIds, type IdPlace } from './latest-of-ids.ts';

/** A trait took another value. */
export interface TraitChangeRow {
  contactId: ContactId;
  n: number;
  at: Millis;
  toldAt: Millis;
  trait: string;
  before: Json;
  after: Json;
  source: TraitSource;
}

const COLUMNS = 't.contact_id, t.n, t.at_ms, t.told_at_ms, t.trait, t.before, t.after, t.source';

const readAll = statement(
  'read_trait_changes',
  `select ${COLUMNS} from trait_changes t where t.shard = $1 and t.contact_id = $2 and t.n < $3 order by t.n desc limit $4`,
);
const readOne = statement(
  'read_trait_changes_of_one',
  `select ${COLUMNS} from trait_changes t where t.shard = $1 and t.contact_id = $2 and t.n < $3 and t.trait = $5 order by t.n desc limit $4`,
);
const readLatest = statement(
  'read_latest_trait_changes',
  `select distinct on (t.trait) ${COLUMNS} from trait_changes t where t.shard = $1 and t.contact_id = $2 order by t.trait, t.n desc`,
);

interface RawChange {
  contact_id: ContactId;
  n: number;
  at_ms: Millis;
  told_at_ms: Millis;
  trait: string;
  before: Buffer | null;
  after: Buffer | null;
  source: Buffer;
}

function jsonOf(bytes: Buffer | null): Json {
  return bytes === null ? null : (JSON.parse(bytes.toString('utf8')) as Json);
}

function changeOf(row: RawChange): TraitChangeRow {
  return {
    contactId: row.contact_id, n: row.n, at: row.at_ms, toldAt: row.told_at_ms, trait: row.trait, before: jsonOf(row.before), after: jsonOf(row.after),
    source: jsonOf(row.source) as unknown as TraitSource,
  };
}

/** Changes of traits that were written under one id, the latest first; `trait`: only of one. */
export async function readTraitChanges(db: Queryable, id: ContactId, beforeN: number, limit: number, shardCount: number, trait: string | null = null): Promise<TraitChangeRow[]> {
  const place = [shardOf(id, shardCount), id, beforeN, limit];
  const { rows } = await (trait === null ? db.query<RawChange>(readAll, place) : db.query<RawChange>(readOne, [...place, trait]));
  return rows.map(changeOf);
}

/** The history of one trait, the latest first, whichever of the contact's ids it was written under. */
export async function readTraitHistory(
  db: Queryable, ids: readonly ContactId[], trait: string, after: IdPlace, limit: number, shardCount: number,
): Promise<{ rows: TraitChangeRow[]; place: IdPlace; more: boolean }> {
  const heads = await Promise.all(ids.map((id) => readTraitChanges(db, id, after[id] ?? FROM_TOP, limit + 1, shardCount, trait)));
  return latestOfIds(heads, after, limit);
}

/** The last change of each trait under each of a contact's ids. */
export async function readLatestTraitChanges(db: Queryable, ids: readonly ContactId[], shardCount: number): Promise<TraitChangeRow[]> {
  const parts = await Promise.all(ids.map((id) => db.query<RawChange>(readLatest, [shardOf(id, shardCount), id])));
  return parts.flatMap(({ rows }) => rows.map(changeOf));
}
