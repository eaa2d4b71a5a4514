import { createHash } from 'node:crypto';
import { contactIdOf, shardOf } from '@samovar/core';
import type { Millis } from '@samovar/core';
import { byteaArray, int2Array, int4Array } from '../binary-arrays.ts';
import { statement } from '../statement.ts';
import type { Queryable } from '../transaction.ts';

/** An address to which nothing may be sent any more. It follows the address, whoever it belongs to. */
export interface Suppression {
  workspaceId: number;
  channel: 'email';
  address: string;
  reason: string;
  at: Millis;
}

const DIGEST_BYTES = 16;

const normalise = (address: string): string => address.trim().toLowerCase();

function digestOf(address: string): Buffer {
  return createHash('sha256').update(`suppressed\0${normalise(address)}`).digest().subarray(0, DIGEST_BYTES);
}

/** Kept in the shard that the address itself derives, since several contacts may share it. */
function shardOfAddress(workspaceId: number, address: string, shardCount: number): number {
  return shardOf(contactIdOf(workspaceId, { kind: 'email', value: normalise(address) }), shardCount);
}

const insert = statement(
  'outbox_suppress',
  `insert into suppressions as s (shard, workspace_id, channel, address_digest, reason, at_ms) values ($1, $2, $3, $4, $5, $6)
   on conflict (shard, workspace_id, channel, address_digest) do nothing`,
);
const remove = statement(
  'outbox_unsuppress',
  'delete from suppressions s where s.shard = $1 and s.workspace_id = $2 and s.channel = $3 and s.address_digest = $4',
);

/** Suppresses an address; false when it was so already, for whatever reason. */
export async function suppress(db: Queryable, { workspaceId, channel, address, reason, at }: Suppression, shardCount: number): Promise<boolean> {
  const { rowCount } = await db.query(insert, [shardOfAddress(workspaceId, address, shardCount), workspaceId, channel, digestOf(address), reason, at]);
  return rowCount > 0;
}

/** Lets an address be sent to again; false when nothing forbade it. */
export async function unsuppress(db: Queryable, workspaceId: number, address: string, shardCount: number): Promise<boolean> {
  const { rowCount } = await db.query(remove, [shardOfAddress(workspaceId, address, shardCount), workspaceId, 'email', digestOf(address)]);
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
  const digests = recipients.map(({ address }) => digestOf(address));
  const { rows } = await db.query<{ workspace_id: number; address_digest: Buffer; reason: string; at_ms: Millis }>(readSome, [
    int2Array(recipients.map(({ workspaceId, address }) => shardOfAddress(workspaceId, address, shardCount))),
    int4Array(recipients.map(({ workspaceId }) => workspaceId)), byteaArray(digests),
  ]);
  const found = new Map(rows.map((row) => [`${row.workspace_id} ${row.address_digest.toString('hex')}`, { addressDigest: row.address_digest.toString('hex'), reason: row.reason, at: row.at_ms }]));
  return recipients.map(({ workspaceId }, index) => found.get(`${workspaceId} ${digests[index]?.toString('hex')}`) ?? null);
}

export interface ListedSuppression {
  shard: number;
  /** Hex; the address itself is not kept. */
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
