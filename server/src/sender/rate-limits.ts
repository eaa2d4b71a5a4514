import { SECOND_MS } from '@samovar/core';
import type { Millis } from '@samovar/core';
import type { RateConfig } from './sender-config.ts';

/** Tokens that a rate has gathered after rest: one second's worth. */
class TokenBucket {
  readonly #perSecond: number;
  #tokens: number;
  #at: Millis;
  /** Turns given away ahead of time, so that those who wait come back one after another. */
  #promisedUntil: Millis;

  constructor(perSecond: number, now: Millis) {
    this.#perSecond = perSecond;
    this.#tokens = Math.max(1, perSecond);
    this.#at = now;
    this.#promisedUntil = now;
  }

  #refill(now: Millis): void {
    const gained = (Math.max(0, now - this.#at) / SECOND_MS) * this.#perSecond;
    this.#tokens = Math.min(Math.max(1, this.#perSecond), this.#tokens + gained);
    this.#at = Math.max(this.#at, now);
  }

  available(now: Millis): number {
    this.#refill(now);
    return Math.floor(this.#tokens + 1e-9);
  }

  /** Takes a turn now, or answers when to come back. */
  take(now: Millis): Millis | null {
    if (this.available(now) >= 1) {
      this.#tokens -= 1;
      return null;
    }
    const wait = Math.ceil(((1 - this.#tokens) / this.#perSecond) * SECOND_MS);
    this.#promisedUntil = Math.max(this.#promisedUntil + SECOND_MS / this.#perSecond, now + wait);
    return Math.ceil(this.#promisedUntil);
  }
}

/** More domains than this are forgotten together; their rates begin anew, which is one second's worth too many at most. */
const DOMAIN_LIMIT = 10_000;

/** Limits the messages per second, of all and of each recipient domain, by the clock that it is given. */
export class RateLimits {
  readonly #config: RateConfig;
  readonly #all: TokenBucket | null;
  readonly #domains = new Map<string, TokenBucket>();

  constructor(config: RateConfig, now: Millis) {
    this.#config = config;
    this.#all = config.perSecond === null ? null : new TokenBucket(config.perSecond, now);
  }

  /** How many messages may leave at once now; Infinity without a limit. */
  available(now: Millis): number {
    return this.#all?.available(now) ?? Infinity;
  }

  /** Takes a turn for a recipient's domain; null when it may leave now, else when to try again. */
  take(domain: string, now: Millis): Millis | null {
    const bucket = this.#domain(domain, now);
    const later = bucket?.take(now) ?? null;
    if (later !== null) return later;
    return this.#all?.take(now) ?? null;
  }

  #domain(domain: string, now: Millis): TokenBucket | null {
    const perSecond = this.#config.perDomainPerSecond[domain] ?? this.#config.perDomainPerSecond['*'];
    if (perSecond === undefined) return null;
    const known = this.#domains.get(domain);
    if (known !== undefined) return known;
    if (this.#domains.size >= DOMAIN_LIMIT) this.#domains.clear();
    const bucket = new TokenBucket(perSecond, now);
    this.#domains.set(domain, bucket);
    return bucket;
  }
}
