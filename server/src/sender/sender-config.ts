import { HOUR_MS, SECOND_MS } from '@samovar/core';
import type { EmailAddress } from '@samovar/core';

/** How mail leaves. */
export interface SenderConfig {
  /** Where links in messages lead, without a slash at the end. */
  publicUrl: string;
  /** The domain of Message-IDs. */
  hostname: string;
  /** Used where neither the template nor the workspace names a sender. */
  from: EmailAddress | null;
  retry: RetryConfig;
  /** Whether an attempt that may have been accepted is made again, with the same Message-ID. */
  retryUnknown: { transactional: boolean; marketing: boolean };
  rates: RateConfig;
  /** Messages claimed from one shard in one transaction. */
  batchSize: number;
  /** How often the queue is looked at when nothing woke the sender. */
  pollMs: number;
  /** What a claim lasts beyond the provider's hard timeout: the time to render, to wait for a connection and to write down the end. */
  extraDeadlineMs: number;
  /** How long the end of an attempt may wait for others of its shard, to share a transaction. */
  outcomeDelayMs: number;
}

export interface RetryConfig {
  firstDelayMs: number;
  longestDelayMs: number;
  /** For refusals that are about the message or its recipient; when the server is away only the message's expiry ends it. */
  maxAttempts: number;
}

/** Messages per second; of one process. */
export interface RateConfig {
  /** In all; null: as fast as it goes. */
  perSecond: number | null;
  /** To one domain, `*` for every other. */
  perDomainPerSecond: Readonly<Record<string, number>>;
}

export const DEFAULT_SENDER_CONFIG: Omit<SenderConfig, 'publicUrl' | 'hostname'> = {
  from: null,
  retry: { firstDelayMs: 30 * SECOND_MS, longestDelayMs: HOUR_MS, maxAttempts: 12 },
  retryUnknown: { transactional: true, marketing: false },
  rates: { perSecond: null, perDomainPerSecond: {} },
  batchSize: 100,
  pollMs: 500,
  extraDeadlineMs: 60 * SECOND_MS,
  outcomeDelayMs: 10,
};
