import type { ContactId, EnrollmentId, MessageClass, MessageId, Millis } from '@samovar/core';
import { statement } from '../statement.ts';
import type { Queryable } from '../transaction.ts';
import { allShards } from './by-shard.ts';

export interface StoredMessage {
  shard: number;
  messageId: MessageId;
  contactId: ContactId;
  enrollmentId: EnrollmentId;
  journey: string;
  version: number;
  step: string;
  template: string;
  templateVersion: number;
  class: MessageClass;
  topic: string | null;
  status: string;
  reason: string | null;
  address: string;
  attempts: number;
  decidedAt: Millis;
  sendAfter: Millis;
  expiresAt: Millis;
  sentAt: Millis | null;
  deliveredAt: Millis | null;
  openedAt: Millis | null;
  machineOpenedAt: Millis | null;
  clickedAt: Millis | null;
}

interface MessageRow {
  shard: number;
  message_id: MessageId;
  contact_id: ContactId;
  enrollment_id: EnrollmentId;
  journey: string;
  version: number;
  step: string;
  template: string;
  template_version: number;
  class: MessageClass;
  topic: string | null;
  status: string;
  reason: string | null;
  address: string;
  attempts: number;
  decided_at_ms: Millis;
  send_after_ms: Millis;
  expires_at_ms: Millis;
  sent_at_ms: Millis | null;
  delivered_at_ms: Millis | null;
  opened_at_ms: Millis | null;
  machine_opened_at_ms: Millis | null;
  clicked_at_ms: Millis | null;
}

const COLUMNS = `m.shard, m.message_id, m.contact_id, m.enrollment_id, m.journey, m.version, m.step, m.template, m.template_version, m.class, m.topic, m.status, m.reason,
  m.address, m.attempts, m.decided_at_ms, m.send_after_ms, m.expires_at_ms, m.sent_at_ms, m.delivered_at_ms, m.opened_at_ms, m.machine_opened_at_ms, m.clicked_at_ms`;

function messageOf(row: MessageRow): StoredMessage {
  return {
    shard: row.shard, messageId: row.message_id, contactId: row.contact_id, enrollmentId: row.enrollment_id, journey: row.journey, version: row.version, step: row.step,
    template: row.template, templateVersion: row.template_version, class: row.class, topic: row.topic, status: row.status, reason: row.reason, address: row.address,
    attempts: row.attempts, decidedAt: row.decided_at_ms, sendAfter: row.send_after_ms, expiresAt: row.expires_at_ms, sentAt: row.sent_at_ms,
    deliveredAt: row.delivered_at_ms, openedAt: row.opened_at_ms, machineOpenedAt: row.machine_opened_at_ms, clickedAt: row.clicked_at_ms,
  };
}

const list = statement(
  'read_list_messages',
  `select ${COLUMNS} from messages m
   where m.workspace_id = $1 and m.decided_at_ms <= $2 and (m.decided_at_ms, m.message_id) < ($2, $3::uuid)
     and ($4::text is null or m.journey = $4) and ($5::text is null or m.status = $5) and ($6::text is null or m.step = $6)
   order by m.decided_at_ms desc, m.message_id desc limit $7`,
);

export interface MessageFilter {
  journey: string | null;
  step: string | null;
  status: string | null;
}

const LAST_UUID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Messages of a workspace, the latest decided first. */
export async function listMessages(db: Queryable, workspaceId: number, filter: MessageFilter, after: Pick<StoredMessage, 'decidedAt' | 'messageId'> | null, limit: number): Promise<StoredMessage[]> {
  const { rows } = await db.query<MessageRow>(list, [
    workspaceId, after?.decidedAt ?? Number.MAX_SAFE_INTEGER, after?.messageId ?? LAST_UUID, filter.journey, filter.status, filter.step, limit,
  ]);
  return rows.map(messageOf);
}

const readOne = statement(
  'read_message',
  `select ${COLUMNS}, m.body from messages m where m.shard = any($1::smallint[]) and m.message_id = $2 and m.workspace_id = $3`,
);
const readAttemptRows = statement(
  'read_attempts',
  'select a.attempt, a.started_at_ms, a.deadline_ms, a.ended_at_ms, a.outcome, a.detail from attempts a where a.shard = $1 and a.message_id = $2 order by a.attempt',
);

/** A message of a workspace with what it was filled from; null: there is none. */
export async function readMessage(db: Queryable, workspaceId: number, messageId: string, shardCount: number): Promise<(StoredMessage & { body: Buffer }) | null> {
  const { rows } = await db.query<MessageRow & { body: Buffer }>(readOne, [allShards(shardCount), messageId, workspaceId]);
  const [row] = rows;
  return row === undefined ? null : { ...messageOf(row), body: row.body };
}

export interface StoredAttempt {
  attempt: number;
  startedAt: Millis;
  deadline: Millis;
  endedAt: Millis | null;
  outcome: string | null;
  detail: string | null;
}

/** The ledger of a message: every time that a provider was asked, or was about to be. */
export async function readAttempts(db: Queryable, shard: number, messageId: MessageId): Promise<StoredAttempt[]> {
  const { rows } = await db.query<{ attempt: number; started_at_ms: Millis; deadline_ms: Millis; ended_at_ms: Millis | null; outcome: string | null; detail: string | null }>(
    readAttemptRows, [shard, messageId],
  );
  return rows.map((row) => ({ attempt: row.attempt, startedAt: row.started_at_ms, deadline: row.deadline_ms, endedAt: row.ended_at_ms, outcome: row.outcome, detail: row.detail }));
}
