import { createHash } from 'node:crypto';
import { contactIdOf, shardOf } from '@samovar/core';
import type { Millis } from '@samovar/core';
import { byteaArray, int2Array, int4Array, int8Array, textArray } from '../binary-arrays.ts';
import { statement } from '../statement.ts';
import type { Queryable } from '../transaction.ts';
import { addressDigest, shardOfDigest } from './address-digest.ts';

/** An address to which nothing may be sent any more. It follows the address, whoever it belongs to. */
export interface Suppression {
  workspaceId: number;
  channel: 'email';
  address: string;
  reason: string;
  at: Millis;
}

/** The same of which only the digest is known, as lists are exchanged. */
export interface DigestSuppression {
  workspaceId: number;
  digest: Buffer;
  reason: string;
  at: Millis;
}

/** Rows of before lists could be exchanged bear a digest of their own kind, in a shard that only the address derives. They are found, and not added to. */
const OLD_DIGEST_BYTES = 16;

interface Place {
  shard: number;
  digest: Buffer;
}

function placeOf(address: string, shardCount: number): Place {
  const digest = addressDigest(address);
  return { shard: shardOfDigest(digest, shardCount), digest };
}

function oldPlaceOf(workspaceId: number, address: string, shardCount: number): Place {
  const normal = address.trim().toLowerCase();
  const digest = createHash('sha256').update(`suppressed\0${normal}`).digest().subarray(0, OLD_DIGEST_BYTES);
  return { shard: shardOf(contactIdOf(workspaceId, { kind: 'email', value: normal }), shardCount), digest };
}

const insert = statement(
  'outbox_suppress',
  `insert into suppressions as s (shard, workspace_id, channel, address_digest, reason, at_ms)
   select u.shard, u.workspace_id, 'email', u.address_digest, u.reason, u.at_ms
   from unnest($1::smallint[], $2::int[], $3::bytea[], $4::text[], $5::bigint[]) u (shard, workspace_id, address_digest, reason, at_ms)
   on conflict (shard, workspace_id, channel, address_digest) do nothing`,
);
const remove = statement(
  'outbox_unsuppress',
  `delete from suppressions s using unnest($2::smallint[], $3::bytea[]) u (shard, address_digest)
   where s.shard = u.shard and s.workspace_id = $1 and s.channel = 'email' and s.address_digest = u.address_digest`,
);

/** Suppresses an address; false when it was so already, for whatever reason. */
export async function suppress(db: Queryable, { workspaceId, address, reason, at }: Suppression, shardCount: number): Promise<boolean> {
  const [known] = await readSuppressions(db, [{ workspaceId, address }], shardCount);
  if (known !== null) return false;
  return (await suppressDigests(db, [{ workspaceId, digest: addressDigest(address), reason, at }], shardCount)) > 0;
}

/** Suppresses addresses by their digests; answers how many were not so before. What is suppressed already keeps its reason. */
export async function suppressDigests(db: Queryable, rows: readonly DigestSuppression[], shardCount: number): Promise<number> {
  if (rows.length === 0) return 0;
  const sorted = [...new Map(rows.map((row) => [`${row.workspaceId} ${row.digest.toString('hex')}`, row])).values()].sort((a, b) => Buffer.compare(a.digest, b.digest));
  const { rowCount } = await db.query(insert, [
    int2Array(sorted.map(({ digest }) => shardOfDigest(digest, shardCount))), int4Array(sorted.map(({ workspaceId }) => workspaceId)), byteaArray(sorted.map(({ digest }) => digest)),
    textArray(sorted.map(({ reason }) => reason)), int8Array(sorted.map(({ at }) => at)),
  ]);
  return rowCount;
}

/** Lets an address be sent to again; false when nothing forbade it. */
export async function unsuppress(db: Queryable, workspaceId: number, address: string, shardCount: number): Promise<boolean> {
  return removeAt(db, workspaceId, [placeOf(address, shardCount), oldPlaceOf(workspaceId, address, shardCount)]);
}

/** The same for who has only the digest. */
export async function unsuppressDigest(db: Queryable, workspaceId: number, digest: Buffer, shardCount: number): Promise<boolean> {
  return removeAt(db, workspaceId, [{ shard: shardOfDigest(digest, shardCount), digest }]);
}

async function removeAt(db: Queryable, workspaceId: number, places: readonly Place[]): Promise<boolean> {
  const { rowCount } = await db.query(remove, [workspaceId, int2Array(places.map(({ shard }) => shard)), byteaArray(places.map(({ digest }) => digest))]);
  return rowCount > 0;
}

const readSome = statement(
  'outbox_read_suppressions',
  `select s.workspace_id, s.address_digest, s.reason, s.at_ms from unnest($1::smallint[], $2::int[], $3::bytea[]) u (shard, workspace_id, address_digest)
   join suppressions s on s.shard = u.shard and s.workspace_id = u.workspace_id and s.address_digest = u.address_digest and s.channel = 'email'`,
);

export interface Recipient {
  workspaceId: number;
  address: string;
}

/** Why each of these recipients may not be written to, in their order; null: nothing forbids it. */
export async function readSuppressions(db: Queryable, recipients: readonly Recipient[], shardCount: number): Promise<({ addressDigest: string; reason: string; at: Millis } | null)[]> {
  const places = recipients.map(({ workspaceId, address }) => [placeOf(address, shardCount), oldPlaceOf(workspaceId, address, shardCount)]);
  const asked = places.flatMap((some, index) => some.map((place) => ({ ...place, workspaceId: recipients[index]?.workspaceId ?? 0 })));
  const { rows } = await db.query<{ workspace_id: number; address_digest: Buffer; reason: string; at_ms: Millis }>(readSome, [
    int2Array(asked.map(({ shard }) => shard)), int4Array(asked.map(({ workspaceId }) => workspaceId)), byteaArray(asked.map(({ digest }) => digest)),
  ]);
  const found = new Map(rows.map((row) => [`${row.workspace_id} ${row.address_digest.toString('hex')}`, { addressDigest: row.address_digest.toString('hex'), reason: row.reason, at: row.at_ms }]));
  return recipients.map(({ workspaceId }, index) => {
    for (const { digest } of places[index] ?? []) {
      const one = found.get(`${workspaceId} ${digest.toString('hex')}`);
      if (one !== undefined) return one;
    }
    return null;
  });
}

export interface ListedSuppression {
  shard: number;
  /** Hex; the address itself is not kept. Of 64 digits it is the SHA-256 of the address, of 32 an older kind that nobody else can use. */
  addressDigest: string;
  reason: string;
  at: Millis;
}

const list = statement(
  'outbox_list_suppressions',
  `select s.shard, s.address_digest, s.reason, s.at_ms from suppressions s
   where s.workspace_id = $1 and s.channel = 'email' and (s.shard, s.address_digest) > ($2, $3) order by s.shard, s.address_digest limit $4`,
);

/** Suppressed addresses of a workspace by their digests, in no order that means anything. */
export async function listSuppressions(db: Queryable, workspaceId: number, after: Pick<ListedSuppression, 'shard' | 'addressDigest'> | null, limit: number): Promise<ListedSuppression[]> {
  const { rows } = await db.query<{ shard: number; address_digest: Buffer; reason: string; at_ms: Millis }>(
    list, [workspaceId, after?.shard ?? -1, Buffer.from(after?.addressDigest ?? '', 'hex'), limit],
  );
  return rows.map((row) => ({ shard: row.shard, addressDigest: row.address_digest.toString('hex'), reason: row.reason, at: row.at_ms }));
}
