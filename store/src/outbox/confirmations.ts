import { DAY_MS, shardOf, type ContactId, type JsonObject, type MessageId, type Millis } from '@samovar/core';
import { byteaArray, int2Array, int4Array } from '../binary-arrays.ts';
import { statement } from '../statement.ts';
import type { Queryable } from '../transaction.ts';
import { addressDigest, shardOfDigest } from './address-digest.ts';

/** Nobody is asked to confirm a subscription more often than twice, a first time and a reminder, within so long, whoever asks. */
export const CONFIRMATION_WINDOW_MS = 7 * DAY_MS;

/** The row's lock lets one asker at a time decide. */
const draw = statement(
  'outbox_draw_confirmations',
  `insert into confirmation_requests as c (shard, workspace_id, address_digest, last_at_ms, before_at_ms)
   select u.shard, u.workspace_id, u.address_digest, $4::bigint, -1 from unnest($1::smallint[], $2::int[], $3::bytea[]) u (shard, workspace_id, address_digest)
   on conflict (shard, workspace_id, address_digest) do update set last_at_ms = excluded.last_at_ms, before_at_ms = c.last_at_ms
   where c.before_at_ms <= excluded.last_at_ms - $5::bigint
   returning c.workspace_id, c.address_digest`,
);

/** Whether each of these addresses may be asked to confirm once more; who may is noted as asked. An address named twice is asked once. */
export async function drawConfirmations(tx: Queryable, requests: readonly { workspaceId: number; address: string }[], now: Millis, shardCount: number): Promise<boolean[]> {
  if (requests.length === 0) return [];
  const rows = new Map<string, { workspaceId: number; digest: Buffer; first: number }>();
  requests.forEach(({ workspaceId, address }, index) => {
    const digest = addressDigest(address);
    const name = `${workspaceId} ${digest.toString('hex')}`;
    if (!rows.has(name)) rows.set(name, { workspaceId, digest, first: index });
  });
  const sorted = [...rows.values()].sort((a, b) => Buffer.compare(a.digest, b.digest));
  const drawn = await tx.query<{ workspace_id: number; address_digest: Buffer }>(draw, [
    int2Array(sorted.map(({ digest }) => shardOfDigest(digest, shardCount))), int4Array(sorted.map(({ workspaceId }) => workspaceId)), byteaArray(sorted.map(({ digest }) => digest)),
    now, CONFIRMATION_WINDOW_MS,
  ]);
  const allowed = new Set(drawn.rows.map((row) => rows.get(`${row.workspace_id} ${row.address_digest.toString('hex')}`)?.first));
  return requests.map((_, index) => allowed.has(index));
}

const readBody = statement('outbox_read_request', 'select m.body from messages m where m.shard = $1 and m.message_id = $2');
const readUsed = statement('outbox_read_used_link', 'select l.used_at_ms from used_links l where l.shard = $1 and l.message_id = $2');
const insertUsed = statement('outbox_use_link', 'insert into used_links as l (shard, message_id, workspace_id, used_at_ms) values ($1, $2, $3, $4) on conflict (shard, message_id) do nothing');

/** Which link is meant: that of a message to a contact. */
export interface LinkOfMessage {
  contactId: ContactId;
  messageId: MessageId;
}

/** The data with which a message was decided; null: it is not kept any more. */
export async function readMessageData(db: Queryable, { contactId, messageId }: LinkOfMessage, shardCount: number): Promise<JsonObject | null> {
  const { rows: [row] } = await db.query<{ body: Buffer }>(readBody, [shardOf(contactId, shardCount), messageId]);
  return row === undefined ? null : (JSON.parse(row.body.toString('utf8')) as { data: JsonObject }).data;
}

export async function isLinkUsed(db: Queryable, { contactId, messageId }: LinkOfMessage, shardCount: number): Promise<boolean> {
  return (await db.query(readUsed, [shardOf(contactId, shardCount), messageId])).rowCount > 0;
}

/** Notes that a link has done what it is for. Doing it again changes nothing. */
export async function markLinkUsed(db: Queryable, { contactId, messageId }: LinkOfMessage, workspaceId: number, now: Millis, shardCount: number): Promise<void> {
  await db.query(insertUsed, [shardOf(contactId, shardCount), messageId, workspaceId, now]);
}
