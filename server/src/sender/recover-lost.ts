import { lockLostAttempts, writeAttemptEnds } from '@samovar/store';
import type { Database } from '@samovar/store';
import type { Millis } from '@samovar/core';
import { judgeUnknown } from './judge-outcome.ts';
import type { EndedAttempt, OutcomeWriter } from './outcome-writer.ts';
import type { SenderConfig } from './sender-config.ts';

/** Attempts looked after in one transaction. */
const LOST_LIMIT = 200;

export interface RecoverDependencies {
  db: Database;
  writer: OutcomeWriter;
  config: SenderConfig;
}

/**
 * Ends the attempts whose time is over and of which nobody told the end: their process died between telling the provider
 * and writing it down, or before. Whether the mail left is unknown, and judged as such.
 */
export async function recoverLost({ db, writer, config }: RecoverDependencies, shard: number, now: Millis): Promise<EndedAttempt[]> {
  const ends = await db.transaction(async (tx) => {
    const lost = await lockLostAttempts(tx, shard, now, LOST_LIMIT);
    const judged = lost.map((row): EndedAttempt => ({
      shard, workspaceId: row.workspace_id, contactId: row.contact_id, messageId: row.message_id, attempt: row.attempts, address: null,
      verdict: judgeUnknown('the process that sent it did not tell how it ended', { class: row.class, attempt: row.attempts, expiresAt: row.expires_at_ms, now }, config),
    }));
    // Those that end in a record of the log are written by the writer, record and message together.
    const silent = judged.filter(({ verdict }) => verdict.record === null);
    if (silent.length > 0) writeAttemptEnds(tx, shard, silent.map(({ messageId, attempt, verdict }) => ({ messageId, attempt, ...verdict, sentAt: null })), now);
    return judged;
  }, { idempotent: true });
  const told = ends.filter(({ verdict }) => verdict.record !== null);
  for (const [index, end] of told.entries()) writer.add(end, index === told.length - 1);
  if (told.length > 0) await writer.settled();
  return ends;
}
