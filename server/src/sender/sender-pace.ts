import { SECOND_MS } from '@samovar/core';
import type { Millis } from '@samovar/core';
import type { OutboxWork } from '@samovar/store';
import type { MailProvider } from './mail-provider.ts';
import { ProviderPause } from './provider-pause.ts';
import { RateLimits } from './rate-limits.ts';
import type { SenderConfig } from './sender-config.ts';

/** Claimed messages per connection of the provider: enough to keep it busy while the next are claimed. */
const CLAIMED_PER_CONNECTION = 20;
/** Messages that find out whether a provider is back. */
const PROBE_LIMIT = 1;

/** How fast a sender may go: what its provider, its rates and its batches allow. */
export class SenderPace {
  readonly pause = new ProviderPause();
  readonly rates: RateLimits;
  readonly #provider: MailProvider | null;
  readonly #batchSize: number;

  constructor(provider: MailProvider | null, config: Pick<SenderConfig, 'rates' | 'batchSize'>, now: Millis) {
    this.#provider = provider;
    this.#batchSize = config.batchSize;
    this.rates = new RateLimits(config.rates, now);
  }

  maySend(now: Millis): boolean {
    return this.#provider !== null && this.pause.until(now) === null && this.rates.available(now) >= 1;
  }

  /** How many more messages may be claimed now. */
  room(now: Millis, { inFlight, claiming }: { inFlight: number; claiming: number }): number {
    if (this.#provider === null) return 0;
    if (this.pause.probing) return inFlight > 0 || claiming > 0 ? 0 : PROBE_LIMIT;
    const free = this.#provider.concurrency * CLAIMED_PER_CONNECTION - inFlight;
    return Math.floor(Math.min(free, this.#batchSize, this.rates.available(now)));
  }

  /** Whether something can be done in a shard at this time. */
  isDue({ dueAt, deadlineAt }: OutboxWork, now: Millis): boolean {
    return (deadlineAt !== null && deadlineAt <= now) || (this.maySend(now) && dueAt !== null && dueAt <= now);
  }

  /** When time alone brings a shard something to do. */
  dueAfter({ dueAt, deadlineAt }: OutboxWork, now: Millis): Millis {
    const queued = this.#provider === null || dueAt === null ? Infinity : Math.max(dueAt, this.pause.until(now) ?? -Infinity);
    const later = queued > now ? queued : this.rates.available(now) < 1 ? now + SECOND_MS : Infinity;
    return Math.min(later, deadlineAt ?? Infinity);
  }
}
