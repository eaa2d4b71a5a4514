import { Resolver } from 'node:dns/promises';
import type { MailExchange, NameAnswer } from '@samovar/core';

/** Asks the name system about a domain. Failures are answers. */
export interface MailResolver {
  exchanges(domain: string): Promise<NameAnswer<MailExchange>>;
  hosts(domain: string): Promise<NameAnswer<string>>;
}

/** Longest wait for one answer; a resolver that is there has answered long before. */
const TIMEOUT_MS = 3_000;

/** The name servers that the machine uses. */
export function systemResolver(): MailResolver {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: 2 });
  return {
    exchanges: (domain) => ask(() => resolver.resolveMx(domain)),
    hosts: async (domain) => {
      const v4 = await ask(() => resolver.resolve4(domain));
      return v4.kind === 'found' || v4.kind === 'no-name' ? v4 : ask(() => resolver.resolve6(domain));
    },
  };
}

async function ask<Found>(question: () => Promise<Found[]>): Promise<NameAnswer<Found>> {
  try {
    return { kind: 'found', records: await question() };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'ENODATA') return { kind: 'none' };
    return { kind: code === 'ENOTFOUND' ? 'no-name' : 'failed' };
  }
}
