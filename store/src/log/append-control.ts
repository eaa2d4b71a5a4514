import type { Millis } from '@samovar/core';
import { statement } from '../statement.ts';
import type { Transaction } from '../transaction.ts';
import { SEQ_PER_MS } from './sequence.ts';

const moveHeads = statement('log_move_all_heads', 'update log_head h set head = greatest(h.head, $1::bigint) + 1');
const lockHeads = statement('log_lock_all_heads', 'select h.shard from log_head h order by h.shard for update');
const insertControl = statement(
  'log_insert_control',
  `insert into event_log as e (shard, seq, workspace_id, contact_id, kind, received_at_ms, occurred_at_ms, name, body)
   select h.shard, h.head, $1, '00000000-0000-0000-0000-000000000000'::uuid, $2, $3, $3, 'program', $4 from log_head h`,
);

/** Value of `event_log.kind` for the rows that switch a shard to another program; they concern no contact. */
export const CONTROL_KIND = 3;

/** Puts a switch to a program into the log of every shard, so that each changes over at one exact place. */
export async function appendControl(tx: Transaction, workspaceId: number, program: { version: number; sweep: boolean }, now: Millis): Promise<void> {
  await tx.query(lockHeads);
  await tx.query(moveHeads, [now * SEQ_PER_MS]);
  await tx.query(insertControl, [workspaceId, CONTROL_KIND, now, Buffer.from(JSON.stringify(program))]);
}
