import type { Effect, Millis } from '@samovar/core';
import { byteaArray, int2Array, int4Array, int8Array, textArray } from '../binary-arrays.ts';
import { statement } from '../statement.ts';
import type { Queryable } from '../transaction.ts';
import { addressDigest, shardOfDigest } from './address-digest.ts';

/** What somebody said about an address, whichever contact it was said by. */
export type AddressConsent = { workspaceId: number } & Pick<Extract<Effect, { kind: 'address-consent' }>, 'channel' | 'topic' | 'address' | 'state' | 'confirmed' | 'at'>;

/** Of two things said at once the withdrawal stays. */
const upsert = statement(
  'outbox_write_address_consents',
  `insert into address_consents as c (shard, workspace_id, channel, address_digest, topic, state, at_ms)
   select u.* from unnest($1::smallint[], $2::int[], $3::text[], $4::bytea[], $5::text[], $6::text[], $7::bigint[]) u
   on conflict (shard, workspace_id, channel, address_digest, topic) do update set state = excluded.state, at_ms = excluded.at_ms
   where c.at_ms < excluded.at_ms or (c.at_ms = excluded.at_ms and excluded.state = 'withdrawn')`,
);
const lift = statement(
  'outbox_lift_address_consents',
  `delete from address_consents c using unnest($1::smallint[], $2::int[], $3::text[], $4::bytea[], $5::text[], $6::bigint[]) u (shard, workspace_id, channel, address_digest, topic, at_ms)
   where c.shard = u.shard and c.workspace_id = u.workspace_id and c.channel = u.channel and c.address_digest = u.address_digest and c.topic = u.topic
     and c.state = 'withdrawn' and c.at_ms < u.at_ms`,
);

/**
 * Notes withdrawals, and topics confirmed by the owner of the address, which outlive a withdrawal of everything before
 * them; other grants only lift what was withdrawn before. In the order of the rows, so that writers do not wait for each other.
 */
export function writeAddressConsents(tx: Queryable, given: readonly AddressConsent[], shardCount: number): void {
  const rows = latestOfEach(given).map((row) => {
    const digest = addressDigest(row.address);
    return { ...row, topic: row.topic ?? '', digest, shard: shardOfDigest(digest, shardCount) };
  }).sort((a, b) => a.shard - b.shard || Buffer.compare(a.digest, b.digest) || (a.topic < b.topic ? -1 : 1));
  const isKept = (row: AddressConsent): boolean => row.state === 'withdrawn' || (row.confirmed && row.topic !== '');
  const kept = rows.filter(isKept);
  const lifted = rows.filter((row) => !isKept(row));
  const keys = (some: typeof rows): Buffer[] => [
    int2Array(some.map((row) => row.shard)), int4Array(some.map((row) => row.workspaceId)), textArray(some.map((row) => row.channel)),
    byteaArray(some.map((row) => row.digest)), textArray(some.map((row) => row.topic)),
  ];
  if (lifted.length > 0) void tx.query(lift, [...keys(lifted), int8Array(lifted.map((row) => row.at))]);
  if (kept.length > 0) void tx.query(upsert, [...keys(kept), textArray(kept.map((row) => row.state)), int8Array(kept.map((row) => row.at))]);
}

/** One statement cannot touch a row twice. */
function latestOfEach(rows: readonly AddressConsent[]): AddressConsent[] {
  const latest = new Map<string, AddressConsent>();
  for (const row of rows) {
    const key = JSON.stringify([row.workspaceId, row.channel, row.topic, row.address.trim().toLowerCase()]);
    const known = latest.get(key);
    if (known === undefined || row.at > known.at || (row.at === known.at && row.state === 'withdrawn')) latest.set(key, row);
  }
  return [...latest.values()];
}

const readSome = statement(
  'outbox_read_address_consents',
  `select c.workspace_id, c.address_digest, c.topic, c.state, c.at_ms from unnest($1::smallint[], $2::int[], $3::bytea[]) u (shard, workspace_id, address_digest)
   join address_consents c on c.shard = u.shard and c.workspace_id = u.workspace_id and c.address_digest = u.address_digest and c.channel = 'email'`,
);

interface Row {
  workspace_id: number;
  address_digest: Buffer;
  topic: string;
  state: 'granted' | 'withdrawn';
  at_ms: Millis;
}

/** For each of these recipients whether somebody withdrew consent for the address, to everything or to the topic of the message. */
export async function readAddressWithdrawals(db: Queryable, recipients: readonly { workspaceId: number; address: string; topic: string | null }[], shardCount: number): Promise<boolean[]> {
  const digests = recipients.map(({ address }) => addressDigest(address));
  const { rows } = await db.query<Row & Record<string, unknown>>(readSome, [
    int2Array(digests.map((digest) => shardOfDigest(digest, shardCount))), int4Array(recipients.map(({ workspaceId }) => workspaceId)), byteaArray(digests),
  ]);
  const found = new Map(rows.map((row) => [`${row.workspace_id} ${row.address_digest.toString('hex')} ${row.topic}`, row]));
  return recipients.map(({ workspaceId, topic }, index) => {
    const of = (name: string): Row | undefined => found.get(`${workspaceId} ${digests[index]?.toString('hex') ?? ''} ${name}`);
    const whole = of('');
    const part = topic === null ? undefined : of(topic);
    if (part?.state === 'withdrawn') return true;
    return whole?.state === 'withdrawn' && (part === undefined || part.at_ms <= whole.at_ms);
  });
}
