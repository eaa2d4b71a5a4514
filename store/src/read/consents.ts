import { shardOf } from '@samovar/core';
import type { ConsentPurpose, ContactId, JsonObject, Millis } from '@samovar/core';
import { statement } from '../statement.ts';
import type { Queryable } from '../transaction.ts';
import { FROM_TOP, latestOfIds, type IdPlace } from './latest-of-ids.ts';

/** One grant or withdrawal, as it was told. */
export interface ConsentRow {
  contactId: ContactId;
  n: number;
  at: Millis;
  purpose: ConsentPurpose;
  channel: string | null;
  topic: string | null;
  state: 'granted' | 'withdrawn';
  address: string | null;
  proof: JsonObject;
}

const read = statement(
  'read_consents',
  `select c.contact_id as "contactId", c.n, c.at_ms as at, c.purpose, c.channel, c.topic, c.state, c.address, c.proof from consents c
   where c.shard = $1 and c.contact_id = $2 and c.n < $3 order by c.n desc limit $4`,
);

/**
 * The consents told of a contact, the latest first, whichever of its ids they were told under. `after` and `place` say how
 * far each id has been read.
 */
export async function readConsents(
  db: Queryable, ids: readonly ContactId[], after: IdPlace, limit: number, shardCount: number,
): Promise<{ rows: ConsentRow[]; place: Record<string, number>; more: boolean }> {
  const parts = await Promise.all(ids.map((id) => db.query<ConsentRow>(read, [shardOf(id, shardCount), id, after[id] ?? FROM_TOP, limit + 1])));
  return latestOfIds(parts.map(({ rows }) => rows), after, limit);
}
