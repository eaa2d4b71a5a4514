import type { Millis } from '@samovar/core';

/**
 * Sequence numbers per millisecond: a shard's counter moves to `now × 1024` or by one, whichever is more, so that the
 * sequence orders the shard's records, tells their time roughly, and partitions the log by time. Integers stay exact in
 * a JavaScript number until the year 2248.
 */
export const SEQ_PER_MS = 1024;

/** The first sequence number that a record appended at `at` can have, if the shard was not busier than 1,024 records a millisecond. */
export function firstSeqAt(at: Millis): number {
  return at * SEQ_PER_MS;
}
