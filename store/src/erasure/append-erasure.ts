import { createHash } from 'node:crypto';
import { shardOf } from '@samovar/core';
import type { ContactId, Millis } from '@samovar/core';
import type { Database } from '../database.ts';
import { appendPrepared } from '../log/append.ts';
import { ERASURE_KIND } from '../log/encoding.ts';
import { statement } from '../statement.ts';
import type { Queryable } from '../transaction.ts';

/** The contact of log rows that concern none. */
export const NOBODY = '00000000-0000-0000-0000-000000000000' as ContactId;

/** Somebody asks to be forgotten. */
export interface NewErasure {
  workspaceId: number;
  erasure: string;
  contactId: ContactId;
  /** When it was asked first; later than that only when a backup was restored. */
  at: Millis;
  reason: string;
  by: string;
}

interface ErasureBody {
  erasure: string;
  contact: ContactId;
  at: Millis;
}

/** Whoever asks to be forgotten is written to no more, also while workers are behind. */
const cancelQueued = statement(
  'erasures_cancel_queued', "update messages m set status = 'cancelled', reason = 'erased' where m.shard = $1 and m.contact_id = $2 and m.status = 'queued'",
);
const insertRequest = statement(
  'erasures_request',
  `insert into erasures as e (shard, erasure_id, contact_id, workspace_id, at_ms, reason, requested_by, received, posted, removed)
   select s.shard, $2, $3, $4, $5, $6, $7, 0, 0, '{}' from shards s where s.shard = $1
   on conflict (shard, erasure_id, contact_id) do nothing`,
);

/**
 * Puts erasures into the logs of their contacts' shards, so that each happens at one exact place. The contact is named in
 * the body, since such a row is no part of anybody's history. Doing it again does nothing.
 */
export async function appendErasures(db: Database, erasures: readonly NewErasure[], now: Millis, shardCount: number): Promise<void> {
  const prepared = erasures.map(({ workspaceId, erasure, contactId, at }) => ({
    shard: shardOf(contactId, shardCount), workspaceId, contactId: NOBODY,
    encoded: {
      kind: ERASURE_KIND, receivedAt: now, occurredAt: now, name: 'erasure',
      body: Buffer.from(JSON.stringify({ erasure, contact: contactId, at } satisfies ErasureBody)),
    },
    digest: createHash('sha256').update(`erasure\0${erasure}\0${contactId}`).digest().subarray(0, 16),
  }));
  const alongside = async (tx: Queryable): Promise<void> => {
    for (const { workspaceId, erasure, contactId, at, reason, by } of erasures) {
      void tx.query(cancelQueued, [shardOf(contactId, shardCount), contactId]);
      void tx.query(insertRequest, [shardOf(contactId, shardCount), erasure, contactId, workspaceId, at, reason, by]);
    }
  };
  await appendPrepared(db, prepared, now, { alongside, alongsideIdempotent: true });
}

/** What a log row of the kind `ERASURE_KIND` says. */
export function decodeErasure(body: string): Pick<NewErasure, 'erasure' | 'contactId' | 'at'> {
  const { erasure, contact, at } = JSON.parse(body) as ErasureBody;
  return { erasure, contactId: contact, at };
}
