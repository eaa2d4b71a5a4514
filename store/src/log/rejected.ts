import { derivedUuid, shardOf } from '@samovar/core';
import type { Millis } from '@samovar/core';
import { byteaArray, int2Array, int4Array, int8Array, textArray, uuidArray } from '../binary-arrays.ts';
import { statement } from '../statement.ts';
import type { Queryable } from '../transaction.ts';
import { storableText } from './encoding.ts';

/** Longest payload kept of a rejected item: enough to see what is wrong with it. */
export const REJECTED_PAYLOAD_BYTES = 64 * 1024;

/** An item that was refused, and why. */
export interface RejectedItem {
  workspaceId: number;
  receivedAt: Millis;
  code: string;
  message: string;
  /** JSON pointer into the item. */
  pointer: string;
  payload: unknown;
}

export interface KeptRejection extends RejectedItem {
  rejectedId: string;
}

const insertRejected = statement(
  'log_keep_rejected',
  `insert into rejected_events as r (shard, rejected_id, workspace_id, received_at_ms, code, message, pointer, payload)
   select u.* from unnest($1::smallint[], $2::uuid[], $3::int[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::bytea[]) u
   on conflict do nothing`,
);

/** Keeps refused items with their reasons. The same item refused for the same reason is kept once, so a retry adds nothing. */
export async function keepRejected(db: Queryable, items: readonly RejectedItem[], shardCount: number): Promise<void> {
  if (items.length === 0) return;
  const payloads = items.map(({ payload }) => JSON.stringify(payload) ?? 'null');
  const ids = items.map((item, index) => derivedUuid('rejected', String(item.workspaceId), item.code, item.pointer, payloads[index] ?? ''));
  await db.query(insertRejected, [
    int2Array(ids.map((id) => shardOf(id, shardCount))),
    uuidArray(ids),
    int4Array(items.map(({ workspaceId }) => workspaceId)),
    int8Array(items.map(({ receivedAt }) => receivedAt)),
    textArray(items.map(({ code }) => code)),
    textArray(items.map(({ message }) => storableText(message))),
    textArray(items.map(({ pointer }) => storableText(pointer))),
    byteaArray(payloads.map((payload) => Buffer.from(payload).subarray(0, REJECTED_PAYLOAD_BYTES))),
  ]);
}

interface RejectedRow {
  rejected_id: string;
  received_at_ms: number;
  code: string;
  message: string;
  pointer: string;
  payload: Buffer;
}

const selectRejected = statement(
  'log_list_rejected',
  `select r.rejected_id, r.received_at_ms, r.code, r.message, r.pointer, r.payload from rejected_events r
   where r.workspace_id = $1 and (r.received_at_ms, r.rejected_id) < ($2, $3::uuid)
   order by r.received_at_ms desc, r.rejected_id desc limit $4`,
);

const LAST_UUID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** The payload as it was sent, or its beginning as text when it was too long to be kept whole. */
function payloadOf(bytes: Buffer): unknown {
  const text = bytes.toString('utf8');
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}

/** Refused items of a workspace, the latest first; `after` is the last one of the page before. */
export async function listRejected(
  db: Queryable,
  workspaceId: number,
  options: { after?: Pick<KeptRejection, 'receivedAt' | 'rejectedId'>; limit?: number } = {},
): Promise<KeptRejection[]> {
  const { after, limit = 100 } = options;
  const { rows } = await db.query<RejectedRow>(selectRejected, [workspaceId, after?.receivedAt ?? Number.MAX_SAFE_INTEGER, after?.rejectedId ?? LAST_UUID, limit]);
  return rows.map((row) => ({
    workspaceId,
    rejectedId: row.rejected_id,
    receivedAt: row.received_at_ms,
    code: row.code,
    message: row.message,
    pointer: row.pointer,
    payload: payloadOf(row.payload),
  }));
}
