import { DAY_MS, judgeMailDomain } from '@samovar/core';
import type { MailDomainVerdict, Millis } from '@samovar/core';
import { readMailDomains, writeMailDomain } from '@samovar/store';
import type { Queryable } from '@samovar/store';
import type { MailResolver } from './mail-resolver.ts';

/** Questions asked at the same time: polite to whoever answers. */
const AT_ONCE = 8;
/** So many failures without an answer between them, and nobody is there to ask. */
const FAILURE_LIMIT = 16;
/** For how long an answer is believed. A domain that takes no mail may be repaired sooner than one that does vanishes. */
const BELIEVED_MS = { receives: 30 * DAY_MS, refuses: 3 * DAY_MS } as const;
/** Verdicts kept in memory; most contacts are at a few large providers. */
const REMEMBERED_LIMIT = 5_000;

/**
 * Names whose answers are known. Where all names are said not to exist, behind a firewall for example, or all to exist, as
 * in a hotel, no other answer is worth anything either.
 */
const CONTROLS = { existing: ['gmail.com', 'outlook.com'], missing: 'no-such-name.invalid' } as const;

export interface DomainCheckerOptions {
  db: Queryable;
  shardCount: number;
  resolver: MailResolver;
  now: Millis;
  /** Questions that may be asked in all; the rest is not checked. */
  questionLimit: number;
}

/** Finds out whether domains take mail, by what is remembered or by asking, and gives up asking when nobody answers. */
export class DomainChecker {
  readonly #options: DomainCheckerOptions;
  readonly #remembered = new Map<string, MailDomainVerdict>();
  #failures = 0;
  #asked = 0;
  #honest: Promise<boolean> | null = null;
  #isLying = false;

  constructor(options: DomainCheckerOptions) {
    this.#options = options;
  }

  /** Whether it has given up: the machine is offline, or enough was asked. */
  get stopped(): boolean {
    return this.#isLying || this.#failures >= FAILURE_LIMIT || this.#asked >= this.#options.questionLimit;
  }

  async verdicts(domains: ReadonlySet<string>): Promise<Map<string, MailDomainVerdict>> {
    const found = new Map<string, MailDomainVerdict>();
    const unknown: string[] = [];
    for (const domain of domains) {
      const verdict = this.#remembered.get(domain);
      if (verdict === undefined) unknown.push(domain);
      else found.set(domain, verdict);
    }
    const open = new Set(unknown);
    if (unknown.length > 0) {
      const { db, shardCount, now } = this.#options;
      for (const { domain, verdict, checkedAt } of await readMailDomains(db, unknown, shardCount)) {
        if (now - checkedAt > (verdict === 'receives' ? BELIEVED_MS.receives : BELIEVED_MS.refuses)) continue;
        this.#remember(domain, verdict);
        found.set(domain, verdict);
        open.delete(domain);
      }
    }
    const queue = [...open];
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, queue.length) }, async () => {
      for (let domain = queue.pop(); domain !== undefined; domain = queue.pop()) found.set(domain, await this.#ask(domain));
    }));
    return found;
  }

  async #ask(domain: string): Promise<MailDomainVerdict> {
    this.#honest ??= this.#isHonest().catch((error: unknown) => {
      // The next try asks anew.
      this.#honest = null;
      throw error;
    });
    if (!(await this.#honest) || this.stopped) return 'unknown';
    this.#asked += 1;
    const { db, resolver, now, shardCount } = this.#options;
    const exchanges = await resolver.exchanges(domain);
    const needsHost = exchanges.kind === 'none' || (exchanges.kind === 'found' && exchanges.records.length === 0);
    const verdict = judgeMailDomain(exchanges, needsHost ? await resolver.hosts(domain) : { kind: 'failed' });
    if (verdict === 'unknown') {
      this.#failures += 1;
      return verdict;
    }
    this.#failures = 0;
    this.#remember(domain, verdict);
    await writeMailDomain(db, { domain, verdict, checkedAt: now }, shardCount);
    return verdict;
  }

  /** Asks what is known before anything that is not. */
  async #isHonest(): Promise<boolean> {
    const { resolver } = this.#options;
    const [missing, ...existing] = await Promise.all([resolver.hosts(CONTROLS.missing), ...CONTROLS.existing.map((domain) => resolver.exchanges(domain))]);
    this.#isLying = missing.kind === 'found' || !existing.some(({ kind }) => kind === 'found');
    return !this.#isLying;
  }

  #remember(domain: string, verdict: MailDomainVerdict): void {
    if (this.#remembered.size >= REMEMBERED_LIMIT) this.#remembered.delete(this.#remembered.keys().next().value ?? '');
    this.#remembered.set(domain, verdict);
  }
}
