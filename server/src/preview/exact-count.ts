import { countShardContacts, readContactRun, type Database } from '@samovar/store';
import { membersAmong, type Question } from './members-among.ts';

const BATCH = 300;
/** More would only make live work wait. */
const LANES = 2;

export interface CountProgress {
  members: number;
  /** Asked so far, of those there are; of shards not reached yet as many are expected as of the others. */
  contacts: { done: number; of: number };
}

/** Asks everybody. Answers what it found so far when it is told to stop. */
export async function countExactly(db: Database, question: Question, signal: AbortSignal, onProgress: (progress: CountProgress) => void): Promise<CountProgress> {
  const { shardCount, program: { workspaceId } } = question;
  const progress: CountProgress = { members: 0, contacts: { done: 0, of: 0 } };
  let [next, begun, known] = [0, 0, 0];
  const countShard = async (shard: number): Promise<void> => {
    const here = await countShardContacts(db, shard, workspaceId);
    known += here;
    begun += 1;
    progress.contacts.of = Math.round((known * shardCount) / begun);
    for (let after: string | null = null; !signal.aborted;) {
      const rows = await readContactRun(db, shard, workspaceId, after, BATCH);
      const members = await membersAmong(db, question, rows);
      progress.members += members.length;
      progress.contacts.done += rows.length;
      onProgress(progress);
      if (rows.length < BATCH) return;
      after = rows.at(-1)?.contact_id ?? null;
    }
  };
  await Promise.all(Array.from({ length: LANES }, async () => {
    while (next < shardCount && !signal.aborted) await countShard(next++);
  }));
  if (!signal.aborted) progress.contacts.of = progress.contacts.done;
  return progress;
}
