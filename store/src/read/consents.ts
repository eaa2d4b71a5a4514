import { shardOf } from '@samovar/core';
import type { ConsentPurpose, ContactId, JsonObject, Millis } from '@samovar/core';
import { statement } from '../statement.ts';
import type { Queryable } from '../transaction.ts';

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
  db: Queryable, ids: readonly ContactId[], after: Readonly<Record<string, number>>, limit: number, shardCount: number,
): Promise<{ rows: ConsentRow[]; place: Record<string, number>; more: boolean }> {
  const parts = await Promise.all(ids.map((id) => db.query<ConsentRow>(read, [shardOf(id, shardCount), id, after[id] ?? 0x7fff_ffff, limit + 1])));
  const heads = parts.map(({ rows }) => rows);
  const place: Record<string, number> = { ...after };
  const rows: ConsentRow[] = [];
  while (rows.length < limit) {
    // Each id's entries stay in the order in which they were told, also where one was told late.
    const next = heads.filter((part) => part.length > 0).sort(([a], [b]) => (b?.at ?? 0) - (a?.at ?? 0))[0]?.shift();
    if (next === undefined) break;
    rows.push(next);
    place[next.contactId] = next.n;
  }
  return { rows, place, more: heads.some((part) => part.length > 0) };
}
