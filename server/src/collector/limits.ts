/** Promises that wait for their commit live in memory; beyond this the collector says so instead of taking more. */
export const COLLECTOR_LIMITS = {
  /** Waiting records: about half a second's work of a small machine. */
  queuedRecords: 20_000,
  queuedBytes: 32 * 1024 * 1024,
  /** Records of one commit: more would not be faster, and the first of them would wait longer. */
  groupRecords: 1_000,
  groupBytes: 4 * 1024 * 1024,
  /** A commit waits so long at most for half as many requests as shared the one before. */
  gatherMs: 2,
  /** A database that restarts is waited for so long, then the waiting requests are told to come again. */
  retryForMs: 5_000,
  /** What `Retry-After` says when the queue is full or the database is away. */
  retryAfterSeconds: 2,
} as const;

export type CollectorLimits = { readonly [Name in keyof typeof COLLECTOR_LIMITS]: number };
