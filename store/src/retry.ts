import { setTimeout as delay } from 'node:timers/promises';

/** SQLSTATEs after which the same transaction may succeed when run again: deadlock, serialisation, lost or refused connection. */
const RETRYABLE_STATES = new Set(['40P01', '40001', '08000', '08001', '08003', '08004', '08006', '57P01', '57P02', '57P03', '53300']);
const CONNECTION_STATES = new Set(['08000', '08001', '08003', '08004', '08006', '57P01', '57P02', '57P03']);
const CONNECTION_ERRNOS = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOENT', 'ETIMEDOUT', 'EHOSTUNREACH']);
/** `pg` has no code for these. */
const CONNECTION_MESSAGES = /^(Connection terminated|Client has encountered a connection error|Client was closed|timeout expired)/;

const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 1_000;

/** How long a failed transaction is tried again: long enough for a crashed Postgres to recover (2 GB of log at about 100 MB/s). */
export const RETRY_FOR_MS = 30_000;

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

/** True when the connection itself failed, so that nothing is known about what the server did last. */
export function isConnectionFailure(error: unknown): boolean {
  const code = codeOf(error);
  if (CONNECTION_STATES.has(code) || CONNECTION_ERRNOS.has(code)) return true;
  return error instanceof Error && code === '' && CONNECTION_MESSAGES.test(error.message);
}

/** True when running the same thing again may succeed. */
export function isRetryable(error: unknown): boolean {
  return RETRYABLE_STATES.has(codeOf(error)) || isConnectionFailure(error);
}

export type RetryOptions = {
  /** Stop trying after so long; 0 tries once. */
  readonly retryForMs?: number;
  /** Told of each failure that is tried again. */
  readonly onRetry?: (error: unknown, attempt: number) => void;
};

/** Runs `attempt` until it succeeds, fails for good, or the time is over. */
export async function withRetry<T>(attempt: () => Promise<T>, options: RetryOptions = {}): Promise<T> {
  const deadline = performance.now() + (options.retryForMs ?? RETRY_FOR_MS);
  for (let count = 1, pauseMs = FIRST_PAUSE_MS; ; count++, pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return await attempt();
    } catch (error) {
      if (!isRetryable(error) || performance.now() + pauseMs > deadline) throw error;
      options.onRetry?.(error, count);
      await delay(pauseMs);
    }
  }
}
