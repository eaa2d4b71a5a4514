import type { ContactId, MessageAbout, MessageClass, MessageId, Millis } from '@samovar/core';
import { int2Array, int8Array, textArray, uuidArray } from '../binary-arrays.ts';
import { statement } from '../statement.ts';
import type { Queryable } from '../transaction.ts';
import type { AttemptKey } from './queue.ts';

export type MessageStatus = 'queued' | 'sending' | 'sent' | 'failed' | 'cancelled' | 'unknown';

/** How an attempt ended, in the word that the ledger keeps. */
export type AttemptOutcome = 'accepted' | 'rejected' | 'temporary' | 'not-sent' | 'unknown';

/** The end of an attempt and what it makes of its message. */
export interface AttemptEnd extends AttemptKey {
  outcome: AttemptOutcome;
  detail: string | null;
  status: MessageStatus;
  reason: string | null;
  /** For a message that goes back into the queue. */
  sendAfter: Millis | null;
  sentAt: Millis | null;
}

/** An attempt once called unknown may turn out to have ended after all. */
const endAttempts = statement(
  'outbox_end_attempts',
  `update attempts a set ended_at_ms = $5, outcome = u.outcome, detail = u.detail
   from unnest($2::uuid[], $3::smallint[], $4::text[], $6::text[]) u (message_id, attempt, outcome, detail)
   where a.shard = $1 and a.message_id = u.message_id and a.attempt = u.attempt and (a.outcome is null or a.outcome = 'unknown')`,
);
/** A message that meanwhile went on with another attempt is left to that one. */
const endMessages = statement(
  'outbox_end_messages',
  `update messages m set status = u.status, reason = u.reason, send_after_ms = coalesce(u.send_after_ms, m.send_after_ms), sent_at_ms = u.sent_at_ms,
     claimed_until_ms = null
   from unnest($2::uuid[], $3::smallint[], $4::text[], $5::text[], $6::bigint[], $7::bigint[]) u (message_id, attempt, status, reason, send_after_ms, sent_at_ms)
   where m.shard = $1 and m.message_id = u.message_id and m.attempts = u.attempt and m.status in ('sending', 'unknown')`,
);

const storable = (text: string | null): string | null => (text === null ? null : text.replaceAll('\u0000', '\uFFFD'));

/** Writes how attempts of one shard ended. Doing it again changes nothing. */
export function writeAttemptEnds(tx: Queryable, shard: number, ends: readonly AttemptEnd[], now: Millis): void {
  const ids = uuidArray(ends.map((end) => end.messageId));
  const attempts = int2Array(ends.map((end) => end.attempt));
  void tx.query(endAttempts, [
    shard, ids, attempts, textArray(ends.map((end) => end.outcome)), now, textArray(ends.map((end) => storable(end.detail))),
  ]);
  void tx.query(endMessages, [
    shard, ids, attempts, textArray(ends.map((end) => end.status)), textArray(ends.map((end) => storable(end.reason))),
    int8Array(ends.map((end) => end.sendAfter)), int8Array(ends.map((end) => end.sentAt)),
  ]);
}

const cancel = statement(
  'outbox_cancel',
  `update messages m set status = 'cancelled', reason = u.reason from unnest($2::uuid[], $3::text[]) u (message_id, reason)
   where m.shard = $1 and m.message_id = u.message_id and m.status = 'queued'`,
);

/** Ends queued messages that must not leave, with the reason. Doing it again changes nothing. */
export function writeCancellations(tx: Queryable, shard: number, rows: readonly { messageId: MessageId; reason: string }[]): void {
  void tx.query(cancel, [shard, uuidArray(rows.map((row) => row.messageId)), textArray(rows.map((row) => storable(row.reason)))]);
}

/** An attempt of which nobody told the end within its time: the process that made it is gone. */
export interface LostAttempt {
  message_id: MessageId;
  workspace_id: number;
  contact_id: ContactId;
  class: MessageClass;
  attempts: number;
  expires_at_ms: Millis;
}

const lockLost = statement(
  'outbox_lock_lost',
  `select m.message_id, m.workspace_id, m.contact_id, m.class, m.attempts, m.expires_at_ms from messages m
   where m.shard = $1 and m.status = 'sending' and m.claimed_until_ms <= $2 order by m.claimed_until_ms limit $3 for update skip locked`,
);

export async function lockLostAttempts(tx: Queryable, shard: number, now: Millis, limit: number): Promise<LostAttempt[]> {
  return (await tx.query<LostAttempt>(lockLost, [shard, now, limit])).rows;
}

export interface SentInfo {
  sentAt: Millis | null;
  about: MessageAbout;
}

type SentRow = { message_id: MessageId; sent_at_ms: Millis | null; journey: string; step: string; template: string; topic: string | null; decided_at_ms: Millis };

const readSent = statement(
  'outbox_read_sent',
  'select m.message_id, m.sent_at_ms, m.journey, m.step, m.template, m.topic, m.decided_at_ms from messages m where m.shard = $1 and m.message_id = any($2::uuid[])',
);

/** When messages were sent and what conditions ask of them. */
export async function readSentInfos(db: Queryable, messages: readonly { shard: number; messageId: MessageId }[]): Promise<Map<MessageId, SentInfo>> {
  const byShard = new Map<number, MessageId[]>();
  for (const { shard, messageId } of messages) byShard.set(shard, [...(byShard.get(shard) ?? []), messageId]);
  const results = await Promise.all([...byShard].map(([shard, ids]) => db.query<SentRow>(readSent, [shard, uuidArray(ids)])));
  return new Map(results.flatMap(({ rows }) => rows.map(({ message_id, sent_at_ms, decided_at_ms, ...rest }) => [message_id, { sentAt: sent_at_ms, about: { ...rest, decidedAt: decided_at_ms } }] as const)));
}
